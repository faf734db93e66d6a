"""Mail that a practice writes, read back by Python's parser and by our own: its shape, its header, its HTML."""

from dataclasses import replace
from email.utils import parsedate_tz

import pytest

from sync.mail import Address
from sync.mime.clean import clean_line
from sync.mime.compose import compose
from sync.mime.headers import MAX_SUBJECT_CHARS
from sync.mime.refuse import BadField
from tests.support.outgoing import (
    PATIENT,
    PICTURE,
    REPORT,
    SENDER,
    Read,
    an_outgoing,
    longest_line,
    parse,
    read_by_python,
    read_by_us,
    sent,
)

both_readers = pytest.mark.parametrize("read", [read_by_python, read_by_us])

NASTY_NAMES = [
    'Anna "Anni" Muster',
    "Muster, Anna",
    "Anna (Empfang)",
    "Anna \\ Muster",
    "Dr. med. Anna Muster",
    "anna@fremd.example",
    "Anna <anna@fremd.example>",
    "=?utf-8?q?kein_Wort?=",
    "Muster; Anna: Empfang",
    "Ärztin Müller",
    'Müller, "Ä" (ö) \\ <ü@ü>',
    "מרפאה ד״ר כהן",
    "عيادة الدكتور",
    "👩🏽‍⚕️ Praxis",
    "Gemeinschaftspraxis für Allgemeinmedizin und Innere Medizin am oberen Ende der langen Strasse, Empfang",
    "a" * 150,
    "ü" * 150,
]


def header_of(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0]


@both_readers
def test_a_plain_mail_says_what_was_written(read: Read) -> None:
    found = read(sent(an_outgoing(cc=(Address("", "labor@labor.example"),), reply_to=(SENDER,))))
    assert found.subject == "Befund"
    assert found.senders == (SENDER,)
    assert found.reply_to == (SENDER,)
    assert found.to == (PATIENT,)
    assert found.cc == (Address("", "labor@labor.example"),)
    assert found.text == "Guten Tag\n"
    assert found.html is None
    assert found.files == ()


def test_a_plain_mail_has_the_fields_it_needs_and_no_others() -> None:
    assert sent(an_outgoing()) == (
        b"Date: Mon, 03 Mar 2025 12:06:40 +0100\r\n"
        b"From: Praxis Muster <praxis@praxis.example>\r\n"
        b"To: Anna Muster <anna@muster.example>\r\n"
        b"Message-ID: <1@praxis.example>\r\n"
        b"Subject: Befund\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n"
        b"\r\n"
        b"Guten Tag\r\n"
    )


def test_the_parts_stand_where_every_reader_looks_for_them() -> None:
    html = '<p>Guten Tag <img src="cid:logo@praxis"></p>'
    message = parse(sent(an_outgoing(html=html, files=(PICTURE, REPORT))))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({}, ["text/plain"]),
        ({"html": "<p>Guten Tag</p>"}, ["multipart/alternative", "text/plain", "text/html"]),
        ({"files": (REPORT,)}, ["multipart/mixed", "text/plain", "application/pdf"]),
        ({"files": (PICTURE,)}, ["multipart/mixed", "text/plain", "image/png"]),
    ],
)
def test_a_level_with_one_part_is_left_out(changes: dict[str, object], types: list[str]) -> None:
    assert [part.get_content_type() for part in parse(sent(an_outgoing(**changes))).walk()] == types


@both_readers
def test_the_html_is_cleaned_before_it_is_sent(read: Read) -> None:
    html = (
        '<p onclick=boese()>Guten Tag<script>boese()</script></p><img src="https://boese.example/zaehler.png">'
        '<a href="javascript:boese()">hier</a> <a href="https://praxis.example">dort</a>'
        '<img src="cid:fremd@x" alt="Bild">'
    )
    found = read(sent(an_outgoing(html=html))).html
    assert found is not None
    assert "boese" not in found
    assert "fremd" not in found
    assert '<a href="https://praxis.example"' in found
    assert found.removesuffix("</html>").endswith("</a>Bild")


