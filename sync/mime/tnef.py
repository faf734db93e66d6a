"""Outlook's winmail.dat (TNEF, [MS-OXTNEF]): the files and the text inside.

Reads only what is shown. Every length is checked against what is left before anything is copied; the number of
attributes, properties and files is capped. What is broken ends the reading, what was read before it stays.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.mime.charsets import decode
from sync.mime.clean import clean_filename, clean_text
from sync.mime.html import html_to_text

MAX_BYTES = 32 * 1024 * 1024
MAX_FILES = 100
MAX_ATTRIBUTES = 5000
MAX_PROPERTIES = 2000

_SIGNATURE = 0x223E9F78
_HEAD = struct.Struct("<BII")  # level, id, length

# Attributes: MS-OXTNEF 2.1.3.3.
_BODY = 0x0002800C
_ATTACH_TITLE = 0x00018010
_ATTACH_DATA = 0x0006800F
_ATTACH_REND_DATA = 0x00069002  # begins the next attachment
_MESSAGE_PROPERTIES = 0x00069003
_ATTACH_PROPERTIES = 0x00069005
_CODE_PAGE = 0x00069007

# Properties, named in MS-OXPROPS.
_P_BODY = 0x1000
_P_BODY_HTML = 0x1013
_P_ATTACH_DATA = 0x3701
_P_ATTACH_LONG_FILENAME = 0x3707
_P_ATTACH_MIME_TAG = 0x370E

_FIXED_BYTES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x0102})
_UNICODE = 0x1F
_MANY = 0x1000


@dataclass(frozen=True, slots=True)
class TnefFile:
    filename: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Tnef:
    files: tuple[TnefFile, ...] = ()
    text: str = ""


@dataclass(slots=True)
class _Draft:
    """A file whose attributes are still coming."""

    title: str = ""
    long_name: str = ""
    type: str = ""
    content: bytes = b""


@dataclass(slots=True)
class _Reading:
    code_page: str = ""
    text: str = ""
    html: str = ""
    drafts: list[_Draft] = field(default_factory=list)


class _Broken(Exception):
    """The data ends before what it announces."""


def read_tnef(raw: bytes) -> Tnef:
    """Never raises; empty when this is no TNEF."""
    data = memoryview(raw)[:MAX_BYTES]
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return Tnef()
    reading = _Reading()
    try:
        for name, value in _attributes(data):
            _take(reading, name, value)
    except _Broken:
        pass
    files = tuple(_file(draft, number) for number, draft in enumerate(reading.drafts, start=1) if draft.content)
    return Tnef(files, reading.text or html_to_text(reading.html))


def _attributes(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    at = 6  # signature and key
    for _ in range(MAX_ATTRIBUTES):
        if at + _HEAD.size > len(data):
            return
        _, name, length = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size
        yield name, _cut(data, start, length)
        at = start + length + 2  # a checksum follows


def _take(reading: _Reading, name: int, value: memoryview) -> None:
    if name == _CODE_PAGE and len(value) >= 4:
        reading.code_page = f"cp{struct.unpack_from('<I', value)[0]}"
    elif name == _BODY:
        reading.text = clean_text(_string(value, reading.code_page))
    elif name == _MESSAGE_PROPERTIES:
        _take_message(reading, value)
    elif name == _ATTACH_REND_DATA:
        if len(reading.drafts) >= MAX_FILES:
            raise _Broken
        reading.drafts.append(_Draft())
    elif reading.drafts:
        _take_file(reading.drafts[-1], name, value, reading.code_page)


def _take_message(reading: _Reading, value: memoryview) -> None:
    for name, kind, content in _properties(value):
        if name == _P_BODY and not reading.text:
            reading.text = clean_text(_property_text(kind, content, reading.code_page))
        elif name == _P_BODY_HTML and not reading.html:
            reading.html = clean_text(_property_text(kind, content, reading.code_page))


def _take_file(draft: _Draft, name: int, value: memoryview, code_page: str) -> None:
    if name == _ATTACH_TITLE:
        draft.title = _string(value, code_page)
    elif name == _ATTACH_DATA:
        draft.content = bytes(value)
    elif name == _ATTACH_PROPERTIES:
        for property_name, kind, content in _properties(value):
            if property_name == _P_ATTACH_LONG_FILENAME:
                draft.long_name = _property_text(kind, content, code_page)
            elif property_name == _P_ATTACH_MIME_TAG:
                draft.type = _property_text(kind, content, code_page)
            elif property_name == _P_ATTACH_DATA and not draft.content:
                draft.content = bytes(content)


def _properties(data: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """(id, type, first value) of an encapsulated property list (MS-OXTNEF 2.1.3.4)."""
    at = 4
    for _ in range(min(_number(data, 0), MAX_PROPERTIES)):
        tag = _number(data, at)
        kind, name = tag & 0xFFFF, tag >> 16
        at = _skip_name(data, at + 4) if name >= 0x8000 else at + 4
        base = kind & ~_MANY
        if base in _VARIABLE:
            content, at = _variable(data, at)
        else:
            count = _number(data, at) if kind & _MANY else 1
            at += 4 if kind & _MANY else 0
            size = _FIXED_BYTES.get(base, -1)
            if size < 0:
                raise _Broken
            content, at = _cut(data, at, size * count), at + size * count
        yield name, base, content


def _variable(data: memoryview, at: int) -> tuple[memoryview, int]:
    """Values with their own lengths, each padded to four bytes. → the first, and where the list goes on."""
    count, at = _number(data, at), at + 4
    first = data[:0]
    if count > MAX_PROPERTIES:
        raise _Broken
    for number in range(count):
        length = _number(data, at)
        content = _cut(data, at + 4, length)
        first = content if number == 0 else first
        at += 4 + length + -length % 4
    return first, at


def _skip_name(data: memoryview, at: int) -> int:
    at += 16  # the GUID of the property set
    if _number(data, at) == 0:
        return at + 8
    length = _number(data, at + 4)
    return at + 8 + length + -length % 4


def _number(data: memoryview, at: int) -> int:
    return int(struct.unpack_from("<I", _cut(data, at, 4))[0])


def _cut(data: memoryview, start: int, length: int) -> memoryview:
    if start + length > len(data):
        raise _Broken
    return data[start : start + length]


def _property_text(kind: int, content: memoryview, code_page: str) -> str:
    if kind == _UNICODE:
        return bytes(content).decode("utf-16-le", "replace").rstrip("\0")
    return _string(content, code_page)


def _string(value: memoryview, code_page: str) -> str:
    return decode(bytes(value).rstrip(b"\0"), code_page)


def _file(draft: _Draft, number: int) -> TnefFile:
    media_type = draft.type.strip().lower()
    name = clean_filename(draft.long_name) or clean_filename(draft.title) or f"part-{number}.bin"
    known = 3 <= len(media_type) <= 127 and media_type.isascii() and media_type.count("/") == 1
    return TnefFile(
        name, media_type if known and media_type.isprintable() else "application/octet-stream", draft.content
    )
