"""Our mail as a program reads it that shares nothing with us: `mu` (maildir-utils), which reads by GMime.

It needs no server: it is given a file. Its own folder is a temporary one.
"""

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from sync.mail import Address, Outgoing, OutgoingFile
from sync.mime.html import sanitise_outgoing
from tests.support.outgoing import PICTURE, REPORT, an_outgoing, digest, sent

# What `mu view --format=sexp` prints, as far as we read it: strings, brackets, and words between them.
_LISP = re.compile(r'"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+)', re.DOTALL)
_LISTED = re.compile(r"^ +(\d+) (.*) (\S+/\S+) \[(\w+)\](?: \(.*\))?$", re.MULTILINE)
Lisp = str | list["Lisp"]

HTML = '<p>Guten Tag <b>Anna</b> <img src="cid:logo@praxis"></p>'
FORWARDED = sent(an_outgoing(subject="Kalium", text="Kalium 4.1\n", message_id="<7@labor.example>"))
MAIL = OutgoingFile(filename="Kalium.eml", type="message/rfc822", content=FORWARDED)


class Mu:
    """One mail in a file, and what `mu` says of it."""

    def __init__(self, folder: Path, raw: bytes) -> None:
        self._folder = folder
        self._file = folder / "mail.eml"
        self._file.write_bytes(raw)

    def _run(self, *arguments: str) -> str:
        command = ["mu", *arguments, f"--muhome={self._folder}", "--nocolor", str(self._file)]
        # It prints names in the locale's own characters.
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, env=environment, capture_output=True, check=True, timeout=60)
        return done.stdout.decode("utf-8")

    def header(self) -> dict[str, Lisp]:
        (found,) = _lisp(self._run("view", "--format=sexp"))
        assert isinstance(found, list)
        return {str(name).removeprefix(":"): value for name, value in zip(found[::2], found[1::2], strict=True)}

    def people(self, name: str) -> tuple[Address, ...]:
        listed = self.header().get(name, [])
        pairs = [dict(zip(entry[::2], entry[1::2], strict=True)) for entry in listed if isinstance(entry, list)]
        return tuple(Address(str(pair.get(":name", "")), str(pair[":email"])) for pair in pairs)

    def parts(self) -> list[tuple[str, str, str]]:
        """(file name or "<none>", type, disposition), in order."""
        return [(name, kind, how) for _, name, kind, how in _LISTED.findall(self._run("extract"))]

    def content(self, number: int) -> bytes:
        """Of one part, decoded; counted from 1."""
        place = self._folder / f"part-{number}"
        place.mkdir()
        self._run("extract", f"--parts={number}", f"--target-dir={place}")
        (saved,) = place.iterdir()
        return saved.read_bytes()