def test_html_with_nothing_to_see_does_not_hide_the_text() -> None:
    raw = sent(an_outgoing(html='<script>boese()</script><img src="https://boese.example/a.png">'))
    assert parse(raw).get_content_type() == "text/plain"


def test_opening_a_draft_again_and_again_does_not_wrap_it_again() -> None:
    html, seen = "<div>Guten Tag<div>Anna</div></div>", set()
    for _ in range(3):
        found = read_by_us(sent(an_outgoing(html=html))).html
        assert found is not None
        seen.add(found)
        html = found
    assert seen == {"<div>Guten Tag<div>Anna</div></div>"}


def test_html_that_would_be_cut_is_refused() -> None:
    for html in ("x" * 2_000_001, "<b>" * 100_001, "<p>x</p>" * 45_000):
        with pytest.raises(BadField, match="html"):
            sent(an_outgoing(html=html))


@both_readers
@pytest.mark.parametrize(
    "subject",
    [
        "",
        "Befund",
        "Befund von 08:15: Kalium, Natrium",
        "😷 Dringend 👩🏽‍⚕️",
        "=?utf-8?q?kein_Wort?=",
        "תוצאות הבדיקה של אנה",
        "نتائج الفحص",
        "x" * 2000,
        "ü" * 2000,
        "x漢" + "漢" * 400,
        "a\u2028b" + "é漢" * 30,
        "kurz " + "y" * 90 + " lang",
        "ein  zwei   drei" + " " * 100 + "vier",
    ],
)
def test_a_subject_comes_back_as_it_was(read: Read, subject: str) -> None:
    raw = sent(an_outgoing(subject=subject))
    expected = subject if read is read_by_python else clean_line(subject, MAX_SUBJECT_CHARS)
    assert read(raw).subject == expected
    assert longest_line(header_of(raw)) <= 76


@both_readers
@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_name_comes_back_as_it_was_beside_its_address(read: Read, name: str) -> None:
    people = (
        Address(name, "anna@muster.example"),
        Address("Beat", "beat@muster.example"),
        Address(name, "c@d.example"),
    )
    raw = sent(an_outgoing(sender=people[0], to=people))
    assert read(raw).senders == people[:1]
    assert read(raw).to == people
    assert longest_line(header_of(raw)) <= 76


@both_readers
def test_characters_that_turn_a_name_around_are_left_out(read: Read) -> None:
    turned = "\u202eanna\u202c \u2067Muster\u2069"
    report = replace(REPORT, filename="Befund\u202efdp.exe")
    found = read(sent(an_outgoing(to=(Address(turned, PATIENT.email),), files=(report,))))
    assert found.to == (Address("anna Muster", PATIENT.email),)
    assert found.files[0][0] == "Befundfdp.exe"


@both_readers
def test_two_hundred_recipients_are_all_there(read: Read) -> None:
    people = tuple(Address(f"Müller, Anna {number}", f"anna{number}@muster.example") for number in range(200))
    raw = sent(an_outgoing(to=people, cc=people[::-1]))
    assert read(raw).to == people
    assert read(raw).cc == people[::-1]
    assert longest_line(header_of(raw)) <= 76


@both_readers
@pytest.mark.parametrize(
    ("email", "written"),
    [
        ('"a, b"@muster.example', '"a, b"@muster.example'),
        ('"a@b"@muster.example', '"a@b"@muster.example'),
        ("Anna@MÜLLER.example", "Anna@xn--mller-kva.example"),
        ("jürgen@muster.example", "jürgen@muster.example"),
        ("anna@[192.0.2.1]", "anna@[192.0.2.1]"),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 58}.example", None),
    ],
)
def test_an_address_comes_back_as_the_wire_has_it(read: Read, email: str, written: str | None) -> None:
    raw = sent(an_outgoing(to=(Address("Müller", email), Address("", email))))
    assert read(raw).to == (Address("Müller", written or email), Address("", written or email))


