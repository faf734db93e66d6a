"""HTML → text: for previews, for mail without a text version, for quoting. Linear; never raises.

Reads what a person would see: hidden elements are left out, blocks begin on a new line, quotes get ">".
"""

import re
from dataclasses import dataclass, field
from html import unescape

from sync.mime.clean import clean_text
from sync.mime.css import is_hidden
from sync.mime.elements import BLOCKS, RENAMED, SKIPPED, VOID
from sync.mime.markup import RAW_TEXT, End, Start, Text, tokens

MAX_INPUT_CHARS = 2_000_000
MAX_QUOTE_DEPTH = 20

_SPACE = re.compile(r"[ \t\n\r\f]+")
_APART = frozenset({"p", "blockquote", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = BLOCKS | {"tr", "table", "caption"}


@dataclass(slots=True)
class _Lines:
    done: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quotes: int = 0
    preformatted: int = 0
    skipping: str = ""
    depth: int = 0  # of `skipping` inside itself

    def add(self, raw: str) -> None:
        text = clean_text(unescape(raw) if "&" in raw else raw)
        if self.preformatted:
            for number, piece in enumerate(text.split("\n")):
                if number:
                    self.end_line()
                self.line.append(piece)
            return
        text = _SPACE.sub(" ", text)
        at_start = not self.line or self.line[-1].endswith(" ")
        if text := text.lstrip(" ") if at_start else text:
            self.line.append(text)

    def end_line(self, *, apart: bool = False) -> None:
        text = "".join(self.line).replace("\xa0", " ").rstrip()
        self.line.clear()
        prefix = ">" * self.quotes
        if text or self.preformatted:
            self.done.append(f"{prefix} {text}" if prefix else text)
        if apart and self.done and self.done[-1].strip(">"):
            self.done.append(prefix)

    def end_quote(self) -> None:
        if self.quotes and self.done and self.done[-1] == ">" * self.quotes:
            self.done.pop()  # the space below its last paragraph
        self.quotes = max(0, self.quotes - 1)


def html_to_text(html: str) -> str:
    """Lines separated by LF; at most one empty line between paragraphs."""
    lines = _Lines()
    for token in tokens(html[:MAX_INPUT_CHARS]):
        if lines.skipping:
            _skip(lines, token)
        elif isinstance(token, Text):
            lines.add(token.raw)
        elif isinstance(token, Start):
            _start(lines, token)
        else:
            _end(lines, RENAMED.get(token.name, token.name))
    lines.end_line()
    return "\n".join(lines.done).strip("\n")


def _skip(lines: _Lines, token: Text | Start | End) -> None:
    if isinstance(token, Start) and lines.skipping == "p" and RENAMED.get(token.name, token.name) in BLOCKS:
        lines.skipping = ""  # a block ends a paragraph that was left open
        _start(lines, token)
        return
    if isinstance(token, Text) or token.name != lines.skipping or _is_empty(token):
        return
    lines.depth += 1 if isinstance(token, Start) else -1
    if lines.depth <= 0:
        lines.skipping = ""


def _start(lines: _Lines, tag: Start) -> None:
    name = RENAMED.get(tag.name, tag.name)
    hidden = "style" in tag.attributes and is_hidden(tag.attributes["style"])
    if _is_empty(tag):
        return
    if name in SKIPPED or name in RAW_TEXT or (hidden and name not in VOID):
        lines.skipping, lines.depth = tag.name, 1
    elif name == "br":
        _break(lines)
    elif name == "img" and not hidden:
        lines.add(tag.attributes.get("alt", "").replace("&", "&amp;"))
    elif name in ("td", "th"):
        lines.add(" ")
    elif name in _LINES:
        _start_block(lines, name)


def _is_empty(tag: Start | End) -> bool:
    """Only foreign elements can close themselves."""
    return isinstance(tag, Start) and tag.self_closing and tag.name in ("svg", "math")


def _break(lines: _Lines) -> None:
    if lines.line or not lines.done:
        lines.end_line()
    else:
        lines.end_line(apart=True)


def _start_block(lines: _Lines, name: str) -> None:
    lines.end_line(apart=name in _APART)
    if name == "blockquote":
        lines.quotes = min(lines.quotes + 1, MAX_QUOTE_DEPTH)
    elif name == "pre":
        lines.preformatted += 1
    elif name == "li":
        lines.line.append("- ")


def _end(lines: _Lines, name: str) -> None:
    if name not in _LINES:
        return
    lines.end_line()
    if name == "blockquote":
        lines.end_quote()
    elif name == "pre":
        lines.preformatted = max(0, lines.preformatted - 1)
    if name in _APART:
        lines.end_line(apart=True)
