"""Inline styles: an allow-list of properties, each with the values it may have.

A declaration that is not understood whole is dropped whole: no escapes, no comments, no functions but colours. What
goes out is put together from what was understood, so nothing survives that only another parser would see. Nothing
here can load (`url()`), leave its place (`position`, negative margins), move, or grow with the frame (`vh`, `vw`).
"""

import re
from functools import lru_cache

MAX_STYLE_CHARS = 4000
MAX_LENGTH_PX = 3000

_IN_PX = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.78, "em": 16.0, "rem": 16.0,
          "ex": 8.0, "ch": 8.0, "%": 10.0}  # fmt: skip
_LENGTH = re.compile(r"(\d{0,6}(?:\.\d{1,6})?)(px|pt|pc|in|cm|mm|em|rem|ex|ch|%)?")
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_COLOUR_FUNCTION = re.compile(r"(?:rgb|hsl)a?\((?:[0-9.]{1,10}(?:%|deg)?,){2,3}[0-9.]{1,10}%?\)")
_WORD = re.compile(r"[a-z][a-z-]{0,40}")
_FONT_NAME = re.compile(r"[\w .-]{1,60}")
_SEPARATORS = re.compile(r"\s*[,/]\s*|\s+")
_NO_HEIGHT = re.compile(r"(?:^|;)(?:max-)?height:0(?:\.0+)?[a-z%]{0,3}(?:!important)?(?:;|$)")
_VALUE = re.compile(r"(?:(?:rgb|hsl)a?\([^()]{0,80}\)|[^\s()])+")

_BORDER_STYLES = frozenset("none hidden solid dashed dotted double groove ridge inset outset".split())
_WIDTHS = frozenset({"thin", "medium", "thick"})
# Words that are no colour but stand where one may: everything that would need a context we do not give.
_NO_COLOURS = frozenset({"inherit", "initial", "unset", "revert", "none", "auto"})

_WORDS: dict[str, frozenset[str]] = {
    name: frozenset(values.split())
    for name, values in {
        "text-align": "left right center justify start end",
        "text-decoration": "none underline overline line-through",
        "text-decoration-line": "none underline overline line-through",
        "text-transform": "none uppercase lowercase capitalize",
        "font-style": "normal italic oblique",
        "font-variant": "normal small-caps",
        "font-weight": "normal bold bolder lighter 100 200 300 400 500 600 700 800 900",
        "white-space": "normal nowrap pre pre-wrap pre-line",
        "word-break": "normal break-all keep-all break-word",
        "word-wrap": "normal break-word",
        "overflow-wrap": "normal break-word anywhere",
        "display": "none block inline inline-block table table-row table-cell table-row-group list-item",
        "direction": "ltr rtl",
        "unicode-bidi": "normal embed isolate",
        "float": "none left right",
        "clear": "none left right both",
        "table-layout": "auto fixed",
        "border-collapse": "collapse separate",
        "box-sizing": "border-box content-box",
        "list-style-type": "none disc circle square decimal lower-alpha upper-alpha lower-roman upper-roman",
        "list-style-position": "inside outside",
        "caption-side": "top bottom",
        "empty-cells": "show hide",
        "visibility": "visible hidden",
        "overflow": "visible hidden",
    }.items()
}
_LENGTHS: dict[str, tuple[int, frozenset[str]]] = {  # how many values, which words besides
    "width": (1, frozenset({"auto"})),
    "height": (1, frozenset({"auto"})),
    "min-width": (1, frozenset()),
    "max-width": (1, frozenset({"none"})),
    "max-height": (1, frozenset({"none"})),
    "font-size": (1, frozenset("xx-small x-small small medium large x-large xx-large smaller larger".split())),
    "line-height": (1, frozenset({"normal"})),
    "letter-spacing": (1, frozenset({"normal"})),
    "word-spacing": (1, frozenset({"normal"})),
    "text-indent": (1, frozenset()),
    "border-spacing": (2, frozenset()),
    "border-radius": (4, frozenset()),
    "vertical-align": (1, frozenset("baseline top middle bottom sub super text-top text-bottom".split())),
    "margin": (4, frozenset({"auto"})),
    "padding": (4, frozenset()),
    "border-width": (4, _WIDTHS),
}
_COLOURS = frozenset({"color", "background-color", "border-color"})
_BORDERS = frozenset({"border"})
for _side in ("top", "right", "bottom", "left"):
    _LENGTHS[f"margin-{_side}"] = (1, frozenset({"auto"}))
    _LENGTHS[f"padding-{_side}"] = (1, frozenset())
    _LENGTHS[f"border-{_side}-width"] = (1, _WIDTHS)
    _WORDS[f"border-{_side}-style"] = _BORDER_STYLES
    _COLOURS |= {f"border-{_side}-color"}
    _BORDERS |= {f"border-{_side}"}


