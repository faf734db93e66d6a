"""Whatever somebody writes: it comes back as written, or the field that cannot be sent is named."""

import re
from collections import Counter
from dataclasses import replace
from email.utils import unquote
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.mail import Address, Outgoing, OutgoingFile
from sync.mime.addresses import MAX_NAME_CHARS
from sync.mime.clean import clean_filename, clean_line, clean_text, straighten
from sync.mime.compose import compose
from sync.mime.filenames import default_filename
from sync.mime.headers import MAX_SUBJECT_CHARS
from sync.mime.html import sanitise, sanitise_outgoing
from sync.mime.recipients import needs_smtputf8
from sync.mime.refuse import BadField
from tests.support.outgoing import (
    PICTURE,
    REPORT,
    an_outgoing,
    digest,
    longest_line,
    parse,
    read_by_python,
    read_by_us,
    sent,
)
from tests.unit.mime.test_properties import markup

modest = settings(max_examples=60, deadline=None)

# Lines that people can type; and no byte order mark, which readers take for one at the beginning of a text.
lines = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"), max_size=60)
tricky = st.lists(
    st.sampled_from(
        ["a", "ü", "漢", "😷", " ", "  ", ",", '"', "\\", "(", ")", "<", ">", "@", ";", ":", "=?", "?=", "_", "=", "%"]
    ),
    max_size=40,
).map("".join)
written = lines | tricky
local_parts = st.from_regex(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z]{1,9})?", fullmatch=True) | st.sampled_from(
    ['"a, b"', '"a@b"', '"(a)"', '"<a>"', "jürgen", "анна"]
)
domains = st.sampled_from(["muster.example", "xn--mller-kva.example", "a.b.c.d.example", "muster", "[192.0.2.1]"])
addresses = st.builds(Address, written, st.builds("{}@{}".format, local_parts, domains))
address_lists = st.lists(addresses, max_size=5).map(tuple)
ids = st.from_regex(r"<[!-;=?A-~]{1,60}>", fullmatch=True)
types = st.sampled_from(["application/pdf", "image/png", "text/plain", "text/html", "application/x-unbekannt"])
files = st.lists(st.builds(OutgoingFile, filename=written, type=types, content=st.binary(max_size=200)), max_size=3)
texts = st.text(max_size=300) | st.lists(
    st.sampled_from([".", "From ", "\n", "\r", "\r\n", "=", "x" * 75, "ü", " ", "\t", "--=_", "\0"])
).map("".join)
outgoings = st.builds(
    Outgoing,
    sender=addresses,
    reply_to=address_lists,
    to=address_lists,
    cc=address_lists,
    bcc=address_lists,
    subject=written,
    text=texts,
    html=st.none() | markup.map(lambda html: f'<p>Guten Tag</p>{html}<img src="cid:logo@praxis">'),
    files=files.map(lambda found: (PICTURE, *found)),
    message_id=st.from_regex(r"<[a-z0-9.]{0,40}[a-z0-9]@[a-z0-9]{1,20}>", fullmatch=True).filter(
        lambda found: ".." not in found and "<." not in found
    ),
    in_reply_to=st.just("") | ids,
    references=st.lists(ids, max_size=20, unique=True).map(tuple),
    sent_at=st.integers(10**6, 250_000_000_000).map(lambda seconds: seconds * 1000),
    utc_offset_min=st.integers(-720, 720),
    own=st.just(()) | written.map(lambda value: (("X-Praxispost-Note", value),)),
)
controls = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF)]
shards = st.lists(
    st.sampled_from(
        ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\r\n ", "\r\n\r\n", "Bcc: x@y.example",
         "=?utf-8?q?=0D=0ABcc:_x?=", "x@boese.example", '"', "\\", "<", ">", ",", ";", " ", "\t", "a", "ü", "\ud800"]
    ),
    max_size=8,
).map("".join)  # fmt: skip
hostile = shards | st.text(max_size=40)
FULL: dict[str, Any] = {"html": '<p>Guten Tag <img src="cid:logo@praxis"></p>', "files": (PICTURE, REPORT)}
OTHER = Address("", "x@y.example")


def with_field(field: str, value: str) -> Outgoing:
    """A mail with everything in it, one field of which is `value`."""
    of_file: dict[str, Any] = {field: value}
    if field in ("filename", "type"):
        changes: dict[str, Any] = {"files": (PICTURE, replace(REPORT, **of_file))}
    elif field == "content_id":
        changes = {"files": (replace(PICTURE, content_id=value), REPORT)}
    elif field == "own name":
        changes = {"own": ((value, "1"),)}
    elif field == "own":
        changes = {"own": (("X-A", value), ("X-B", "1"))}
    elif "." in field:
        person, _, part = field.partition(".")
        changes = _with_address(person, part, value)
    else:
        changes = {field: ("<a@b>", value) if field == "references" else value}
    return an_outgoing(**FULL | changes)


def _with_address(field: str, part: str, value: str) -> dict[str, Any]:
    address = Address(value, "x@y.example") if part == "name" else Address("Anna", value)
    return {field: address if field == "sender" else (OTHER, address, OTHER)}


PEOPLE = ["sender", "reply_to", "to", "cc", "bcc"]
FIELDS = [
    *(f"{field}.{part}" for field, part in product(PEOPLE, ("name", "email"))),
    *("subject", "message_id", "in_reply_to", "references", "own", "own name", "filename", "type", "content_id"),
]


def _expected_fields(outgoing: Outgoing) -> list[str]:
    found = ["Date", "From", "Message-ID", "Subject", "MIME-Version", "Content-Type", "To"]
    found += [name for name, value in (("Reply-To", outgoing.reply_to), ("Cc", outgoing.cc)) if value]
    return found + [name for name, _ in outgoing.own]


