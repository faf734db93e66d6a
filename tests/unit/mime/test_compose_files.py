"""Bodies and files of a mail that a practice writes: what comes back is what went in."""

import time
from dataclasses import replace

import pytest

from sync.mail import OutgoingFile
from sync.mime.clean import clean_filename
from sync.mime.entities import free_boundary
from sync.mime.refuse import BadField
from tests.support.files import pdf, png
from tests.support.outgoing import (
    PICTURE,
    REPORT,
    Read,
    an_outgoing,
    digest,
    leaves,
    longest_line,
    parse,
    read_by_python,
    read_by_us,
    sent,
)

both_readers = pytest.mark.parametrize("read", [read_by_python, read_by_us])

FORWARDED = (
    b"From: Labor <labor@labor.example>\r\nTo: <praxis@praxis.example>\r\nSubject: Kalium\r\n"
    b"Date: Mon, 3 Mar 2025 09:15:00 +0100\r\nMessage-ID: <7@labor.example>\r\n\r\nKalium 4.1\r\nFrom hier\r\n"
)


@both_readers
def test_a_picture_in_the_html_travels_with_it(read: Read) -> None:
    raw = sent(an_outgoing(html='<p>Guten Tag <img src="cid:logo@praxis" alt="Logo"></p>', files=(PICTURE,)))
    found = read(raw)
    assert found.html is not None
    assert ("cid:logo@praxis" if read is read_by_python else 'data-cid="logo@praxis"') in found.html
    assert found.files == (("Logo.png", "image/png", digest(png())),)
    part = next(part for part in leaves(parse(raw)) if part.get_content_type() == "image/png")
    assert part["Content-ID"] == "<logo@praxis>"
    assert part.get_content_disposition() == "inline"


def test_a_picture_that_the_html_does_not_show_is_attached() -> None:
    raw = sent(an_outgoing(html='<p>src="cid:logo@praxis"</p>', files=(PICTURE,)))
    part = next(part for part in leaves(parse(raw)) if part.get_content_type() == "image/png")
    assert part.get_content_disposition() == "attachment"
    assert part["Content-ID"] is None


@both_readers
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n\n",
        "Guten Tag",
        "From hier\nFrom dort\n>From\n",
        ".\n..\n.a\n",
        "-- \nAnna\n",
        "Ende \n\tEnde\t\n  \n",
        "x" * 5000,
        ("." + "x" * 74) * 40,
        ("x" * 75 + "From da ") * 20,
        "=" * 300,
        *("x" * start + "abcdefg=" * 200 for start in range(10)),
        "ü" * 5000,
        "漢字" * 3000 + "\nx\n",
        "Grüsse 👩🏽‍⚕️\n",
        "--=_grenze\n--=_grenze--\n",
    ],
)
def test_a_text_comes_back_as_it_was_with_a_line_end(read: Read, text: str) -> None:
    for html in (None, "<p>Guten Tag</p>") if text.strip() else (None,):
        raw = sent(an_outgoing(text=text, html=html))
        assert read(raw).text == (text if not text or text.endswith("\n") else f"{text}\n")
        assert longest_line(raw) <= 78


@both_readers
def test_lone_line_ends_become_whole_ones_and_controls_go(read: Read) -> None:
    raw = sent(an_outgoing(text="a\rb\nc\r\nd\0e\x1bf\ud800g\r.\r\nRCPT TO:<x@boese.example>"))
    assert read(raw).text == "a\nb\nc\ndefg\n.\nRCPT TO:<x@boese.example>\n"
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")


def test_nothing_in_a_body_can_end_the_mail_or_begin_another() -> None:
    raw = sent(an_outgoing(text=".\n.x\nFrom me\n" + "x" * 75 + "." + "\n" + "x" * 75 + "From me\n"))
    body = raw.partition(b"\r\n\r\n")[2]
    assert b"\r\n." not in b"\r\n" + body
    assert b"\r\nFrom " not in b"\r\n" + body


@pytest.mark.parametrize(
    ("text", "encoding"),
    [("Grüsse aus der Praxis\n" * 9, "quoted-printable"), ("Ωμέγα και άλφα\n" * 9, "base64"), ("", "quoted-printable")],
)
def test_the_shorter_encoding_is_chosen(text: str, encoding: str) -> None:
    assert parse(sent(an_outgoing(text=text)))["Content-Transfer-Encoding"] == encoding


@both_readers
@pytest.mark.parametrize(
    "name",
    [
        'ärzte "bericht", .pdf',
        "Befund.pdf",
        "Befund von heute (2).pdf",
        "100%.pdf",
        "it's 'quoted'.pdf",
        "a\\b.pdf",
        "a;b=c*d'e.pdf",
        "=?utf-8?q?a.pdf?=",
        "תוצאות.pdf",
        "😷.pdf",
        "b" * 200 + ".pdf",
        "ü" * 150 + ".pdf",
        "漢😷" * 50 + ".pdf",
        ".pdf",
    ],
)
def test_a_file_name_comes_back_as_it_was(read: Read, name: str) -> None:
    raw = sent(an_outgoing(files=(replace(REPORT, filename=name),)))
    expected = name if read is read_by_python else clean_filename(name)
    assert read(raw).files == ((expected, "application/pdf", digest(pdf())),)
    assert longest_line(raw) <= 76


