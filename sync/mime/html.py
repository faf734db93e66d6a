"""HTML of a mail → HTML that can be shown, and text.

Steps: cut at 2 MB → `balance` (small, shallow, allowed elements, images made inert) → nh3, which parses as a browser
does and lets through only what the lists in `elements` name, each value checked once more there. Nothing edits the
result afterwards. It is sanitised again until it no longer changes: markup that means something else at its second
parsing (mXSS) never leaves this module. If it does not come to rest, the text is shown instead.

The frame that shows it sanitises again and has a policy of its own; this is the first of three walls.
"""

from dataclasses import dataclass
from html import escape

import nh3

from sync.mime.balance import balance
from sync.mime.clean import clean_text
from sync.mime.elements import ALLOWED_ATTRIBUTES, TAGS, clean_attribute
from sync.mime.html_text import html_to_text
from sync.mime.images import clean_image_attribute
from sync.mime.markup import RAW_TEXT

__all__ = ["SafeHtml", "has_content", "html_to_text", "sanitise"]

MAX_INPUT_CHARS = 2_000_000
MAX_ROUNDS = 4
_IMAGE_ATTRIBUTES = frozenset({"src", "data-cid", "data-remote-src"})


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A fragment for the mail frame. Blocked images carry `data-remote-src` and nothing that loads."""

    html: str
    blocked_images: int


def sanitise(html: str) -> SafeHtml:
    """Never raises. `sanitise(safe.html).html == safe.html`."""
    balanced, blocked = balance(clean_text(html[:MAX_INPUT_CHARS]))
    safe = _CLEANER.clean(balanced)
    for _ in range(MAX_ROUNDS):
        again = _CLEANER.clean(balance(safe)[0])
        if again == safe:
            return SafeHtml(safe, blocked)
        safe = again
    text = escape(html_to_text(html), quote=False).replace("\n", "<br>")
    return SafeHtml(_CLEANER.clean(balance(text)[0]), blocked)


def has_content(safe: SafeHtml) -> bool:
    """Whether there is anything to see: some senders add an empty HTML version to a full text."""
    return safe.blocked_images > 0 or "<img" in safe.html or bool(html_to_text(safe.html).strip())


def _filter(element: str, name: str, value: str) -> str | None:
    if element == "a" and name in ("rel", "target"):
        return value  # set by nh3 itself
    if element == "img" and name in _IMAGE_ATTRIBUTES:
        return clean_image_attribute(name, value)
    return clean_attribute(element, name, value)


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(RAW_TEXT - {"plaintext"}) | {"svg", "math", "template"},
    attributes={
        name: set(allowed | _IMAGE_ATTRIBUTES if name == "img" else allowed)
        for name, allowed in ALLOWED_ATTRIBUTES.items()
    },
    attribute_filter=_filter,
    url_schemes={"http", "https", "mailto", "tel", "data"},
    url_relative="deny",
    link_rel="noopener noreferrer",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
