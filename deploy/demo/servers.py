"""The servers around the product: Redis, IMAP with two filled mailboxes, and an SMTP server that delivers there."""

import imaplib
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from deploy.demo.home import Home, make_private
from deploy.demo.mailbox import SEED, doctor_mailbox, fill, practice_mailbox
from deploy.demo.options import DemoError, ImapKind
from deploy.demo.outlook import INBOX, Outlook, OutlookError
from deploy.demo.people import DOCTOR, PASSWORD, PRACTICE
from deploy.demo.processes import end_with_parent
from deploy.embedded import redis
from deploy.embedded.dovecot import Dovecot
from deploy.embedded.ports import is_taken
from deploy.embedded.smtp import SmtpSink


class Imap(Protocol):
    def stop(self) -> None: ...


class Servers:
    """`interrupted` raises when the demo is to stop."""

    def __init__(self, home: Home, kind: ImapKind, interrupted: Callable[[], None]) -> None:
        self._home, self._kind, self._interrupted = home, kind, interrupted
        self._imap: Imap | None = None
        self._redis: redis.Redis | None = None
        self._smtp: SmtpSink | None = None
        self.imap_port = self.smtp_port = 0
        self.redis_url = ""

    def start_redis(self) -> None:
        """Raises DemoError."""
        try:
            redis.binary()
            self._redis = redis.Redis(self._home.folder / "redis")
            self._redis.start()
        except RuntimeError as error:
            raise DemoError(str(error)) from None
        self.redis_url = self._redis.url

    def start_imap(self) -> None:
        """Raises DemoError."""
        self.imap_port = self._home.port("IMAP")
        try:
            self._imap = self._start_dovecot() if self._kind == "dovecot" else self._start_pymap()
        except (RuntimeError, OSError) as error:
            raise DemoError(f"The demo's mail server did not start. {error}") from None

    def fill(self) -> int:
        """→ how many messages were put into the mailboxes; 0 when they were filled before. Raises DemoError."""
        if self._is_filled():
            return 0
        now = datetime.now().astimezone()
        mailboxes = {PRACTICE.mail: practice_mailbox(now), DOCTOR.mail: doctor_mailbox(now)}
        try:
            for user, mailbox in mailboxes.items():
                with Outlook(self.imap_port, user) as outlook:
                    fill(outlook, mailbox, self._interrupted)
        except (OSError, OutlookError, imaplib.IMAP4.error) as error:
            raise DemoError(f"The demo's mail server did not take the invented mail: {error}") from None
        if self._kind == "dovecot":
            self._home.set_done("mail", str(SEED))
        return sum(len(mailbox) for mailbox in mailboxes.values())

    def start_smtp(self) -> None:
        """Raises DemoError."""
        self.smtp_port = self._home.port("SMTP")
        self._smtp = SmtpSink(self._deliver, port=self.smtp_port)
        try:
            self._smtp.start()
        except OSError as error:
            raise DemoError(f"The demo's SMTP server did not start: {error}.") from None

    def check(self) -> None:
        """Raises DemoError when one has gone."""
        for name, port in (("mail server", self.imap_port), ("Redis", self._redis.port if self._redis else 0)):
            if port and not is_taken(port):
                raise DemoError(f"The demo's {name} ended by itself. Its log is under {self._home.folder}.")

    def stop(self) -> None:
        for server in (self._smtp, self._imap, self._redis):
            if server is not None:
                server.stop()

    def _start_dovecot(self) -> Imap:
        folder = self._home.mail_folder()
        if not self._is_filled():
            shutil.rmtree(folder / "mail", ignore_errors=True)
        make_private(folder)
        dovecot = Dovecot(folder, port=self.imap_port, password=PASSWORD)
        dovecot.start(end_with_parent)
        return dovecot

    def _start_pymap(self) -> Imap:
        from deploy.embedded.pymap import Pymap  # here: slow to import, and seldom used

        pymap = Pymap(port=self.imap_port)
        pymap.start()
        return pymap

    def _is_filled(self) -> bool:
        """pymap keeps mail in memory: it begins empty."""
        return self._kind == "dovecot" and self._home.is_done("mail", str(SEED))

    def _deliver(self, recipient: str, raw: bytes) -> None:
        """To one of ours; what goes to anybody else has left, as far as the demo is concerned."""
        if recipient.lower() not in (PRACTICE.mail, DOCTOR.mail):
            return
        with Outlook(self.imap_port, recipient.lower()) as outlook:
            outlook.append(INBOX, raw)


def newest_change(folders: tuple[Path, ...]) -> float:
    """When a Python file below was last saved, for reloading."""
    return max((path.stat().st_mtime for folder in folders for path in folder.rglob("*.py")), default=0.0)
