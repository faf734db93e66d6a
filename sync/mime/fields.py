"""A header block → its fields. Only what every reader of a header needs: splitting, unfolding, raw 8-bit text."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator

from sync.mime.charsets import decode

MAX_HEADER_BYTES = 1024 * 1024
MAX_FIELD_BYTES = 256 * 1024
MAX_FIELDS = 2000

_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:((?:[^\n]|\n[ \t])*+)", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]?")
# RFC 2045 5.1, tolerant: values may be unquoted with spaces, quotes may stay open.
_PARAMETER = re.compile(r";\s*+([^\s=;]{1,80})\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"?|([^;\"]*+))", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_fields(header: bytes) -> dict[str, list[str]]:
    """Lower-case names → unfolded values in order of appearance. What is no field is skipped."""
    fields: dict[str, list[str]] = {}
    for name, value in _iter_fields(header):
        fields.setdefault(name, []).append(value)
    return fields


def _iter_fields(header: bytes) -> Iterator[tuple[str, str]]:
    for count, match in enumerate(_FIELD.finditer(header[:MAX_HEADER_BYTES].removeprefix(BOM_UTF8))):
        if count >= MAX_FIELDS:
            return
        value = _FOLD.sub(b" ", match[2][:MAX_FIELD_BYTES]).strip()
        yield match[1].decode("ascii").lower(), raw_text(value)


def raw_text(value: bytes) -> str:
    """Undeclared bytes of a header: UTF-8, else windows-1252 (RFC 6532 allows the first, habit the second)."""
    return value.decode("ascii") if value.isascii() and b"\x1b$" not in value else decode(value, "")


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` → ("text/plain", {"charset": "x"}). The first of two equal names wins."""
    main, semicolon, _ = value.partition(";")
    parameters: dict[str, str] = {}
    if semicolon:
        for count, match in enumerate(_PARAMETER.finditer(value, len(main))):
            if count >= 200:
                break
            quoted = match[2]
            text = _ESCAPED.sub(r"\1", quoted) if quoted is not None else match[3].strip()
            parameters.setdefault(match[1].lower(), text)
    return main.strip().lower(), parameters
