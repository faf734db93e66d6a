"""The colleague "in Outlook": every minute or so one of the things that happen in a practice's mailbox.

Works over SMTP (what comes from outside) and over plain IMAP (what a colleague does), never over the app.
"""

import imaplib
import logging
import smtplib
import threading
import time
from collections.abc import Callable
from datetime import datetime
from random import Random

from deploy.demo import clinic, office
from deploy.demo.letter import Letter, raw, reply
from deploy.demo.mailbox import ARCHIVE, INSURERS, LAB, REFERRALS, SENT, TRASH
from deploy.demo.outlook import INBOX, Folder, Outlook, OutlookError
from deploy.demo.people import PRACTICE, Person

log = logging.getLogger("demo.outlook")
_FILED_BY_SENDER = {"labor-": LAB, "pathologie-": LAB, "radiologie-": REFERRALS, "-kv.": INSURERS, "sanavia": INSURERS}
_ARRIVALS = (clinic.lab_result, clinic.lab_result, clinic.patient_question, clinic.home_care, office.newsletter)
_KEEPS_IN_INBOX = 45  # below this the colleague tidies nothing away


class Colleague:
    """A thread of its own; `stop` returns when it has ended."""

    def __init__(self, *, imap_port: int, smtp_port: int, every_s: float) -> None:
        self._imap_port, self._smtp_port, self._every_s = imap_port, smtp_port, every_s
        self._random = Random(time.time_ns())
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="colleague", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s * self._random.uniform(0.7, 1.3)):
            try:
                log.info(self.act())
            except (OSError, OutlookError, imaplib.IMAP4.error, smtplib.SMTPException) as error:
                log.warning("nothing done: %r", error)

    def act(self) -> str:
        """One thing. → what it was, in words."""
        acts: list[tuple[Callable[[Outlook], str], int]] = [
            (self._arrival, 5),
            (self._read, 3),
            (self._flag, 2),
            (self._file, 2),
            (self._delete, 1),
            (self._answer, 2),
        ]
        act = self._random.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        with Outlook(self._imap_port, PRACTICE.mail) as outlook:
            outlook.open(INBOX)
            return act(outlook) or self._arrival(outlook)

    def _arrival(self, outlook: Outlook) -> str:
        letter = self._random.choice(_ARRIVALS)(self._random).with_id(f"live.{time.time_ns()}")
        with smtplib.SMTP("127.0.0.1", self._smtp_port, timeout=20) as line:
            line.sendmail(letter.sender.mail, [PRACTICE.mail], raw(letter, datetime.now().astimezone()))
        return f"arrived: {letter.subject}"

    def _read(self, outlook: Outlook) -> str:
        uids = outlook.find("UNSEEN")
        if not uids:
            return ""
        outlook.mark(uids[0], "\\Seen")
        return f"read: {outlook.headers(uids[0])['Subject']}"

    def _flag(self, outlook: Outlook) -> str:
        uids = outlook.find("UNFLAGGED")[-20:]
        if not uids:
            return ""
        uid = self._random.choice(uids)
        outlook.mark(uid, "\\Flagged")
        return f"flagged: {outlook.headers(uid)['Subject']}"

    def _file(self, outlook: Outlook) -> str:
        """The oldest that is read and not marked goes where its sender belongs."""
        uids = outlook.find("SEEN", "UNFLAGGED")
        if len(uids) < _KEEPS_IN_INBOX:
            return ""
        folder = _folder_for(str(outlook.headers(uids[0])["From"]))
        outlook.move(uids[0], folder)
        return f"moved to {'/'.join(folder)}: uid {uids[0]}"

    def _delete(self, outlook: Outlook) -> str:
        uids = outlook.find("SEEN", "UNFLAGGED", "UNANSWERED")
        if len(uids) < _KEEPS_IN_INBOX:
            return ""
        outlook.move(uids[0], TRASH)
        return f"deleted: uid {uids[0]}"

    def _answer(self, outlook: Outlook) -> str:
        """As Outlook does it: a copy in Sent, and the original marked."""
        uids = outlook.find("UNANSWERED", "FROM", "mail.example")
        if not uids:
            return ""
        uid = uids[-1]
        headers = outlook.headers(uid)
        asked = Letter(
            sender=Person("", str(headers["From"]).rpartition("<")[2].rstrip(">")),
            subject=str(headers["Subject"]),
            text="…",
            message_id=str(headers["Message-ID"]),
        )
        answer = reply(asked, PRACTICE, "Guten Tag\n\nDas ist erledigt.\n\nPraxis am Lindenhof")
        at = datetime.now().astimezone()
        outlook.append(SENT, raw(answer.with_id(f"live.{time.time_ns()}"), at), ["\\Seen"], at)
        outlook.mark(uid, "\\Seen", "\\Answered")
        return f"answered: {asked.subject}"


def _folder_for(sender: str) -> Folder:
    return next((folder for part, folder in _FILED_BY_SENDER.items() if part in sender), ARCHIVE)