def test_an_old_outlook_finds_the_name_in_the_content_type() -> None:
    raw = sent(an_outgoing(files=(replace(REPORT, filename="Müllers Befund.pdf"),)))
    assert b'Content-Type: application/pdf; name="=?utf-8?q?M=C3=BCllers_Befund=2Epdf?="\r\n' in raw
    assert b"filename*=utf-8''M%C3%BCllers%20Befund.pdf\r\n" in raw
    assert b"filename=" not in raw


@pytest.mark.parametrize(
    ("kind", "sent_as", "name"),
    [
        ("", "application/octet-stream", "part-1.bin"),
        ("Unfug", "application/octet-stream", "part-1.bin"),
        ("Image/PNG", "image/png", "part-1.png"),
        ("video/mp4;codecs=vp8", "video/mp4", "part-1.mp4"),
        ("multipart/mixed; boundary=x", "application/octet-stream", "part-1.bin"),
        ("message/partial", "application/octet-stream", "part-1.bin"),
        ("message/rfc822", "application/octet-stream", "message.eml"),
    ],
)
def test_a_type_that_cannot_be_sent_is_any_file_and_a_missing_name_is_made(kind: str, sent_as: str, name: str) -> None:
    file = OutgoingFile(filename=" ", type=kind, content=b"\xff\0")
    assert read_by_python(sent(an_outgoing(files=(file,)))).files == ((name, sent_as, digest(b"\xff\0")),)


@both_readers
def test_a_mail_as_a_file_stays_a_mail(read: Read) -> None:
    file = OutgoingFile(filename="Kalium.eml", type="message/rfc822", content=FORWARDED)
    raw = sent(an_outgoing(files=(file,)))
    assert read(raw).files == (("Kalium.eml", "message/rfc822", digest(FORWARDED)),)
    assert FORWARDED in raw


@pytest.mark.parametrize(
    "content",
    [
        FORWARDED + "Grüsse\r\n".encode(),
        FORWARDED + b"x" * 999 + b"\r\n",
        FORWARDED + b"\0\r\n",
        FORWARDED.replace(b"\r\n", b"\n"),
        FORWARDED + b"\r",
        b"",
    ],
)
def test_a_mail_that_cannot_travel_as_it_is_goes_as_any_file(content: bytes) -> None:
    file = OutgoingFile(filename="Kalium.eml", type="message/rfc822", content=content)
    raw = sent(an_outgoing(files=(file,)))
    assert read_by_us(raw).files == (("Kalium.eml", "application/octet-stream", digest(content)),)
    assert raw.isascii()


@both_readers
def test_a_mail_of_ours_inside_a_mail_of_ours_keeps_its_parts_to_itself(read: Read) -> None:
    inner = sent(an_outgoing(html="<p>innen</p>", files=(REPORT,)))
    file = OutgoingFile(filename="innen.eml", type="message/rfc822", content=inner)
    found = read(sent(an_outgoing(html="<p>innen</p>", files=(REPORT, file))))
    assert [entry[0] for entry in found.files] == ["Befund.pdf", "innen.eml"]
    assert found.files[1][2] == digest(inner)


def test_a_boundary_that_stands_in_a_part_is_not_used() -> None:
    assert free_boundary([b"=_1", b"=_2", b"=_3"], [b"x\r\n--=_1--\r\n", b"=_2"]) == b"=_3"


def test_ten_megabytes_are_written_and_read_back_in_a_moment() -> None:
    content = bytes(range(256)) * 40 * 1024
    started = time.process_time()
    raw = sent(an_outgoing(files=(replace(REPORT, content=content),)))
    assert time.process_time() - started < 2
    assert read_by_us(raw).files[0][2] == digest(content)
    assert longest_line(raw) <= 76


def test_a_long_html_without_line_ends_costs_no_more_than_its_length() -> None:
    started = time.process_time()
    sent(an_outgoing(html="<p>" + "ü =." * 300_000))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("content_id", ["mit leerschlag", "<a@b>", "a>b", "a@b@c", 'a"b', "ü@praxis", "x" * 121])
def test_a_content_id_that_html_could_not_name_is_refused(content_id: str) -> None:
    with pytest.raises(BadField, match="content_id"):
        sent(an_outgoing(files=(replace(PICTURE, content_id=content_id),)))


def test_two_pictures_may_not_have_one_content_id() -> None:
    with pytest.raises(BadField, match="content_id"):
        sent(an_outgoing(html='<img src="cid:logo@praxis">', files=(PICTURE, PICTURE)))


def test_a_content_id_of_odd_characters_is_found_by_its_url() -> None:
    picture = replace(PICTURE, content_id="a%20b/{c}?&d@x")
    for source in ("a%2520b/%7Bc%7D%3F%26d@x", "a%2520b/{c}?&amp;d@x"):
        found = read_by_us(sent(an_outgoing(html=f'<img src="cid:{source}">', files=(picture,))))
        assert found.html is not None
        assert 'data-cid="a%20b/{c}?&amp;d@x"' in found.html


def test_a_file_name_too_long_for_any_disk_is_refused() -> None:
    with pytest.raises(BadField, match="filename"):
        sent(an_outgoing(files=(replace(REPORT, filename="x" * 256),)))