def _plain(name: str) -> str:
    """A name as readers show it: no quotes around all of it, no space around it or twice in it."""
    name = re.sub(" +", " ", straighten(name)).strip(" ")
    return re.sub(r"^(['\"])(.+)\1$", r"\2", name).strip(" ")


def _file_name(file: OutgoingFile) -> str:
    return straighten(file.filename).strip(" ") or default_filename(file.type, "1")


@modest
@given(outgoings)
def test_python_reads_back_what_was_written(outgoing: Outgoing) -> None:
    found = read_by_python(compose(outgoing, with_bcc=True))
    assert found.subject == outgoing.subject.strip(" ")
    for read, meant in (
        (found.senders, (outgoing.sender,)),
        (found.reply_to, outgoing.reply_to),
        (found.to, outgoing.to),
        (found.cc, outgoing.cc),
    ):
        assert [address.email for address in read] == [address.email for address in meant]
        assert [_plain(address.name) for address in read] == [_plain(address.name) for address in meant]
    assert (found.message_id, found.in_reply_to) == (outgoing.message_id, outgoing.in_reply_to)
    assert found.references == outgoing.references
    assert found.sent_at == outgoing.sent_at
    text = clean_text(outgoing.text)
    assert found.text == (text if not text or text.endswith("\n") else f"{text}\n")
    if outgoing.html is not None:
        assert found.html is not None
        assert sanitise_outgoing(outgoing.html, {"logo@praxis"}).html in found.html
    # Python takes quotes and angle brackets off a name, and any space.
    assert Counter(found.files) == Counter(
        (unquote(_file_name(file)).strip(), file.type, digest(file.content)) for file in outgoing.files
    )


@modest
@given(outgoings)
def test_we_read_back_what_was_written(outgoing: Outgoing) -> None:
    found = read_by_us(compose(outgoing, with_bcc=True))
    assert found.subject == clean_line(outgoing.subject, MAX_SUBJECT_CHARS)
    for read, meant in (
        (found.senders, (outgoing.sender,)),
        (found.reply_to, outgoing.reply_to),
        (found.to, outgoing.to),
        (found.cc, outgoing.cc),
    ):
        assert [address.email for address in read] == [address.email for address in meant]
        names = [clean_line(_plain(clean_line(address.name, MAX_NAME_CHARS)), MAX_NAME_CHARS) for address in meant]
        assert [_plain(address.name) for address in read] == names
    assert (found.message_id, found.in_reply_to) == (outgoing.message_id, outgoing.in_reply_to)
    assert (found.references, found.sent_at) == (outgoing.references, outgoing.sent_at)
    if outgoing.html is not None:
        assert found.html == sanitise(sanitise_outgoing(outgoing.html, {"logo@praxis"}).html).html
    if outgoing.html is None or clean_text(outgoing.text).strip():
        assert found.text.rstrip("\n") == clean_text(outgoing.text).rstrip("\n")
    hashes = Counter((clean_filename(straighten(file.filename)), digest(file.content)) for file in outgoing.files)
    named = Counter((name if not name.startswith("part-") else "", content) for name, _, content in found.files)
    assert named == hashes


@modest
@given(outgoings)
def test_what_goes_over_the_wire_is_ascii_in_short_lines_and_always_the_same(outgoing: Outgoing) -> None:
    raw = sent(outgoing)
    assert raw == sent(outgoing)
    assert raw.isascii() or needs_smtputf8(outgoing)
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert raw.endswith(b"\r\n")
    assert longest_line(raw) <= 90, "an address or an id may be wider than 76; nothing else is"
    assert b"\r\n.\r\n" not in raw
    kept = compose(outgoing, with_bcc=True).partition(b"\r\n\r\n")
    assert raw.partition(b"\r\n\r\n")[2] == kept[2]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FIELDS), hostile)
def test_no_value_of_any_field_adds_a_header(field: str, value: str) -> None:
    outgoing = with_field(field, value)
    try:
        raw = sent(outgoing)
    except BadField as refused:
        assert field.startswith(refused.field)
        assert str(refused) == f"cannot be sent as it is: {refused.field}"
        return
    message = parse(raw)
    expected = Counter(_expected_fields(outgoing))
    expected["In-Reply-To"] = int("In-Reply-To" in message)
    expected["References"] = int("References" in message)
    assert Counter(message.keys()) == +expected
    assert all(line[:1] in b" " or re.match(rb"[A-Za-z-]+:", line) for line in _header_lines(raw))
    for part in list(message.walk())[1:]:
        assert set(part.keys()) <= {
            "Content-Type",
            "Content-Transfer-Encoding",
            "Content-Disposition",
            "Content-ID",
        }
        assert len(set(part.keys())) == len(part.keys())
    shown = field != "content_id" or value == PICTURE.content_id
    assert len(list(message.walk())) == (7 if shown else 6)


def _header_lines(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


@pytest.mark.parametrize("field", FIELDS)
def test_every_control_character_is_refused_in_every_field(field: str) -> None:
    good = {"own name": "X-A{}", "message_id": "<a{}@b>", "type": "image/png{}", "content_id": "logo{}@praxis"}
    template = good.get(field, "{}<a{}@b.example>" if field in ("in_reply_to", "references") else "a{}@b.example")
    for control in controls:
        for with_bcc in (True, False):
            with pytest.raises(BadField):
                compose(with_field(field, template.replace("{}", control)), with_bcc=with_bcc)


@pytest.mark.parametrize("field", [field for field in FIELDS if field != "own name"])
def test_the_same_fields_without_a_control_character_are_taken(field: str) -> None:
    good = {"message_id": "<a@b>", "type": "image/png", "content_id": "logo@praxis"}
    sent(with_field(field, good.get(field, "<a@b.example>" if field == "references" else "a@b.example")))
