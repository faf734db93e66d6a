"""BODYSTRUCTURE as servers write it, through the parser that production uses."""

import time
from typing import Any

import pytest
from imapclient.response_parser import parse_fetch_response

from sync.mail import Part
from sync.mime.choose import choose, has_attachments
from sync.mime.leaf import MAX_DEPTH, MAX_PARTS
from sync.mime.structure import read_parts

TEXT = '("text" "plain" ("charset" "utf-8") NIL NIL "8bit" 12 1 NIL NIL NIL NIL)'
HTML = '("TEXT" "HTML" ("CHARSET" "ISO-8859-1") NIL NIL "QUOTED-PRINTABLE" 40 2 NIL NIL NIL NIL)'
PDF = (
    '("application" "pdf" ("name" "a.pdf") "<id@x>" NIL "BASE64" 400 NIL '
    '("attachment" ("filename*" "utf-8\'\'%C3%BC.pdf" "size" "300")) NIL NIL)'
)
MESSAGE = (
    '("message" "rfc822" NIL NIL NIL "7bit" 900 (NIL "=?utf-8?Q?F=C3=BCr_Sie?=" NIL NIL NIL NIL NIL NIL NIL NIL) '
    f'({TEXT}{HTML} "alternative" ("boundary" "x") NIL NIL NIL) 20 NIL ("attachment" NIL) NIL NIL)'
)


def parsed(structure: str) -> Any:
    line = f"1 (UID 7 BODYSTRUCTURE {structure})".encode()
    return parse_fetch_response([line])[7][b"BODYSTRUCTURE"]


def test_a_single_text_is_part_one() -> None:
    assert read_parts(parsed(TEXT)) == (Part(path="1", type="text/plain", charset="utf-8", encoding="8bit", size=12),)


def test_parts_of_parts_have_the_numbers_of_imap() -> None:
    tree = f'(({TEXT}{HTML} "alternative" ("boundary" "b") NIL NIL NIL){PDF} "mixed" ("boundary" "a") NIL NIL NIL)'
    parts = read_parts(parsed(tree))
    assert [(part.path, part.type, part.parent) for part in parts] == [
        ("1.1", "text/plain", "multipart/alternative"),
        ("1.2", "text/html", "multipart/alternative"),
        ("2", "application/pdf", "multipart/mixed"),
    ]
    assert (parts[1].charset, parts[1].encoding) == ("iso-8859-1", "quoted-printable")
    pdf = parts[2]
    assert (pdf.filename, pdf.disposition, pdf.content_id, pdf.size) == ("ü.pdf", "attachment", "id@x", 400)
    assert has_attachments(parts)
    assert choose(parts).html is parts[1]


def test_an_attached_message_is_one_part_named_after_its_subject() -> None:
    text, message = read_parts(parsed(f'({TEXT}{MESSAGE} "mixed" ("boundary" "a") NIL NIL NIL)'))
    assert text.path == "1"
    assert (message.path, message.type, message.filename) == ("2", "message/rfc822", "Für Sie.eml")
    assert message.disposition == "attachment"


def test_raw_bytes_in_a_parameter_are_read_as_in_a_header() -> None:
    body = ((b"application", b"pdf", (b"name", b"M\xfc\xdfig.pdf"), None, None, b"base64", 4, None, None, None, None),)
    assert read_parts(body[0])[0].filename == "Müßig.pdf"


@pytest.mark.parametrize(
    "structure",
    [
        None,
        b"text",
        (),
        (None,),
        ([],),
        ([], b"mixed"),
        (1, 2),
        (b"text",),
        (b"text", b"plain", b"no list", 1, 2, 3, b"x"),
    ],
)
def test_nonsense_gives_no_part_or_a_harmless_one(structure: object) -> None:
    for part in read_parts(structure):
        assert part.path
        assert part.size >= 0


def test_very_many_and_very_deep_parts_are_capped() -> None:
    leaf = (b"text", b"plain", None, None, None, b"7bit", 1, 1)
    assert len(read_parts(([leaf] * (MAX_PARTS * 3), b"mixed"))) == MAX_PARTS
    tree: object = leaf
    for _ in range(20_000):
        tree = ([tree], b"mixed")
    started = time.process_time()
    assert read_parts(tree) == ()
    assert time.process_time() - started < 1
    shallow: object = leaf
    for _ in range(MAX_DEPTH - 1):
        shallow = ([shallow], b"mixed")
    assert read_parts(shallow)[0].path == ".".join(["1"] * (MAX_DEPTH - 1))
