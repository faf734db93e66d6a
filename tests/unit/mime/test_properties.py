"""Whatever a stranger sends: nothing raises, and nothing unprintable comes out."""

import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.mail import Address, Part
from sync.mime.addresses import MAX_ADDRESSES, read_addresses
from sync.mime.charsets import decode, decode_html
from sync.mime.clean import MAX_NAME_CHARS, clean_filename
from sync.mime.css import clean_style
from sync.mime.decode import decode_part, decode_text
from sync.mime.encoded_words import decode_words
from sync.mime.flowed import unflow
from sync.mime.headers import read_date, read_envelope
from sync.mime.html import html_to_text, sanitise
from sync.mime.message import read_message
from sync.mime.preview import MAX_PREVIEW_CHARS, make_preview
from sync.mime.structure import read_parts
from sync.mime.tnef import read_tnef
from sync.mime.transfer import TransferDecoder, decode_base64, decode_quoted_printable
from sync.mime.tree import walk
from tests.unit.mime.test_corpus import MESSAGES

modest = settings(max_examples=80, deadline=None)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LINE_BREAKERS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_HEADER_SHARDS = [
    b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Message-ID: ", b"References: ", b"Content-Type: ", b"text/html",
    b"multipart/mixed", b"message/rfc822", b"application/ms-tnef", b"; boundary=", b'"x"', b"; charset=",
    b"utf-16", b"utf-7", b"; name*0*=", b"; filename*=utf-8''%C3", b"Content-Disposition: attachment",
    b"=?utf-8?B?", b"=?iso-2022-jp?Q?", b"?=", b"=E2=80=AE", b"\r\n", b"\n", b"\r", b"\r\n ", b"\r\n\r\n",
    b"--x\r\n", b"--x--\r\n", b"<", b">", b"@", b",", b"(", b")", b"\\", b'"', b";", b":", b"\x00", b"\x1b$B",
    b"\xff\xfe", b"\xe2\x80\xae", b"begin", b"=\r\n", b"YWJj", b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: quoted-printable", b"Mon, 3 Mar 2025 09:15:00 +0100",
]  # fmt: skip
_HTML_SHARDS = [
    "<p>", "</p>", "<table>", "<tr>", "<td>", "</table>", "<a href=", "javascript:x", "https://x.example", ">",
    "<", "</", "<!--", "-->", "<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>",
    "<mtext>", "<mglyph>", "<template>", "<img src=", "cid:a", "data:image/png;base64,AA==", '"', "'", " ", "=",
    "/", "&", "&lt;", "&#0;", "&#x202e;", "<b>", "<i>", "<li>", "<ul>", "<h1>", "<pre>", "\n", "<blockquote>",
    "<select>", "<noscript>", "<title>", "<plaintext>", "<form>", ' style="', "color:red", "url(x)", "\\75", ";",
    " onerror=", "<font color=red>", "<col>", "<caption>", "\x00", "\xa0", "text",
]  # fmt: skip
_CHARSETS = [
    "", "utf-8", "utf-7", "utf-16", "utf-32", "iso-2022-jp", "iso-2022-kr", "gb18030", "hz", "big5", "shift_jis",
    "koi8-r", "windows-1252", "latin1", "idna", "punycode", "zlib", "rot13", "unknown", "x" * 99,
]  # fmt: skip

shards = st.lists(st.sampled_from(_HEADER_SHARDS) | st.binary(max_size=6), max_size=40).map(b"".join)
raw_bytes = st.binary(max_size=600) | shards
markup = st.lists(st.sampled_from(_HTML_SHARDS) | st.text(max_size=4), max_size=40).map("".join)
charsets = st.sampled_from(_CHARSETS)
encodings = st.sampled_from(["", "7bit", "8bit", "base64", "quoted-printable", "x-uuencode"])
encoded = st.lists(st.sampled_from([bytes([code]) for code in b"= \t\r\nA3x"]), max_size=30).map(b"".join)
parts = st.builds(
    Part,
    path=st.just("1"),
    type=st.sampled_from(["text/plain", "text/html"]),
    charset=charsets,
    encoding=encodings,
    format=st.sampled_from(["", "flowed", "flowed delsp"]),
)
trees = st.recursive(
    st.none() | st.integers() | st.binary(max_size=12) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=9) | st.lists(inner, max_size=9).map(tuple),
    max_leaves=40,
)


def assert_addresses(addresses: tuple[Address, ...]) -> None:
    assert len(addresses) <= MAX_ADDRESSES
    for address in addresses:
        assert address.name or address.email
        assert LINE_BREAKERS.search(address.name + address.email) is None


@modest
@given(raw_bytes)
def test_any_header_gives_an_envelope_of_single_lines(header: bytes) -> None:
    envelope = read_envelope(header)
    assert LINE_BREAKERS.search(envelope.subject) is None
    assert LINE_BREAKERS.search("".join((envelope.message_id, envelope.in_reply_to, *envelope.references))) is None
    for addresses in (envelope.senders, envelope.to, envelope.cc, envelope.reply_to):
        assert_addresses(addresses)


@modest
@given(raw_bytes)
def test_any_bytes_are_a_message_that_can_be_shown(raw: bytes) -> None:
    message = read_message(raw)
    assert CONTROLS.search(message.text) is None
    assert message.html is None or CONTROLS.search(message.html.html) is None
    for file in message.attachments:
        assert file.filename
        assert file.filename == clean_filename(file.filename)
        assert LINE_BREAKERS.search(file.type) is None