@lru_cache(maxsize=2048)
def clean_style(style: str) -> str:
    """The declarations that may stay, as `name:value;name:value`. Clean styles come back unchanged."""
    found: dict[str, str] = {}
    for declaration in style[:MAX_STYLE_CHARS].split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        cleaned = _clean(name, value) if colon else ""
        if cleaned:
            name = "background-color" if name == "background" else name
            found.pop(name, None)  # the last one wins, and stands where the last one stood
            found[name] = cleaned
    return ";".join(f"{name}:{value}" for name, value in found.items())


def is_hidden(style: str) -> bool:
    """Not shown at all, or squeezed to nothing: newsletters hide the line for the preview in both ways."""
    tight = "".join(style.lower().split())
    return "display:none" in tight or ("overflow:hidden" in tight and _NO_HEIGHT.search(tight) is not None)


def is_colour(value: str) -> bool:
    if value in _NO_COLOURS:
        return False
    return any(pattern.fullmatch(value) for pattern in (_HEX, _COLOUR_FUNCTION, _WORD))


def _clean(name: str, value: str) -> str:
    if name == "font-family":
        return _font_family(value.replace("!important", ""))
    value = " ".join(value.lower().replace("!important", "").split())
    values: list[str] = _VALUE.findall(value)
    if not 0 < len(values) <= 4 or "".join(values).replace(" ", "") != value.replace(" ", ""):
        return ""
    values = [_colour_function(part) if "(" in part else part for part in values]
    return " ".join(values) if _allows(name, values) else ""


def _colour_function(value: str) -> str:
    """`rgb(1 2 3 / 50%)` → `rgb(1,2,3,50%)`."""
    name, _, inner = value.removesuffix(")").partition("(")
    return f"{name}({_SEPARATORS.sub(',', inner.strip())})"


def _allows(name: str, values: list[str]) -> bool:
    if name in _WORDS:
        return all(value in _WORDS[name] for value in values)
    if name in _LENGTHS:
        most, words = _LENGTHS[name]
        return len(values) <= most and all(value in words or _is_length(value) for value in values)
    if name in _COLOURS or name == "background":
        return len(values) == 1 and is_colour(values[0])
    if name == "border-style":
        return all(value in _BORDER_STYLES for value in values)
    if name in _BORDERS:
        return len(values) <= 3 and all(_is_border_value(value) for value in values)
    return False


def _is_border_value(value: str) -> bool:
    return value in _BORDER_STYLES or value in _WIDTHS or _is_length(value) or is_colour(value)


def _is_length(value: str) -> bool:
    match = _LENGTH.fullmatch(value)
    if match is None or not match[1]:
        return False
    return float(match[1]) * _IN_PX[match[2] or ""] <= MAX_LENGTH_PX


def _font_family(value: str) -> str:
    names = [name.strip().strip("'\"").strip() for name in value.split(",")[:10]]
    fit = [name for name in names if _FONT_NAME.fullmatch(name)]
    return ",".join(name if " " not in name and name.isascii() and name[0].isalpha() else f"'{name}'" for name in fit)
