"""HTML text → tokens: start tags, end tags, text. Linear, whatever is unclosed.

Follows the WHATWG tokenizer where it matters for hostile input: the first of two equal attributes wins, an unclosed
comment, quote or raw-text element takes everything up to the end. It is not the parser that safety rests on (nh3 is,
at the end of `html.sanitise`); it makes that parser's input small, shallow and balanced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

MAX_ATTRIBUTES = 60
MAX_TAGS = 100_000

# Their content is text to a browser, and nothing of it is ever shown.
RAW_TEXT = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "plaintext"})

_NAME = re.compile(r"[A-Za-z][^\s/>]*+")
_ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|\"[^\"]*+|'[^']*+|[^\s>\"'][^\s>]*+)?)?"
)
_COMMENT_END = re.compile(r"--!?>")
_TAG_END = re.compile(r"[\s/]*+>")
# In an attribute `&copy=1` is no character reference (WHATWG 13.2.5.73): it is the query of a link.
_NO_REFERENCE = re.compile(r"&(?![A-Za-z][A-Za-z0-9]{0,40};|#)")


@dataclass(frozen=True, slots=True)
class Text:
    """Character data with its references still encoded."""

    raw: str


@dataclass(frozen=True, slots=True)
class Start:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)  # decoded
    self_closing: bool = False


@dataclass(frozen=True, slots=True)
class End:
    name: str


Token = Text | Start | End


def tokens(html: str) -> Iterator[Token]:
    """At most `MAX_TAGS` tags; what comes after them is left out."""
    at = 0
    for _ in range(MAX_TAGS):
        opening = html.find("<", at)
        if opening < 0:
            break
        if opening > at:
            yield Text(html[at:opening])
        token, at = _markup(html, opening)
        if token is not None:
            yield token
        if isinstance(token, Start) and token.name in RAW_TEXT:
            at = _end_of_raw_text(html, at, token.name)
    else:
        return
    if at < len(html):
        yield Text(html[at:])


def _markup(html: str, at: int) -> tuple[Token | None, int]:
    """What begins with the "<" at `at`, and where it ends."""
    if html.startswith(("!", "?"), at + 1):
        return None, _end_of_comment(html, at)
    if html.startswith("/", at + 1):
        return _end_tag(html, at)
    name = _NAME.match(html, at + 1)
    if name is None:
        return Text("&lt;"), at + 1
    return _start_tag(html, name)


def _end_of_comment(html: str, at: int) -> int:
    if html.startswith("<!--", at):
        if html.startswith((">", "->"), at + 4):  # closed abruptly (WHATWG 13.2.5.43)
            return html.index(">", at + 4) + 1
        comment_end = _COMMENT_END.search(html, at + 4)
        return comment_end.end() if comment_end is not None else len(html)
    end = html.find(">", at)
    return end + 1 if end >= 0 else len(html)


def _end_tag(html: str, at: int) -> tuple[Token | None, int]:
    name = _NAME.match(html, at + 2)
    if name is None:  # "</>" is nothing, "</ x>" a comment
        closed = html.find(">", at)
        return None, closed + 1 if closed >= 0 else len(html)
    _, _, end = _attributes(html, name.end())
    return (End(name[0].lower()), end) if end is not None else (None, len(html))


def _start_tag(html: str, name: re.Match[str]) -> tuple[Token | None, int]:
    attributes, self_closing, end = _attributes(html, name.end())
    if end is None:
        return None, len(html)
    return Start(name[0].lower(), attributes, self_closing), end


def _attributes(html: str, at: int) -> tuple[dict[str, str], bool, int | None]:
    """Decoded attributes, whether the tag closes itself, and its end; None when the input ends inside the tag."""
    found: dict[str, str] = {}
    while (attribute := _ATTRIBUTE.match(html, at)) is not None:
        at = attribute.end()
        key = attribute[1].lower()
        if key not in found and len(found) < MAX_ATTRIBUTES:
            found[key] = _value(attribute[2] or "")
        if at >= len(html):
            return found, False, None
    end = _TAG_END.match(html, at)
    if end is None:
        return found, False, None
    return found, "/" in end[0], end.end()


def _value(quoted: str) -> str:
    if quoted[:1] in ('"', "'"):
        quoted = quoted[1:].removesuffix(quoted[0])
    return unescape(_NO_REFERENCE.sub("&amp;", quoted)) if "&" in quoted else quoted


def _end_of_raw_text(html: str, at: int, name: str) -> int:
    """The end tag itself is left for the tokenizer."""
    if name == "plaintext":
        return len(html)
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
    return end.start() if end is not None else len(html)
