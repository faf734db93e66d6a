"""A whole message in memory → everything that is shown of it. For forwarded messages, fall-backs and the test corpus;
mail in a mailbox is read part by part with the same pieces."""

from dataclasses import dataclass, replace

from sync.mail import Envelope, Part
from sync.mime.body import Body, read_body
from sync.mime.charsets import decode
from sync.mime.choose import Choice, choose
from sync.mime.clean import clean_text
from sync.mime.decode import decode_part, decode_text
from sync.mime.headers import read_envelope
from sync.mime.html import SafeHtml
from sync.mime.tnef import Tnef, read_tnef
from sync.mime.tree import Leaf, split_header, walk

MAX_TEXT_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileInside:
    """An attachment with its decoded content; those of a winmail.dat have no `part`."""

    part: Part | None
    filename: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeMessage:
    """`unparsed`: no part could be made out; `text` is then the body as it came."""

    envelope: Envelope
    parts: tuple[Part, ...]
    choice: Choice
    text: str
    html: SafeHtml | None
    attachments: tuple[FileInside, ...]
    unparsed: bool


def read_message(raw: bytes) -> WholeMessage:
    """Never raises."""
    header, body_start = split_header(raw)
    leaves = {leaf.part.path: leaf for leaf in walk(raw)}
    choice = choose(leaf.part for leaf in leaves.values())
    body = read_body(choice, lambda part: decode_text(_bytes_of(raw, leaves[part.path])[:MAX_TEXT_BYTES], part))
    tnef = Tnef()
    if choice.tnef is not None:
        tnef = read_tnef(decode_part(_bytes_of(raw, leaves[choice.tnef.path]), choice.tnef))
    if not body.text:
        body = replace(body, text=tnef.text)
    if not leaves:
        body = Body(clean_text(decode(raw[body_start : body_start + MAX_TEXT_BYTES], "")), None)
    return WholeMessage(
        envelope=read_envelope(header),
        parts=tuple(leaf.part for leaf in leaves.values()),
        choice=choice,
        text=body.text,
        html=body.html,
        attachments=_files(raw, leaves, choice, tnef),
        unparsed=not leaves,
    )


def _bytes_of(raw: bytes, leaf: Leaf) -> bytes:
    return raw[leaf.start : leaf.end]


def _files(raw: bytes, leaves: dict[str, Leaf], choice: Choice, tnef: Tnef) -> tuple[FileInside, ...]:
    listed = tuple(
        FileInside(part, part.filename, part.type, decode_part(_bytes_of(raw, leaves[part.path]), part))
        for part in choice.attachments
    )
    return listed + tuple(FileInside(None, file.filename, file.type, file.content) for file in tnef.files)
