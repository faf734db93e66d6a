"""One leaf's raw fields → `Part`. Shared by BODYSTRUCTURE and by raw messages, so that both read alike."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync.mail import Part
from sync.mime.clean import clean_filename, clean_line
from sync.mime.encoded_words import decode_words, read_parameter
from sync.mime.filenames import default_filename, message_filename

BODY_TYPES = frozenset({"text/plain", "text/html"})
MAX_PARTS = 500
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLeaf:
    """What a leaf says of itself, undecoded; parameter names in lower case."""

    path: str
    type: str
    parameters: Mapping[str, str]
    disposition: str
    disposition_parameters: Mapping[str, str]
    encoding: str
    content_id: str
    size: int
    parent: str
    subject: str = ""  # of a message/rfc822


def read_leaf(raw: RawLeaf) -> Part:
    media_type = _media_type(raw.type)
    disposition = raw.disposition.strip().lower()[:40]
    return Part(
        path=raw.path,
        type=media_type,
        charset=clean_line(read_parameter(raw.parameters, "charset"), 60).lower(),
        encoding=raw.encoding.partition(";")[0].strip().lower()[:40],
        size=max(0, raw.size),
        filename=_filename(raw, media_type, disposition),
        # RFC 2183 2.8: what we do not know is an attachment.
        disposition=disposition if disposition in ("", "inline") else "attachment",
        content_id=clean_line(raw.content_id, 300).strip("<> "),
        parent=raw.parent,
        format=_format(raw.parameters),
    )


def _media_type(text: str) -> str:
    """RFC 2045 5.2: no type means text/plain; a broken one is something to download."""
    text = "".join(text.lower().split())
    if not text:
        return "text/plain"
    main, slash, sub = text.partition("/")
    known = all(char.isascii() and (char.isalnum() or char in "-+._") for char in main + sub)
    return text[:127] if main and slash and sub and known else "application/octet-stream"


def _filename(raw: RawLeaf, media_type: str, disposition: str) -> str:
    """Body text stays nameless: that is how it is told from an attached text."""
    name = read_parameter(raw.disposition_parameters, "filename") or read_parameter(raw.parameters, "name")
    cleaned = clean_filename(name)
    if cleaned or (media_type in BODY_TYPES and disposition in ("", "inline")):
        return cleaned
    if media_type == "message/rfc822":
        return message_filename(decode_words(raw.subject))
    return default_filename(media_type, raw.path)


def _format(parameters: Mapping[str, str]) -> str:
    if parameters.get("format", "").strip().lower() != "flowed":
        return ""
    return "flowed delsp" if parameters.get("delsp", "").strip().lower() == "yes" else "flowed"
