"""Names of files: what the sender wrote when it can be used, else what the type is usually called."""

import time

import pytest

from sync.mail import Part
from sync.mime.clean import MAX_NAME_CHARS, clean_filename
from sync.mime.encoded_words import read_parameter
from sync.mime.fields import read_parameters
from sync.mime.filenames import default_filename, message_filename
from sync.mime.leaf import RawLeaf, read_leaf


def leaf(kind: str, *, disposition: str = "", **parameters: str) -> Part:
    raw = RawLeaf(
        path="2",
        type=kind,
        parameters={},
        disposition=disposition,
        disposition_parameters=parameters,
        encoding="",
        content_id="",
        size=1,
        parent="multipart/mixed",
    )
    return read_leaf(raw)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Befund.pdf", "Befund.pdf"),
        ("Röntgen – Müßig 😷.pdf", "Röntgen – Müßig 😷.pdf"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\a.exe", "a.exe"),
        ("C:\\Users\\anna\\a.pdf", "a.pdf"),
        ("a:b.pdf", "a_b.pdf"),
        ("...", ""),
        ("", ""),
        ("  .a.pdf. ", "a.pdf"),
        ("a\r\nb.pdf", "a__b.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe"),
        ("a\u200b\ufeffb.pdf", "a__b.pdf"),
        ('a"b<c>d|e?f*.pdf', "a_b_c_d_e_f_.pdf"),
        ("a   b.pdf", "a b.pdf"),
        ("ordner/", ""),
    ],
)
def test_a_file_name_names_one_file_and_looks_like_what_it_is(name: str, cleaned: str) -> None:
    assert clean_filename(name) == cleaned


def test_a_long_name_keeps_its_ending() -> None:
    cleaned = clean_filename("b" * 500 + ".pdf")
    assert len(cleaned) == MAX_NAME_CHARS
    assert cleaned.endswith("b.pdf")
    assert len(clean_filename("b" * 10 + "." + "x" * 500)) == MAX_NAME_CHARS


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pdf", "part-1.2.pdf"),
        ("image/jpeg", "part-1.2.jpg"),
        ("text/calendar", "invite.ics"),
        ("application/pgp-signature", "signature.asc"),
        ("message/delivery-status", "delivery-status.txt"),
        ("application/x-unbekannt", "part-1.2.bin"),
    ],
)
def test_a_file_without_a_name_is_called_after_its_type(kind: str, name: str) -> None:
    assert default_filename(kind, "1.2") == name


def test_a_forwarded_message_is_called_after_its_subject() -> None:
    assert message_filename("Befund: Müßig") == "Befund_ Müßig.eml"
    assert message_filename("Re: Befund / Labor") == "Re_ Befund - Labor.eml"
    assert message_filename("Befund 12/2024") == "Befund 12-2024.eml"
    assert message_filename("") == "message.eml"
    assert message_filename("..") == "message.eml"
    assert len(message_filename("b" * 500)) <= 124


def test_body_text_has_no_name_and_attached_text_has_one() -> None:
    assert leaf("text/plain").filename == ""
    assert leaf("text/html", disposition="inline").filename == ""
    assert leaf("text/plain", disposition="attachment").filename == "part-2.txt"
    assert leaf("text/plain", disposition="attachment", filename="a.txt").filename == "a.txt"


def test_an_unknown_disposition_is_an_attachment() -> None:
    assert leaf("text/plain", disposition="form-data").disposition == "attachment"
    assert leaf("text/plain", disposition="INLINE").disposition == "inline"


@pytest.mark.parametrize("kind", ["pdf", "application/", "/pdf", "application/p df<", "müll/müll", "a/b/c"])
def test_a_broken_type_is_something_to_download(kind: str) -> None:
    assert leaf(kind).type in ("application/octet-stream", "application/pdf")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("a; filename=b.pdf", "b.pdf"),
        ("a; FileName = b.pdf ; size=1", "b.pdf"),
        ('a; filename="b;c.pdf"', "b;c.pdf"),
        (r'a; filename="b\"c.pdf"', 'b"c.pdf'),
        ('a; filename="b.pdf', "b.pdf"),
        ("a; filename=b c.pdf", "b c.pdf"),
        ("a;; ;filename=b.pdf;", "b.pdf"),
        ("a; filename=b.pdf; filename=c.pdf", "b.pdf"),
        ("a; filename*=utf-8''%C3%BC.pdf; filename=u.pdf", "ü.pdf"),
        ("a; filename*=%C3%BC.pdf", "ü.pdf"),
        ("a; filename*=unbekannt''%C3%BC.pdf", "ü.pdf"),
        ("a; filename*=utf-8''%ZZ%4.pdf", "%ZZ%4.pdf"),
        ("a; filename*0=b; filename*1=c; filename*3=e", "bc"),
        ("a; filename*0*=iso-8859-1''%FC; filename*1=%20.pdf", "ü%20.pdf"),
        ("a; filename==?utf-8?B?w7wucGRm?=", "ü.pdf"),
        ("a", ""),
    ],
)
def test_a_parameter_is_put_together_from_any_of_its_forms(field: str, value: str) -> None:
    assert read_parameter(read_parameters(field)[1], "filename") == value


@pytest.mark.parametrize("seed", [";", "; ", ";a", ";a=", ';a="', ';a="\\"', " ;", "=", '"'])
def test_repeating_what_begins_a_parameter_costs_no_more_than_its_length(seed: str) -> None:
    field = "a" + seed * (100_000 // len(seed))
    started = time.process_time()
    read_parameters(field)
    assert time.process_time() - started < 2