def _lisp(text: str) -> list[Lisp]:
    stack: list[list[Lisp]] = [[]]
    for quoted, bracket, word in _LISP.findall(text):
        if bracket == "(":
            stack.append([])
        elif bracket == ")":
            closed = stack.pop()
            stack[-1].append(closed)
        else:
            stack[-1].append(word or re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
    return stack[0]


def read(tmp_path: Path, outgoing: Outgoing) -> Mu:
    return Mu(tmp_path, sent(outgoing))


def test_text_html_picture_file_and_mail_are_all_found(tmp_path: Path) -> None:
    mu = read(tmp_path, an_outgoing(html=HTML, files=(PICTURE, REPORT, MAIL)))
    assert mu.parts() == [
        ("<none>", "text/plain", "inline"),
        ("<none>", "text/html", "inline"),
        ("Logo.png", "image/png", "inline"),
        ("Befund.pdf", "application/pdf", "attachment"),
        ("<none>", "message/rfc822", "inline"),  # so it lists any mail inside a mail, and it does not save it
    ]
    assert mu.content(1).replace(b"\r\n", b"\n") == b"Guten Tag\n"
    assert sanitise_outgoing(HTML, {"logo@praxis"}).html in mu.content(2).decode()
    assert digest(mu.content(3)) == digest(PICTURE.content)
    assert digest(mu.content(4)) == digest(REPORT.content)


@pytest.mark.parametrize(
    "subject",
    [
        "Befund",
        "Grüsse 😷 aus der Praxis, " * 12 + "Ende",
        "x漢" + "漢" * 100,
        "תוצאות הבדיקה של אנה " * 6 + "סוף",
        "x" * 2000,
        "ü" * 2000,
        "=?utf-8?q?kein_Wort?=",
    ],
)
def test_a_subject_is_read_to_its_end(tmp_path: Path, subject: str) -> None:
    assert read(tmp_path, an_outgoing(subject=subject)).header()["subject"] == subject


@pytest.mark.parametrize(
    "name",
    [
        "Anna Muster",
        "Dr. med. Anna Muster",
        'Anna "Anni" \\ Muster, Dr. (Empfang)',
        "Müller, Anna <ü@ü>",
        "מרפאה ד״ר כהן",
        "👩🏽‍⚕️ Praxis",
        "=?utf-8?q?kein_Wort?=",
        "ü" * 150,
    ],
)
def test_a_name_is_read_beside_its_address(tmp_path: Path, name: str) -> None:
    people = (Address(name, "anna@muster.example"), Address("Beat", "beat@muster.example"))
    mu = read(tmp_path, an_outgoing(sender=people[0], to=people))
    assert mu.people("from") == people[:1]
    assert mu.people("to") == people


def test_two_hundred_recipients_are_counted_to_the_last(tmp_path: Path) -> None:
    people = tuple(Address(f"Müller, Anna {number}", f"anna{number}@muster.example") for number in range(200))
    assert read(tmp_path, an_outgoing(to=people)).people("to") == people


def test_odd_addresses_are_read_as_they_are(tmp_path: Path) -> None:
    people = tuple(
        Address("", email) for email in ('"a, b"@muster.example', "anna@[192.0.2.1]", "jürgen@muster.example")
    )
    assert read(tmp_path, an_outgoing(to=people)).people("to") == people


def test_a_domain_of_other_letters_is_shown_in_them(tmp_path: Path) -> None:
    mu = read(tmp_path, an_outgoing(to=(Address("", "anna@müller.example"),)))
    assert mu.people("to") == (Address("", "anna@müller.example"),)


def test_a_thread_is_read_from_its_ids(tmp_path: Path) -> None:
    ids = tuple(f"<{number}.{'x' * 40}@labor.example>" for number in range(100))
    header = read(tmp_path, an_outgoing(in_reply_to=ids[-1], references=ids)).header()
    assert header["message-id"] == "1@praxis.example"
    assert header["references"] == [found.strip("<>") for found in (ids[0], *ids[-19:])]


@pytest.mark.parametrize(
    "text",
    [
        "From hier\n.\n..\n-- \nEnde \n\n\n",
        "x" * 5000 + "\n",
        "ü=" * 2500 + "\n",
        "漢字" * 3000 + "\n",
        "Grüsse 👩🏽‍⚕️ שלום\n",
        "a\rb\r\nc\n",
    ],
)
def test_a_text_is_read_line_by_line(tmp_path: Path, text: str) -> None:
    mu = read(tmp_path, an_outgoing(text=text, html=HTML))
    assert mu.content(1).decode().replace("\r\n", "\n") == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    "name",
    [
        'ärzte "bericht", .pdf',
        "Befund von heute (2).pdf",
        "a\\b;c=d*e'f%.pdf",
        "=?utf-8?q?a.pdf?=",
        "תוצאות.pdf",
        "ü" * 150 + ".pdf",
        "漢😷" * 50 + ".pdf",
        "b" * 200 + ".pdf",
    ],
)
def test_a_file_is_called_what_its_sender_called_it(tmp_path: Path, name: str) -> None:
    mu = read(tmp_path, an_outgoing(files=(replace(REPORT, filename=name),)))
    assert mu.parts()[1] == (name, "application/pdf", "attachment")


def test_ten_megabytes_arrive_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 40 * 1024
    mu = read(tmp_path, an_outgoing(files=(replace(REPORT, content=content),)))
    assert digest(mu.content(2)) == digest(content)