def test_the_same_mail_gives_the_same_bytes() -> None:
    html = '<p>Guten Tag <img src="cid:logo@praxis"></p>'
    made = [sent(an_outgoing(html=html, files=(PICTURE, REPORT))) for _ in range(2)]
    assert made[0] == made[1]
    other = sent(an_outgoing(html=html, files=(PICTURE, REPORT), message_id="<2@praxis.example>"))
    assert parse(other).get_boundary() != parse(made[0]).get_boundary()


def test_a_hidden_recipient_stays_at_home() -> None:
    hidden = an_outgoing(bcc=(Address("Chef", "chef@praxis.example"),))
    assert b"chef" not in sent(hidden).lower()
    assert b"Bcc: Chef <chef@praxis.example>\r\n" in compose(hidden, with_bcc=True)


def test_a_mail_to_hidden_recipients_only_says_so_and_a_draft_to_nobody_says_nothing() -> None:
    hidden = an_outgoing(to=(), bcc=(Address("", "chef@praxis.example"),))
    assert parse(sent(hidden))["To"] == "undisclosed-recipients:;"
    assert parse(compose(hidden, with_bcc=True))["To"] is None
    assert parse(sent(an_outgoing(to=())))["To"] is None


@pytest.mark.parametrize(
    ("offset_min", "zone"), [(0, "+0000"), (60, "+0100"), (-210, "-0330"), (840, "+1400"), (-840, "-1400")]
)
def test_the_date_is_that_of_the_writers_clock(offset_min: int, zone: str) -> None:
    message = parse(sent(an_outgoing(utc_offset_min=offset_min)))
    written = parsedate_tz(str(message["Date"]))
    assert written is not None
    assert written[9] == offset_min * 60
    assert str(message["Date"]).endswith(zone)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sent_at": -1}, "sent_at"),
        ({"sent_at": 10**18}, "sent_at"),
        ({"sent_at": 0, "utc_offset_min": -60}, "sent_at"),
        ({"utc_offset_min": 841}, "utc_offset_min"),
    ],
)
def test_a_moment_that_no_calendar_has_is_refused(changes: dict[str, int], field: str) -> None:
    with pytest.raises(BadField, match=field):
        sent(an_outgoing(**changes))


@both_readers
def test_an_answer_names_its_thread_and_a_long_one_keeps_its_root_and_its_newest(read: Read) -> None:
    ids = tuple(f"<{number}.{'x' * 40}@labor.example>" for number in range(100))
    raw = sent(an_outgoing(in_reply_to=ids[-1], references=ids))
    assert read(raw).in_reply_to == ids[-1]
    assert read(raw).references == (ids[0], *ids[-19:])
    assert longest_line(header_of(raw)) <= 76


@both_readers
def test_an_id_that_no_header_can_carry_is_left_out_and_a_long_one_is_not(read: Read) -> None:
    long = f"<{'x' * 900}@labor.example>"
    raw = sent(
        an_outgoing(in_reply_to="<mit leerschlag@x>", references=("<a@b>", "<ü@b>", "kein", f"<{'y' * 990}>", long))
    )
    assert read(raw).in_reply_to == ""
    assert read(raw).references == ("<a@b>", long)
    assert longest_line(raw) <= 998


def test_our_own_fields_are_there_once() -> None:
    message = parse(sent(an_outgoing(own=(("X-Praxispost-Version", "7"), ("X-Praxispost-Note", "Grüsse")))))
    assert message["X-Praxispost-Version"] == "7"
    assert message["X-Praxispost-Note"] == "Grüsse"
    for own in ((("X-A", "1"), ("X-a", "2")), (("Bcc", "x@y.example"),), (("X-A b", "1"),), (("X-", "1"),)):
        with pytest.raises(BadField, match="own"):
            sent(an_outgoing(own=own))


@pytest.mark.parametrize(
    "message_id", ["", "1@praxis.example", "<1>", "<a b@x>", "<ü@x>", "<a@b> <c@d>", f"<{'x' * 250}@y>"]
)
def test_a_message_id_of_ours_follows_the_grammar(message_id: str) -> None:
    with pytest.raises(BadField, match="message_id"):
        sent(an_outgoing(message_id=message_id))
