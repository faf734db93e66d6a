"""Address lists (RFC 5322 3.4) as they come: groups, comments, routes, unquoted commas, no address at all.

One pass over tokens, no recursion: comments are counted, not descended into. A name that the sender forgot to quote
("Muster, Anna <a@b>") is put together again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.mail import Address
from sync.mime.clean import clean_line
from sync.mime.encoded_words import WORD, decode_words

MAX_ADDRESSES = 1000
MAX_FIELD_CHARS = 256 * 1024
MAX_NAME_CHARS = 300
MAX_EMAIL_CHARS = 320
MAX_RAW_CHARS = 2000  # of an address as written: the patterns below are quadratic in quotes that never end

_TOKEN = re.compile(
    rf"(?P<word>{WORD.pattern})"
    r"|(?P<quoted>\"(?:[^\"\\]|\\.)*+\"?)"
    r"|<(?P<angle>(?:\"(?:[^\"\\]|\\.)*+\"|[^<>\"])*+)>?"
    r"|(?P<special>[,;:()])"
    r"|(?P<space>[\s>]++)"
    r"|(?P<atom>(?:[^\s\"<>,;:()=]|=(?!\?))++|.)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_IN_COMMENT = re.compile(r"\\.|[()]", re.DOTALL)
_TOKENS_OF_NAME = re.compile(r"\"(?:[^\"\\]|\\.)*+\"?|[^\"]++", re.DOTALL)
_SPACE_OUTSIDE_QUOTES = re.compile(r"(\"(?:[^\"\\]|\\.)*+\")|\s++", re.DOTALL)


@dataclass(slots=True)
class _Piece:
    """What stood between two commas."""

    text: list[str] = field(default_factory=list)  # the display name, or a bare address
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    has_at: bool = False  # somewhere in `text`

    def is_empty(self) -> bool:
        return self.angle is None and not "".join(self.text).strip() and not self.comments


def read_addresses(value: str) -> tuple[Address, ...]:
    """At most `MAX_ADDRESSES`. A group gives its members, an empty one its name without an address."""
    pieces: list[_Piece] = []
    for piece in _pieces(value[:MAX_FIELD_CHARS]):
        before = pieces[-1] if pieces else None
        if before is not None and piece.angle is not None and _is_bare_name(before):
            piece.text = [*before.text, ", ", *piece.text]
            pieces.pop()
        elif len(pieces) >= MAX_ADDRESSES:
            break
        pieces.append(piece)
    return tuple(address for piece in pieces if (address := _address(piece)) is not None)


def _pieces(value: str) -> Iterator[_Piece]:
    piece = _Piece()
    group: str | None = None
    members = at = 0
    while (token := _TOKEN.match(value, at)) is not None:
        at = token.end()
        special = token["special"]
        if special == "(":
            comment, at = _comment(value, at)
            piece.comments.append(comment)
        elif special == ":" and piece.angle is None and group is None and not piece.has_at:
            group, members, piece = "".join(piece.text), 0, _Piece()
        elif special in (",", ";"):
            if not piece.is_empty():
                members += 1
                yield piece
            elif special == ";" and group and not members:
                yield _Piece(text=[group, ":"])
            piece, group = _Piece(), None if special == ";" else group
        else:
            _add(piece, token)
    if not piece.is_empty():
        yield piece


def _add(piece: _Piece, token: re.Match[str]) -> None:
    if token["angle"] is not None:
        # Of two, the first counts: what follows it is where a forger would put another.
        piece.angle = token["angle"] if piece.angle is None else piece.angle
    elif token["space"] is not None:
        piece.text.append(" ")
    elif token["special"] != ")":
        piece.text.append(token[0])
        piece.has_at = piece.has_at or "@" in token[0]


def _comment(value: str, at: int) -> tuple[str, int]:
    """The text of a comment that was opened before `at`, and where it ends. Nesting is only counted."""
    depth, start = 1, at
    for mark in _IN_COMMENT.finditer(value, at):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return value[start : mark.start()][:MAX_NAME_CHARS], mark.end()
    return value[start : start + MAX_NAME_CHARS], len(value)


def _is_bare_name(piece: _Piece) -> bool:
    text = "".join(piece.text)
    return piece.angle is None and not piece.comments and "@" not in text and not text.endswith(":")


def _address(piece: _Piece) -> Address | None:
    if piece.angle is not None:
        name, email = _name(piece.text), _email(piece.angle)
    else:
        name, email = _bare("".join(piece.text).strip(), piece.text)
    if not name and piece.comments:
        name = clean_line(decode_words(" ".join(piece.comments)), MAX_NAME_CHARS)
    return Address(name, email) if name or email else None


def _bare(text: str, tokens: list[str]) -> tuple[str, str]:
    """Without angle brackets: an address, a name, or both with the brackets forgotten."""
    if "@" not in text:
        return _name(tokens).removesuffix(":"), ""
    text = text[:MAX_RAW_CHARS]
    spaces = [match for match in _SPACE_OUTSIDE_QUOTES.finditer(text) if match[1] is None]
    before, last = (text[: spaces[-1].start()], text[spaces[-1].end() :]) if spaces else ("", text)
    if before and "@" in last and "@" not in before and not last.endswith('"'):
        return _name(_TOKENS_OF_NAME.findall(before)), _email(last)
    return ("", _email(text)) if "=?" not in text else (_name(tokens), "")


def _name(text: list[str]) -> str:
    out = []
    for token in text:
        quoted = token.startswith('"')
        out.append(_ESCAPED.sub(r"\1", token[1:].removesuffix('"')) if quoted else token)
    name = clean_line(decode_words("".join(out)), MAX_NAME_CHARS)
    # Some senders quote twice, or put quotes inside an encoded word.
    return name[1:-1].strip() if len(name) > 2 and name[0] == name[-1] and name[0] in "\"'" else name


def _email(text: str) -> str:
    text = text[:MAX_RAW_CHARS].strip()
    if text.startswith("@") and ":" in text:  # a source route (RFC 5322 4.4)
        text = text.partition(":")[2]
    tight = _SPACE_OUTSIDE_QUOTES.sub(lambda match: match[1] or "", text.removeprefix("mailto:"))
    return clean_line(tight, MAX_EMAIL_CHARS)
