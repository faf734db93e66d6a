"""The parts of a mail of ours (RFC 2045, 2046): a text, a file, and several of them in one multipart."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count

from sync.mail import OutgoingFile
from sync.mime.clean import straighten
from sync.mime.filenames import default_filename
from sync.mime.refuse import BadField, check_line
from sync.mime.write_bodies import encode_base64, encode_text, is_plain
from sync.mime.write_fields import fold
from sync.mime.write_words import write_filename

MAX_FILENAME_CHARS = 255  # as file systems have it

_MESSAGE = "message/rfc822"
_UNKNOWN = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")  # RFC 6838 4.2


@dataclass(frozen=True, slots=True)
class Entity:
    """A part's own header fields, each with its line end, and its encoded body."""

    fields: tuple[bytes, ...]
    content: bytes

    def whole(self) -> bytes:
        return b"".join((*self.fields, b"\r\n", self.content))


def text_entity(media_type: str, text: str) -> Entity:
    """`text` has LF as line ends and no control characters."""
    encoding, content = encode_text(text)
    return Entity((fold("Content-Type", [f"{media_type};", "charset=utf-8"]), _encoded(encoding)), content)


def file_entity(file: OutgoingFile, *, shown: bool) -> Entity:
    """`shown`: the HTML beside it names its content id. Any other file goes without one: some readers hide those.

    A mail as a file keeps its type where it can travel as it is: `message/rfc822` may not be encoded (RFC 2046 5.2.1),
    and `8bit` would need a server's consent. Raises BadField.
    """
    media_type = _media_type(file)
    name = _filename(file)
    in_disposition, in_type = write_filename(name)
    disposition = "inline;" if shown else "attachment;"
    is_message = media_type == _MESSAGE
    fields = [
        fold("Content-Type", [f"{media_type};", *in_type]),
        _encoded("7bit" if is_message else "base64"),
        fold("Content-Disposition", [disposition, *in_disposition]),
    ]
    if shown:
        fields.append(fold("Content-ID", [f"<{file.content_id}>"]))
    return Entity(tuple(fields), file.content if is_message else encode_base64(file.content))


def multipart(subtype: str, parts: Sequence[Entity], *, seed: str, parameters: Iterable[str] = ()) -> Entity:
    """The boundary follows from `seed` and the parts, and stands in none of them."""
    pieces = [part.whole() for part in parts]
    boundary = free_boundary(_candidates(pieces, f"{subtype} {seed}"), pieces)
    line = b"--" + boundary
    content = b"".join(part for piece in pieces for part in (line, b"\r\n", piece, b"\r\n"))
    tokens = [f"multipart/{subtype};", *(f"{parameter};" for parameter in parameters)]
    return Entity(
        (fold("Content-Type", [*tokens, f'boundary="{boundary.decode()}"']),), b"".join((content, line, b"--\r\n"))
    )


def free_boundary(candidates: Iterable[bytes], pieces: Sequence[bytes]) -> bytes:
    """The first that stands in none of the pieces. A collision needs an attached mail: no encoding has "=_" in it."""
    return next(candidate for candidate in candidates if not any(candidate in piece for piece in pieces))


def _candidates(pieces: Sequence[bytes], seed: str) -> Iterator[bytes]:
    digest = sha256(seed.encode())
    for piece in pieces:
        digest.update(piece)
    for attempt in count():
        numbered = digest.copy()
        numbered.update(b"%d" % attempt)
        yield b"=_" + numbered.hexdigest()[:40].encode()


def _encoded(encoding: str) -> bytes:
    return fold("Content-Transfer-Encoding", [encoding])


def _media_type(file: OutgoingFile) -> str:
    """Browsers know no type for much. What may not be encoded travels as a file of any type."""
    media_type = _named_type(file)
    if _TYPE.fullmatch(media_type) is None or media_type.startswith("multipart/"):
        return _UNKNOWN
    if media_type.startswith("message/") and not (media_type == _MESSAGE and file.content and is_plain(file.content)):
        return _UNKNOWN
    return media_type


def _named_type(file: OutgoingFile) -> str:
    """Without the parameters that browsers add."""
    return check_line(file.type, "type").partition(";")[0].strip().lower()


def _filename(file: OutgoingFile) -> str:
    name = straighten(check_line(file.filename, "filename")).strip(" ")
    if len(name) > MAX_FILENAME_CHARS:
        raise BadField("filename")
    if name:
        return name
    media_type = _named_type(file)
    return "message.eml" if media_type == _MESSAGE else default_filename(media_type, "1")
