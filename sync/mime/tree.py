"""A raw message → the leaves of its MIME tree and where their bytes are.

The same reading as `structure` gives for BODYSTRUCTURE, for forwarded messages and fall-backs. One pass over the lines
that begin with "--", compared with the open boundaries from the inside out, so that an outer delimiter also ends
inner multiparts that were never closed (RFC 2046 5.1.2). Cost: lines × depth, and the depth is capped.
"""

import re
from codecs import BOM_UTF8
from dataclasses import dataclass, field, replace

from sync.mail import Part
from sync.mime.fields import MAX_HEADER_BYTES, read_fields, read_parameters
from sync.mime.leaf import MAX_DEPTH, MAX_PARTS, RawLeaf, read_leaf

_HEADER_END = re.compile(rb"^(?:\r?\n|(?=--))", re.MULTILINE)
_FIELD_OR_MBOX_LINE = re.compile(rb"(?:[!-9;-~]{1,200}[ \t]*:|>?From )")
_DELIMITER = re.compile(rb"^--([^\r\n]{1,200})[^\r\n]*(?:\r?\n|\Z|\r)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part and the range of its encoded body within the message."""

    part: Part
    start: int
    end: int


@dataclass(slots=True)
class _Open:
    """A multipart whose end was not seen yet."""

    boundary: bytes
    type: str
    path: str
    count: int = 0


@dataclass(slots=True)
class _Walk:
    message: bytes
    leaves: list[Leaf] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    pending: RawLeaf | None = None  # the leaf that the next delimiter ends
    body_start: int = 0

    def begin(self, start: int, path: str, parent: str) -> int:
        """Read the header at `start`: a multipart opens, anything else becomes pending. → where its body begins."""
        header, body_start = split_header(self.message, start)
        fields = read_fields(header)
        media_type, parameters = read_parameters(_first(fields, "content-type"))
        boundary = parameters.get("boundary", "").rstrip().encode("utf-8", "replace")[:200]
        if media_type.startswith("multipart/") and boundary and len(self.stack) < MAX_DEPTH:
            self.stack.append(_Open(boundary, media_type, path))
        else:
            shown_as = "text/plain" if media_type.startswith("multipart/") else media_type
            self.pending = _raw_leaf(fields, shown_as or _default_type(parent), parameters, path or "1", parent)
            self.body_start = body_start
        return body_start

    def end_leaf(self, end: int) -> None:
        if self.pending is None:
            return
        raw, self.pending = self.pending, None
        end = max(self.body_start, end)
        if raw.type == "message/rfc822":
            inner, _ = split_header(self.message[: min(end, self.body_start + MAX_HEADER_BYTES)], self.body_start)
            raw = replace(raw, subject=_first(read_fields(inner), "subject"))
        self.leaves.append(Leaf(read_leaf(replace(raw, size=end - self.body_start)), self.body_start, end))


def walk(message: bytes) -> tuple[Leaf, ...]:
    """Leaves in order, at most `MAX_PARTS`. A multipart without a boundary is read as plain text."""
    found = _Walk(message)
    at = found.begin(0, "", "")
    while found.stack and len(found.leaves) < MAX_PARTS:
        line = _DELIMITER.search(message, at)
        if line is None:
            break
        at = _delimit(found, line)
    found.end_leaf(len(message))
    return tuple(found.leaves)


def parts_of_message(message: bytes) -> tuple[Part, ...]:
    return tuple(leaf.part for leaf in walk(message))


def split_header(message: bytes, start: int = 0) -> tuple[bytes, int]:
    """The header block at `start` and where the body begins. A block that does not begin like one is body."""
    if start == 0 and message.startswith(BOM_UTF8):
        start = len(BOM_UTF8)
    if message.startswith((b"\n", b"\r\n"), start):
        return b"", start + (1 if message.startswith(b"\n", start) else 2)
    if _FIELD_OR_MBOX_LINE.match(message, start) is None:
        return b"", start
    end = _HEADER_END.search(message, start)
    if end is None:
        return message[start:], len(message)
    return message[start : end.start()], end.end()


def _delimit(found: _Walk, line: re.Match[bytes]) -> int:
    """Take one line that begins with "--". → where to go on."""
    text = line[1].rstrip()
    for level in range(len(found.stack) - 1, -1, -1):
        multipart = found.stack[level]
        if text not in (multipart.boundary, multipart.boundary + b"--"):
            continue
        found.end_leaf(_before_line(found.message, line.start()))
        if text != multipart.boundary:
            del found.stack[level:]
            return line.end()
        del found.stack[level + 1 :]
        multipart.count += 1
        path = f"{multipart.path}.{multipart.count}" if multipart.path else str(multipart.count)
        return found.begin(line.end(), path, multipart.type)
    return line.end()


def _before_line(message: bytes, at: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1)."""
    if message.endswith(b"\r\n", 0, at):
        return at - 2
    return at - 1 if message.endswith(b"\n", 0, at) else at


def _raw_leaf(
    fields: dict[str, list[str]], media_type: str, parameters: dict[str, str], path: str, parent: str
) -> RawLeaf:
    disposition, disposition_parameters = read_parameters(_first(fields, "content-disposition"))
    return RawLeaf(
        path=path,
        type=media_type,
        parameters=parameters,
        disposition=disposition,
        disposition_parameters=disposition_parameters,
        encoding=_first(fields, "content-transfer-encoding"),
        content_id=_first(fields, "content-id"),
        size=0,
        parent=parent,
    )


def _default_type(parent: str) -> str:
    return "message/rfc822" if parent == "multipart/digest" else "text/plain"


def _first(fields: dict[str, list[str]], name: str) -> str:
    values = fields.get(name)
    return values[0] if values else ""
