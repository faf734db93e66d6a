"""HTML of a mail → HTML that can be shown, and text.

Steps: cut at 2 MB → `balance` (small, shallow, allowed elements, images made inert) → nh3, which parses as a browser
does and lets through only what the lists in `elements` name, each value checked once more there. Nothing edits the
result afterwards. It is sanitised again until it no longer changes: markup that means something else at its second
parsing (mXSS) never leaves this module. If it does not come to rest, the text is shown instead.

The frame that shows it sanitises again and has a policy of its own; this is the first of three walls.

What a browser wrote takes the same way out, with another rule for pictures: see `sanitise_outgoing`.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial
from html import escape
from urllib.parse import unquote

import nh3

from sync.mime.balance import Balanced, ImageRule, balance
from sync.mime.clean import clean_text
from sync.mime.elements import ALLOWED_ATTRIBUTES, TAGS, clean_attribute
from sync.mime.html_text import html_to_text
from sync.mime.images import (
    clean_image_attribute,
    clean_outgoing_source,
    image_attributes,
    outgoing_image_attributes,
)
from sync.mime.markup import MAX_TAGS, RAW_TEXT, Start, tokens
from sync.mime.refuse import BadField

__all__ = ["SafeHtml", "content_ids_in", "has_content", "html_to_text", "sanitise", "sanitise_outgoing"]

MAX_INPUT_CHARS = 2_000_000
MAX_ROUNDS = 4
_IMAGE_ATTRIBUTES = frozenset({"src", "data-cid", "data-remote-src"})


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A fragment. In one for the mail frame blocked images carry `data-remote-src` and nothing that loads; in one to
    send they are gone."""

    html: str
    blocked_images: int


def sanitise(html: str) -> SafeHtml:
    """Never raises. `sanitise(safe.html).html == safe.html`."""
    balanced = balance(clean_text(html[:MAX_INPUT_CHARS]))
    return _settle(html, balanced, _CLEANER, image_attributes)


def sanitise_outgoing(html: str, content_ids: Container[str]) -> SafeHtml:
    """A fragment for a mail of ours: of pictures only those that travel with it stay (`src="cid:…"` of `content_ids`,
    small ones as `data:`); remote ones are left out and counted. Raises BadField instead of cutting what is too long:
    its writer would not notice that the end of the letter is missing."""
    image_rule = partial(outgoing_image_attributes, content_ids=content_ids)
    if len(html) > MAX_INPUT_CHARS or html.count("<") > MAX_TAGS:
        raise BadField("html")
    balanced = balance(clean_text(html), image_rule)
    if balanced.cut:
        raise BadField("html")
    return _settle(html, balanced, _OUTGOING_CLEANER, image_rule)


def content_ids_in(safe: SafeHtml) -> frozenset[str]:
    """Which pictures of the mail an outgoing fragment shows."""
    images = (tag for tag in tokens(safe.html) if isinstance(tag, Start) and tag.name == "img")
    return frozenset(
        unquote(source[4:]) for tag in images if (source := tag.attributes.get("src", "")).startswith("cid:")
    )


def _settle(html: str, balanced: Balanced, cleaner: nh3.Cleaner, image_rule: ImageRule) -> SafeHtml:
    safe = cleaner.clean(balanced.html)
    for _ in range(MAX_ROUNDS):
        again = cleaner.clean(balance(safe, image_rule).html)
        if again == safe:
            return SafeHtml(safe, balanced.blocked_images)
        safe = again
    text = escape(html_to_text(html), quote=False).replace("\n", "<br>")
    return SafeHtml(cleaner.clean(balance(text, image_rule).html), balanced.blocked_images)


def has_content(safe: SafeHtml) -> bool:
    """Whether there is anything to see: some senders add an empty HTML version to a full text."""
    return safe.blocked_images > 0 or "<img" in safe.html or bool(html_to_text(safe.html).strip())


def _filter(element: str, name: str, value: str) -> str | None:
    if element == "a" and name in ("rel", "target"):
        return value  # set by nh3 itself
    if element == "img" and name in _IMAGE_ATTRIBUTES:
        return clean_image_attribute(name, value)
    return clean_attribute(element, name, value)


def _outgoing_filter(element: str, name: str, value: str) -> str | None:
    return clean_outgoing_source(value) if (element, name) == ("img", "src") else clean_attribute(element, name, value)


def _cleaner(
    attribute_filter: Callable[[str, str, str], str | None],
    *,
    image_attributes: frozenset[str],
    url_schemes: frozenset[str],
    link_rel: str | None,
    set_attributes: dict[str, dict[str, str]],
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(RAW_TEXT - {"plaintext"}) | {"svg", "math", "template"},
        attributes={
            name: set(allowed | image_attributes if name == "img" else allowed)
            for name, allowed in ALLOWED_ATTRIBUTES.items()
        },
        attribute_filter=attribute_filter,
        url_schemes=set(url_schemes),
        url_relative="deny",
        link_rel=link_rel,
        set_tag_attribute_values=set_attributes,
    )


_SCHEMES = frozenset({"http", "https", "mailto", "tel", "data"})
_CLEANER = _cleaner(
    _filter,
    image_attributes=_IMAGE_ATTRIBUTES,
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer",
    set_attributes={"a": {"target": "_blank"}},
)
# Where a link opens is the business of whoever reads the mail.
_OUTGOING_CLEANER = _cleaner(
    _outgoing_filter,
    image_attributes=frozenset({"src"}),
    url_schemes=_SCHEMES | {"cid"},
    link_rel=None,
    set_attributes={},
)
