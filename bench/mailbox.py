"""A mailbox of any size in seconds: believable practice mail, written straight into Dovecot's Maildir.

The same seed gives the same mail, byte by byte. Half a minute lies between two messages, the newest is of now.
"""

import os
import pwd
import random
import shutil
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from pathlib import Path

_SENDERS = [
    ("Labor Medica", "befunde@labor.example"),
    ("Radiologie am Bahnhof", "anmeldung@radiologie.example"),
    ("Kantonsspital, Medizin", "austritt@spital.example"),
    ("Dr. Anna Müller", "anna.mueller@hausarzt.example"),
    ("Apotheke zum Löwen", "rezepte@apotheke.example"),
    ("Physiotherapie Keller", "keller@physio.example"),
    ("Spitex Region", "einsatz@spitex.example"),
    ("Cabinet du Dr Favre", "cabinet@favre.example"),
    ("Krankenkasse Helvita", "leistungen@helvita.example"),
    ("Beatrice Schneider", "b.schneider@post.example"),
]
_SUBJECTS = [
    "Laborbefund {name}",
    "Röntgen Thorax {name}",
    "Überweisung {name}",
    "Rezept erneuern: {name}",
    "Terminverschiebung {name}",
    "Austrittsbericht {name}",
    "Rapport de consultation {name}",
    "Kostengutsprache {name}",
    "Rückfrage zur Medikation {name}",
    "Physiotherapie, Verlauf {name}",
]
_FIRST = "Anna Beat Daniel Elena Fabio Greta Hans Irène Jürg Klara Luca Monika Noah Olga Peter Regula Simon".split()
_LAST = "Ammann Bianchi Dubois Egli Frei Gerber Huber Imhof Jäggi Keller Lüthi Meier Nägeli Oberli Pfister".split()
_SENTENCES = [
    "Guten Tag",
    "anbei erhalten Sie den Bericht zur Kenntnisnahme.",
    "Der Patient wurde heute bei uns untersucht; der Befund ist unauffällig.",
    "Bitte um Rückruf bis morgen Mittag.",
    "Die Kontrolle ist in sechs Wochen vorgesehen.",
    "Könnten Sie das Rezept an die Apotheke senden?",
    "Nous vous remercions de votre confiance.",
    "Blutdruck 135/85, Puls 72, Temperatur 36.8.",
    "Die Schmerzen haben unter der Therapie deutlich abgenommen.",
    "Eine Kopie geht an die Hausärztin.",
]
CLOSING = "Freundliche Grüsse"
"""Every text ends with it."""
_APART = timedelta(seconds=30)


def fill(mail: Path, messages: int, *, seed: int = 1, now: datetime | None = None) -> None:
    """`mail` is `Dovecot.mail_of(user)`. One of fifty is unread; every tenth has HTML beside its text."""
    rng = random.Random(seed)
    now = now or datetime.now(UTC)
    cur = _folders(mail)
    for number in range(messages):
        at = now - _APART * (messages - number)
        flags = "S" if rng.random() < 0.98 else ""
        path = cur / f"{int(at.timestamp())}.M{number:06}.bench:2,{flags}"
        path.write_bytes(_message(rng, number, at))
        os.utime(path, (at.timestamp(), at.timestamp()))
    _give(mail)


def named(number: int) -> str:
    """The last word of a message's subject; numbers count from the oldest."""
    return f"{number:06}"


def copy(source: Path, to: Path) -> None:
    """The same mail for somebody else: messages are links, the server's own files are copies."""
    cur = _folders(to)
    for message in os.scandir(source / "cur"):
        os.link(message.path, cur / message.name)
    for own in source.glob("dovecot*"):
        if own.is_file():
            shutil.copy2(own, to)
    _give(to)


def _folders(mail: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (mail / name).mkdir(parents=True)
    return mail / "cur"


def _give(mail: Path) -> None:
    """To whom Dovecot's processes belong when root starts it."""
    if os.getuid() != 0:
        return
    owner = pwd.getpwnam("dovecot")
    for folder, _, files in os.walk(mail):
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        for name in files:
            os.chown(Path(folder, name), owner.pw_uid, owner.pw_gid)


def _message(rng: random.Random, number: int, at: datetime) -> bytes:
    name, address = rng.choice(_SENDERS)
    patient = f"{rng.choice(_LAST)} {rng.choice(_FIRST)}"
    subject = f"{rng.choice(_SUBJECTS).format(name=patient)} {named(number)}"
    lines = [*rng.sample(_SENTENCES, rng.randint(3, 8)), CLOSING]
    head = [
        f'From: "{_encoded(name)}" <{address}>' if name.isascii() else f"From: {_encoded(name)} <{address}>",
        "To: Praxis am See <praxis@praxis.example>",
        f"Subject: {_encoded(subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{number}.{rng.getrandbits(48):x}@bench.example>",
        "MIME-Version: 1.0",
    ]
    body = _alternative(lines) if number % 10 == 0 else _plain(lines)
    return "\r\n".join([*head, *body]).encode()


def _plain(lines: list[str]) -> list[str]:
    return ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", *lines, ""]


def _alternative(lines: list[str]) -> list[str]:
    return [
        'Content-Type: multipart/alternative; boundary="teil"',
        "",
        "--teil",
        *_plain(lines),
        "--teil",
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        "<html><body>",
        *(f"<p>{line}</p>" for line in lines),
        "</body></html>",
        "--teil--",
        "",
    ]


def _encoded(words: str) -> str:
    return words if words.isascii() else Header(words, "utf-8", maxlinelen=900).encode()