@modest
@given(raw_bytes)
def test_the_leaves_of_any_message_lie_inside_it_one_after_the_other(raw: bytes) -> None:
    at = 0
    for leaf in walk(raw):
        assert at <= leaf.start <= leaf.end <= len(raw)
        assert leaf.part.size == leaf.end - leaf.start
        at = leaf.end


@modest
@given(trees)
def test_any_structure_from_a_server_gives_parts(structure: object) -> None:
    for part in read_parts(structure):
        assert part.path and part.type
        assert LINE_BREAKERS.search(part.filename + part.charset + part.content_id) is None


@modest
@given(raw_bytes, parts)
def test_any_body_decodes_to_text_without_controls(raw: bytes, part: Part) -> None:
    assert CONTROLS.search(decode_text(raw, part)) is None


@modest
@given(raw_bytes, charsets)
def test_any_bytes_decode_under_any_charset_to_what_can_be_stored(raw: bytes, charset: str) -> None:
    decode(raw, charset).encode("utf-8")
    decode_html(raw, charset).encode("utf-8")


@modest
@given(
    raw_bytes | encoded,
    st.sampled_from(["base64", "quoted-printable", "8bit"]),
    st.lists(st.integers(0, 600), max_size=6),
)
def test_a_part_streamed_in_pieces_is_the_part_decoded_whole(raw: bytes, encoding: str, cuts: list[int]) -> None:
    decoder, at, out = TransferDecoder(encoding), 0, b""
    for cut in [*sorted(cut for cut in cuts if cut < len(raw)), len(raw)]:
        out += decoder.feed(raw[at:cut])
        at = cut
    out += decoder.finish()
    whole = {"base64": decode_base64, "quoted-printable": decode_quoted_printable}.get(encoding, bytes)
    assert out == whole(raw)


@modest
@given(raw_bytes, encodings, st.integers(0, 600))
def test_a_part_cut_short_is_the_beginning_of_the_whole(raw: bytes, encoding: str, cut: int) -> None:
    # What follows a cut may still change how its last characters are read.
    part = Part(path="1", type="text/plain", encoding=encoding)
    decode_part(raw[:cut], part)
    if encoding == "base64" and b"=" not in raw:
        assert decode_part(raw, part).startswith(decode_part(raw[:cut], part))


@modest
@given(markup | st.text(max_size=300))
def test_cleaning_html_twice_changes_nothing(html: str) -> None:
    once = sanitise(html).html
    assert sanitise(once).html == once
    assert CONTROLS.search(once) is None


@modest
@given(markup)
def test_clean_html_holds_nothing_that_runs(html: str) -> None:
    safe = sanitise(html).html.lower()
    assert re.search(r"<(?:script|style|svg|math|iframe|form|template|title|!)", safe) is None
    assert re.search(r"<[^>]*\s(?:on\w+|href=\"(?!https?:|mailto:|tel:))", safe) is None


@modest
@given(markup | st.text(max_size=300))
def test_any_html_reads_as_text(html: str) -> None:
    text = html_to_text(html)
    assert CONTROLS.search(text) is None
    assert "\n\n\n" not in text or "<pre" in html.lower()


@modest
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["color:", "red", ";", "url(x)", "#fff", "width:", "1px", "/*", "\\", " "])).map("".join)
)
def test_cleaning_a_style_twice_changes_nothing(style: str) -> None:
    once = clean_style(style)
    assert clean_style(once) == once
    assert "url" not in once or "font-family" in once


@cache
def winmail_dat() -> bytes:
    raw = (MESSAGES / "tnef-two-files.eml").read_bytes()
    leaf = next(leaf for leaf in walk(raw) if leaf.part.type == "application/ms-tnef")
    return decode_part(raw[leaf.start : leaf.end], leaf.part)


@modest
@given(
    st.binary(max_size=300),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=8),
    st.integers(0, 500),
)
def test_any_winmail_dat_gives_what_can_be_read_of_it(noise: bytes, changes: list[tuple[int, int]], end: int) -> None:
    whole = bytearray(winmail_dat())
    for at, value in changes:
        whole[at % len(whole)] = value
    for raw in (noise, winmail_dat()[:6] + noise, bytes(whole), bytes(whole[:end])):
        found = read_tnef(raw)
        assert CONTROLS.search(found.text) is None
        assert all(file.filename == clean_filename(file.filename) != "" for file in found.files)


@modest
@given(st.text(max_size=400))
def test_any_name_becomes_a_file_name_or_nothing(name: str) -> None:
    cleaned = clean_filename(name)
    assert len(cleaned) <= MAX_NAME_CHARS
    assert not set(cleaned) & set('/\\:*?"<>|')
    assert cleaned not in (".", "..")
    assert LINE_BREAKERS.search(cleaned) is None
    assert clean_filename(cleaned) == cleaned


@modest
@given(shards.map(lambda raw: raw.decode("latin-1")) | st.text(max_size=300))
def test_any_line_reads_as_addresses_words_and_a_date(line: str) -> None:
    assert_addresses(read_addresses(line))
    decode_words(line)
    sent_at = read_date(line)
    assert sent_at is None or sent_at >= 0


@modest
@given(st.text(max_size=600))
def test_any_text_has_a_preview_of_one_short_line(text: str) -> None:
    preview = make_preview(text)
    assert len(preview) <= MAX_PREVIEW_CHARS
    assert "\n" not in preview
    assert preview == preview.strip()
    unflow(text, delete_space=True)
