"""Hostile HTML → small, balanced HTML of allowed elements, for nh3 to parse.

Why not nh3 alone: its tree builder follows the WHATWG rules, and those let 100 kB of mail cost minutes or gigabytes
(nesting is quadratic; formatting elements left open are made anew in every block). The writer below never leaves
that builder anything to repair:

- every element it opens it closes itself, in order, at most `MAX_DEPTH` deep;
- a start tag that would close others implicitly (a block in a `p`, a second `li`, `a` in `a`) closes them explicitly;
- in a table there are only rows and cells, so nothing is moved out in front of it.

In the same pass images get the form that the caller's rule gives them. For mail that is read it is an inert one:
`data-cid` for parts of this message, `data-remote-src` for the network.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape

from sync.mime.elements import (
    BLOCKS,
    CLOSERS,
    FRAMED,
    HEADINGS,
    RENAMED,
    SKIPPED,
    SPECIAL,
    TABLE_BODIES,
    TABLE_PARTS,
    TAGS,
    VOID,
    attributes_of,
)
from sync.mime.images import image_attributes, is_pixel
from sync.mime.markup import RAW_TEXT, End, Start, Text, tokens

MAX_DEPTH = 200
MAX_OUTPUT_CHARS = 1_900_000
MAX_ELEMENTS = 40_000
# nh3 writes one long text in quadratic time when it is full of characters to escape: a `wbr` now and then cuts it.
MAX_RUN_CHARS = 16_384

# A picture's attributes → those that name it (None: it is left out), and 1 if it was kept from loading.
ImageRule = Callable[[Mapping[str, str]], tuple[dict[str, str] | None, int]]

_TABLE = frozenset({"table"})
_HOMES = {
    "tr": TABLE_BODIES,
    "td": TABLE_BODIES | {"tr"},
    "th": TABLE_BODIES | {"tr"},
    "col": frozenset({"colgroup"}),
}
_NBSP_COST = len("&nbsp;") - 1
_LINK_COST = len(' target="_blank" rel="noopener noreferrer"')


@dataclass(frozen=True, slots=True)
class Balanced:
    """`cut`: it did not fit and its end is missing."""

    html: str
    blocked_images: int
    cut: bool


@dataclass(slots=True)
class _Writer:
    image_rule: ImageRule
    out: list[str] = field(default_factory=list)
    size: int = 0
    elements: int = 0
    full: bool = False
    run: int = 0  # characters of text since the last tag
    stack: list[str] = field(default_factory=list)
    blocked_images: int = 0
    skipping: str = ""  # the element whose content is left out
    skip_depth: int = 0

    def afford(self, cost: int) -> bool:
        """Whether `cost` more characters still fit; once something did not, nothing does.

        The count is exact for what nh3 writes, so that the result passes through here again without being cut.
        """
        self.full = self.full or self.size + cost > MAX_OUTPUT_CHARS or self.elements > MAX_ELEMENTS
        self.size += 0 if self.full else cost
        return not self.full

    def text(self, raw: str) -> None:
        text = unescape(raw).replace("\r", "\n")
        if text.strip(" \t\n\f"):
            self.leave_table()
        elif self.stack and self.stack[-1] == "colgroup":
            return
        if self.stack and self.stack[-1] == "pre" and self.out[-1].startswith("<pre"):
            text = text.lstrip("\n")  # the first one is not shown, and would be lost anew at each parsing
        while text:
            if self.run >= MAX_RUN_CHARS:
                self.void("wbr", {})
            piece = text[: MAX_RUN_CHARS - self.run]
            text = text[len(piece) :]
            escaped = escape(piece, quote=False)
            if not self.afford(len(escaped) + _NBSP_COST * piece.count("\xa0")):
                return
            self.out.append(escaped)
            self.run += len(piece)

    def void(self, name: str, attributes: Mapping[str, str]) -> None:
        markup = _tag(name, attributes)
        self.elements += 1
        if self.afford(_cost(name, markup)):
            self.out.append(markup)
            self.run = 0

    def open(self, name: str, attributes: Mapping[str, str]) -> None:
        # Room for the row and cell that any table needs below itself.
        if len(self.stack) >= (MAX_DEPTH - 4 if name == "table" else MAX_DEPTH):
            return
        markup = _tag(name, attributes)
        self.elements += 1
        if self.afford(_cost(name, markup) + len(name) + 3):
            self.out.append(markup)
            self.run = 0
            self.stack.append(name)

    def close_down_to(self, index: int) -> None:
        """Close everything from `index` on."""
        while len(self.stack) > index:
            self.out.append(f"</{self.stack.pop()}>")
            self.run = 0

    def find(self, names: frozenset[str], stop: frozenset[str]) -> int | None:
        """The innermost open element of `names`, unless one of `stop` lies inside it."""
        if names.isdisjoint(self.stack):
            return None
        for index in range(len(self.stack) - 1, -1, -1):
            if self.stack[index] in names:
                return index
            if self.stack[index] in stop:
                return None
        return None

    def close_nearest(self, names: frozenset[str], stop: frozenset[str]) -> None:
        index = self.find(names, stop)
        if index is not None:
            self.close_down_to(index)

    def leave_table(self) -> None:
        """Before content: where only rows and cells may stand, make the missing ones."""
        if self.stack and self.stack[-1] == "colgroup":
            self.close_down_to(len(self.stack) - 1)
        if self.stack and self.stack[-1] == "table":
            self.open("tbody", {})
        if self.stack and self.stack[-1] in TABLE_BODIES:
            self.open("tr", {})
        if self.stack and self.stack[-1] == "tr":
            self.open("td", {})


def balance(html: str, image_rule: ImageRule = image_attributes) -> Balanced:
    """Never raises; what does not fit is left out."""
    writer = _Writer(image_rule)
    for token in tokens(html):
        if writer.full:
            break
        if writer.skipping:
            _skip(writer, token)
        elif isinstance(token, Text):
            writer.text(token.raw)
        elif isinstance(token, End):
            _end(writer, token.name)
        else:
            _start(writer, token)
    writer.close_down_to(0)
    return Balanced("".join(writer.out), writer.blocked_images, writer.full)


def _skip(writer: _Writer, token: Text | Start | End) -> None:
    if isinstance(token, Start) and token.name == writer.skipping and not token.self_closing:
        writer.skip_depth += 1
    elif isinstance(token, End) and token.name == writer.skipping:
        writer.skip_depth -= 1
        if writer.skip_depth <= 0:
            writer.skipping = ""


def _start(writer: _Writer, tag: Start) -> None:
    name = RENAMED.get(tag.name, tag.name)
    if name in SKIPPED or name in RAW_TEXT:
        # Raw text was taken by the tokenizer up to its end tag; that tag ends the skipping.
        if not (tag.self_closing and name in ("svg", "math")):
            writer.skipping, writer.skip_depth = name, 1
    elif name == "img":
        _image(writer, tag.attributes)
    elif name in TABLE_PARTS:
        _table_part(writer, name, tag.attributes)
    elif name in TAGS:
        _content(writer, name, tag)


def _end(writer: _Writer, name: str) -> None:
    name = RENAMED.get(name, name)
    if name == "p" and writer.find(frozenset({"p"}), FRAMED) is None:
        _content(writer, "p", Start("p"))  # browsers make an empty paragraph of it
    if name == "br":
        _content(writer, "br", Start("br"))
    elif name in VOID:
        return
    elif name in HEADINGS:
        writer.close_nearest(HEADINGS, FRAMED)
    elif name in TABLE_PARTS or name == "table":
        writer.close_nearest(frozenset({name}), frozenset({"table"}) - {name})
    elif name in TAGS:
        writer.close_nearest(frozenset({name}), FRAMED)


def _content(writer: _Writer, name: str, tag: Start) -> None:
    writer.leave_table()
    _close_before(writer, name)
    attributes = attributes_of(name, tag.name, tag.attributes)
    if name in VOID:
        writer.void(name, attributes)
    else:
        writer.open(name, attributes)


def _close_before(writer: _Writer, name: str) -> None:
    """What a start tag closes implicitly (WHATWG 13.2.6.4.7)."""
    if name in CLOSERS:
        closed, passed = CLOSERS[name]
        writer.close_nearest(closed, SPECIAL - passed - closed)
    if name in BLOCKS:
        writer.close_nearest(frozenset({"p"}), FRAMED)
    if name in HEADINGS and writer.stack and writer.stack[-1] in HEADINGS:
        writer.close_down_to(len(writer.stack) - 1)


def _table_part(writer: _Writer, name: str, attributes: Mapping[str, str]) -> None:
    """Close down to where the part may stand; make the table body, row or column group that its sender left out."""
    table = writer.find(_TABLE, frozenset())
    if table is None:
        return  # as browsers do
    home = writer.find(_HOMES.get(name, _TABLE), _TABLE)
    writer.close_down_to((home if home is not None else table) + 1)
    if name == "col" and writer.stack[-1] == "table":
        writer.open("colgroup", {})
    if name in ("tr", "td", "th") and writer.stack[-1] == "table":
        writer.open("tbody", {})
    if name in ("td", "th") and writer.stack[-1] in TABLE_BODIES:
        writer.open("tr", {})
    kept = attributes_of(name, name, attributes)
    if name == "col":
        writer.void("col", kept)
    else:
        writer.open(name, kept)


def _image(writer: _Writer, attributes: Mapping[str, str]) -> None:
    shown, blocked = writer.image_rule(attributes)
    writer.blocked_images += blocked
    if blocked and is_pixel(attributes):
        return
    writer.leave_table()
    if shown is None:
        alt = attributes.get("alt", "").strip()
        writer.text(escape(alt[:300]))
        return
    kept = attributes_of("img", "img", attributes) | shown
    writer.void("img", kept)


def _cost(name: str, markup: str) -> int:
    return len(markup) + _NBSP_COST * markup.count("\xa0") + (_LINK_COST if name == "a" else 0)


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return "".join((f"<{name}", *(f' {key}="{escape(value)}"' for key, value in attributes.items()), ">"))
