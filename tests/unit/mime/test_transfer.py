"""Transfer encodings, broken as they arrive."""

import pytest

from sync.mime.transfer import decode_base64, decode_quoted_printable


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        (b"a=\r\nb", b"ab"),
        (b"a=\nb", b"ab"),
        (b"a= \t\r\nb", b"ab"),
        (b"a=\rb=3D\rc\nd", b"ab=\rc\nd"),  # a line end of CR alone must not cost the rest of the line
        (b"a  \r\nb", b"a\r\nb"),
        (b"=c3=A4", "ä".encode()),
        (b"=ZZ 5=", b"=ZZ 5"),
        (b"a_b", b"a_b"),
    ],
)
def test_quoted_printable_loses_nothing_that_can_be_read(raw: bytes, decoded: bytes) -> None:
    assert decode_quoted_printable(raw) == decoded


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [
        (b"UHJheGlz", b"Praxis"),
        (b"UHJh\r\n eGlz\x00!", b"Praxis"),
        (b"UHJheGk", b"Praxi"),
        (b"UHJheGk=UHI=", b"PraxiPr"),
        (b"UHJheGlzU", b"Praxis"),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_base64_loses_nothing_that_can_be_read(raw: bytes, decoded: bytes) -> None:
    assert decode_base64(raw) == decoded
