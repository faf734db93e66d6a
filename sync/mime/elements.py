"""The HTML that a mail may be written in: elements, what closes what, attributes with the values they may have."""

import re
from collections.abc import Callable, Mapping

from sync.mime.clean import clean_line
from sync.mime.css import clean_style, is_colour
from sync.mime.links import clean_link

VOID = frozenset({"br", "hr", "img", "col", "wbr"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
TABLE_BODIES = frozenset({"tbody", "thead", "tfoot"})
TABLE_PARTS = TABLE_BODIES | {"tr", "td", "th", "caption", "colgroup", "col"}
_PHRASES = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark q s samp small span strike strong sub "
    "sup tt u var wbr br".split()
)
BLOCKS = HEADINGS | frozenset(
    "address blockquote center dd div dl dt figure figcaption hr li ol p pre table ul".split()
)
TAGS = _PHRASES | BLOCKS | TABLE_PARTS

RENAMED = dict.fromkeys(
    "body article aside details dialog fieldset footer form header hgroup legend main nav section summary".split(),
    "div",
) | {"dir": "ul", "menu": "ul", "listing": "pre", "image": "img", "nobr": "span"}

# Left out with everything in them.
SKIPPED = frozenset("svg math template select datalist object applet audio video canvas frameset map portal".split())

# Boundaries that a closing tag or a block does not reach across (WHATWG "scope").
FRAMED = frozenset({"table", "td", "th", "caption"})
SPECIAL = BLOCKS | TABLE_PARTS

_LISTED = frozenset({"address", "div", "p"})
# Start tag → the elements it closes, and which special ones it looks past while searching.
CLOSERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), _LISTED),
    "dd": (frozenset({"dd", "dt"}), _LISTED),
    "dt": (frozenset({"dd", "dt"}), _LISTED),
    "a": (frozenset({"a"}), SPECIAL - FRAMED),
}

_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,3})?(?:px|%|\*)?")
_INTEGER = re.compile(r"-?\d{1,4}")
_SPAN = re.compile(r"\d{1,3}")
_FONT_SIZE = re.compile(r"[+-]?[1-7]")
_FACE = re.compile(r"[\w .,'-]{1,200}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,4}")

MAX_TEXT_CHARS = 1000

Cleaner = Callable[[str], str | None]


def _matching(pattern: re.Pattern[str]) -> Cleaner:
    return lambda value: value if pattern.fullmatch(value) is not None else None


def _one_of(words: str) -> Cleaner:
    known = frozenset(words.split())
    return lambda value: value.lower() if value.lower() in known else None


def _plain(value: str) -> str:
    return clean_line(value, MAX_TEXT_CHARS)


def _colour(value: str) -> str | None:
    lowered = value.lower()
    if re.fullmatch(r"[0-9a-f]{6}", lowered):  # senders forget the "#"
        return f"#{lowered}"
    return lowered if is_colour(lowered) else None


_ATTRIBUTES: dict[str, Cleaner] = {
    "style": lambda value: clean_style(value) or None,
    "href": clean_link,
    "title": _plain,
    "alt": _plain,
    "dir": _one_of("ltr rtl auto"),
    "lang": _matching(_LANGUAGE),
    "align": _one_of("left right center justify middle top bottom absmiddle"),
    "valign": _one_of("top middle bottom baseline"),
    "clear": _one_of("left right all none both"),
    "bgcolor": _colour,
    "color": _colour,
    "face": _matching(_FACE),
    "size": _matching(_FONT_SIZE),
    "width": _matching(_NUMBER),
    "height": _matching(_NUMBER),
    "border": _matching(_SPAN),
    "hspace": _matching(_SPAN),
    "vspace": _matching(_SPAN),
    "cellpadding": _matching(_SPAN),
    "cellspacing": _matching(_SPAN),
    "colspan": _matching(_SPAN),
    "rowspan": _matching(_SPAN),
    "span": _matching(_SPAN),
    "nowrap": lambda value: "",
    "start": _matching(_INTEGER),
    "value": _matching(_INTEGER),
    "type": lambda value: value if value.lower() in ("1", "a", "i", "disc", "circle", "square") else None,
}

_EVERYWHERE = frozenset({"style", "title", "dir", "lang", "align"})
_CELL = frozenset("valign bgcolor width height colspan rowspan nowrap".split())
_OF_ELEMENT: dict[str, frozenset[str]] = {
    "a": frozenset({"href"}),
    "img": frozenset({"alt", "width", "height", "border", "hspace", "vspace"}),
    "font": frozenset({"color", "face", "size"}),
    "table": frozenset("bgcolor width height border cellpadding cellspacing".split()),
    "tr": frozenset({"valign", "bgcolor", "height"}),
    "td": _CELL,
    "th": _CELL,
    "thead": frozenset({"valign"}),
    "tbody": frozenset({"valign"}),
    "tfoot": frozenset({"valign"}),
    "col": frozenset({"span", "width", "valign"}),
    "colgroup": frozenset({"span", "width", "valign"}),
    "caption": frozenset({"valign"}),
    "ol": frozenset({"start", "type"}),
    "ul": frozenset({"type"}),
    "li": frozenset({"type", "value"}),
    "br": frozenset({"clear"}),
    "hr": frozenset({"width", "size", "color"}),
}
ALLOWED_ATTRIBUTES: dict[str, frozenset[str]] = {
    name: _EVERYWHERE | _OF_ELEMENT.get(name, frozenset()) for name in TAGS
}


def clean_attribute(element: str, name: str, value: str) -> str | None:
    """The value it may have, or None to leave the attribute out. Clean values come back unchanged."""
    if name not in ALLOWED_ATTRIBUTES.get(element, ()):
        return None
    return _ATTRIBUTES[name](value.strip())


def attributes_of(element: str, written: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """What stays of a tag's attributes, in a fixed order. `written` is its name in the mail: `body` has colours."""
    if written == "body":
        attributes = {**attributes, "style": _body_style(attributes)}
    found = {name: clean_attribute(element, name, value) for name, value in attributes.items()}
    return {name: value for name, value in sorted(found.items()) if value is not None}


def _body_style(attributes: Mapping[str, str]) -> str:
    style = attributes.get("style", "")
    for attribute, name in (("text", "color"), ("bgcolor", "background-color")):
        colour = _colour(attributes.get(attribute, "").strip())
        style = f"{name}:{colour};{style}" if colour else style
    return style
