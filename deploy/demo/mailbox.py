"""The two mailboxes as they look on a Tuesday: eight weeks of a practice's mail, filed the way practices file.

Who writes what is the same at every start (one seed); the dates end now.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from deploy.demo import clinic, office
from deploy.demo.letter import Letter, raw, reply
from deploy.demo.outlook import INBOX, Folder, Outlook
from deploy.demo.people import DOCTOR, PATIENTS, PRACTICE, Person

SEED = 20_260_301
WEEKS = 8
Maker = Callable[[Random], Letter]

SENT: Folder = ("Sent",)
DRAFTS: Folder = ("Drafts",)
TRASH: Folder = ("Trash",)
JUNK: Folder = ("Junk",)
ARCHIVE: Folder = ("Archive",)
LAB: Folder = ("Labor",)
REFERRALS: Folder = ("Überweisungen",)
INSURERS: Folder = ("Versicherungen",)
APPROVALS: Folder = ("Versicherungen", "Kostengutsprachen")

_PRACTICE_PLAN: Mapping[Folder, Mapping[Maker, int]] = {
    INBOX: {
        clinic.lab_result: 12,
        clinic.patient_question: 11,
        clinic.specialist_report: 7,
        clinic.insurer: 5,
        clinic.home_care: 4,
        clinic.pharmacy: 4,
        clinic.imaging: 4,
        clinic.discharge: 3,
        clinic.patient_photo: 3,
        office.newsletter: 5,
        office.note: 6,
        office.invoice: 3,
    },
    LAB: {clinic.lab_result: 38, clinic.histology: 8},
    REFERRALS: {clinic.referral_answer: 14, clinic.specialist_report: 10, clinic.imaging: 6},
    INSURERS: {clinic.insurer: 14},
    APPROVALS: {clinic.insurer: 6},
    ARCHIVE: {clinic.patient_question: 12, clinic.home_care: 6, office.note: 8, office.invoice: 7, clinic.discharge: 4},
    TRASH: {office.newsletter: 6, clinic.pharmacy: 2},
    JUNK: {office.advertising: 7},
}
_DOCTOR_PLAN: Mapping[Folder, Mapping[Maker, int]] = {
    INBOX: {
        clinic.specialist_report: 6,
        office.newsletter: 5,
        office.note_for_doctor: 6,
        clinic.histology: 2,
    },
    ARCHIVE: {clinic.specialist_report: 8, office.note_for_doctor: 4},
    TRASH: {office.newsletter: 3},
    JUNK: {office.advertising: 2},
}
_THREADS = 14
_ANSWERS = (
    "Gerne verschieben wir den Termin: Donnerstag, 15.20 Uhr, würde passen. Geht das für Sie?",
    "Das Rezept ist unterwegs zur Apotheke, Sie können es ab 16 Uhr abholen.",
    "Frau Dr. Brunner ruft Sie heute zwischen 17 und 18 Uhr zurück.",
    "Bitte kommen Sie heute noch vorbei, am besten vor 11 Uhr.",
)
_THANKS = ("Perfekt, vielen Dank!", "Das passt, merci vielmal.", "Danke. Soll ich nüchtern kommen?", "Super, bis dann.")


@dataclass(frozen=True, slots=True)
class Placed:
    folder: Folder
    letter: Letter
    at: datetime
    flags: tuple[str, ...]


def practice_mailbox(now: datetime) -> list[Placed]:
    random = Random(SEED)
    placed = [*_filed(random, now, _PRACTICE_PLAN, PRACTICE), *_threads(random, now), *_drafts(now)]
    return sorted(placed, key=lambda item: item.at)


def doctor_mailbox(now: datetime) -> list[Placed]:
    return sorted(_filed(Random(SEED + 1), now, _DOCTOR_PLAN, DOCTOR), key=lambda item: item.at)


def fill(outlook: Outlook, mailbox: list[Placed], check: Callable[[], None]) -> None:
    """Append in the order of arrival. `check` is called between messages and may raise."""
    folders = {SENT, DRAFTS, TRASH, JUNK, ARCHIVE} | {item.folder for item in mailbox}
    for folder in sorted(folders - {INBOX}):
        outlook.make_folder(folder)
    for item in mailbox:
        check()
        outlook.append(item.folder, raw(item.letter, item.at), item.flags, item.at)


def _filed(
    random: Random, now: datetime, plan: Mapping[Folder, Mapping[Maker, int]], owner: Person
) -> Iterator[Placed]:
    number = count(1)
    for folder, makers in plan.items():
        letters = [maker(random) for maker, how_many in makers.items() for _ in range(how_many)]
        random.shuffle(letters)
        days = 16 if folder == INBOX else WEEKS * 7
        times = sorted(working_time(random, now, days) for _ in letters)
        for index, (letter, at) in enumerate(zip(letters, times, strict=True)):
            named = replace(letter, to=owner).with_id(f"{SEED}.{owner.mail[0]}{next(number)}")
            yield Placed(folder, named, at, _flags(random, folder, newest=len(letters) - index))


def _flags(random: Random, folder: Folder, newest: int) -> tuple[str, ...]:
    """The newest in the inbox are unread, some marked, many answered; elsewhere nearly all is done."""
    unread_of_newest = {INBOX: 11, LAB: 3, JUNK: 6, INSURERS: 1}.get(folder, 0)
    flags = [] if newest <= unread_of_newest or (folder == INBOX and random.random() < 0.05) else ["\\Seen"]
    if folder in (INBOX, REFERRALS, INSURERS) and random.random() < 0.12:
        flags.append("\\Flagged")
    if "\\Seen" in flags and folder in (INBOX, ARCHIVE, INSURERS) and random.random() < 0.25:
        flags.append("\\Answered")
    if "\\Seen" in flags and random.random() < 0.04:
        flags.append("$Forwarded")
    return tuple(flags)


def _threads(random: Random, now: datetime) -> Iterator[Placed]:
    """A question in the inbox, our answer in Sent, often a word of thanks, sometimes one more answer."""
    for number in range(_THREADS):
        question = clinic.patient_question(random).with_id(f"{SEED}.t{number}")
        asked = working_time(random, now - timedelta(hours=8), 30)
        answer = reply(question, PRACTICE, f"Guten Tag\n\n{random.choice(_ANSWERS)}\n\nPraxis am Lindenhof")
        answer = answer.with_id(f"{SEED}.t{number}a")
        answered = asked + timedelta(minutes=random.randint(20, 200))
        home = INBOX if number % 3 else ARCHIVE
        yield Placed(home, question, asked, ("\\Seen", "\\Answered"))
        yield Placed(SENT, answer, answered, ("\\Seen",))
        if number % 2:
            thanks = reply(answer, question.sender, random.choice(_THANKS)).with_id(f"{SEED}.t{number}b")
            at = min(answered + timedelta(minutes=random.randint(5, 90)), now - timedelta(minutes=3))
            yield Placed(home, thanks, at, ("\\Seen",) if number % 4 == 1 else ())
    yield from _colleagues(random, now)


def _colleagues(random: Random, now: datetime) -> Iterator[Placed]:
    """A conversation inside the team, four mails long."""
    letter = office.note(random).with_id(f"{SEED}.team0")
    at = working_time(random, now - timedelta(days=2), 3)
    yield Placed(INBOX, letter, at, ("\\Seen",))
    for number, (name, text) in enumerate(
        (
            ("Nadja Hofer", "Ich kann den Montag und den Mittwoch übernehmen."),
            ("Miriam Zaugg", "Dann nehme ich Donnerstag. Freitag wäre noch offen."),
            ("Selina Gerber", "Freitag mache ich. Danke euch!"),
        )
    ):
        letter = reply(letter, Person(name, PRACTICE.mail), text).with_id(f"{SEED}.team{number + 1}")
        at += timedelta(minutes=random.randint(10, 120))
        yield Placed(INBOX, letter, at, ("\\Seen",))


def _drafts(now: datetime) -> Iterator[Placed]:
    unfinished = Letter(
        sender=PRACTICE,
        to=PATIENTS[4],
        subject="(Vertraulich) Ihre Blutwerte",
        text="Sehr geehrter Herr Kälin\n\nIhre Blutwerte sind eingetroffen. Wir möchten gerne ",
    )
    yield Placed(DRAFTS, unfinished.with_id(f"{SEED}.d1"), now - timedelta(hours=5), ("\\Draft", "\\Seen"))


def working_time(random: Random, now: datetime, days: int) -> datetime:
    """Within the last `days`, on a weekday, mostly between seven and six; never in the future."""
    while True:
        day = now - timedelta(days=random.uniform(0, days))
        if day.weekday() > 4 and random.random() < 0.9 and days > 3:
            continue
        at = day.replace(
            hour=int(random.triangular(6, 19, 9)), minute=random.randint(0, 59), second=random.randint(0, 59)
        )
        if at < now - timedelta(minutes=4):
            return at
        if days <= 3 or day.date() == now.date():
            return now - timedelta(minutes=random.randint(5, 240))
