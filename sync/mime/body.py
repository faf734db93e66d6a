"""The bodies of a message → what is shown: one text and one safe HTML. `load` gives a part's decoded text."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from sync.mail import Part
from sync.mime.choose import Choice
from sync.mime.html import SafeHtml, has_content, html_to_text, sanitise

_RULE = "\n\n"


@dataclass(frozen=True, slots=True)
class Body:
    """`html` is None when there is none worth showing."""

    text: str
    html: SafeHtml | None


def read_body(choice: Choice, load: Callable[[Part], str]) -> Body:
    """Everything a message says, in order. Without a text version the HTML is read as text."""
    text = load(choice.text) if choice.text is not None else ""
    html = load(choice.html) if choice.html is not None else ""
    further = [(part, load(part)) for part in choice.further]
    safe = _safe(text, html, further)
    if safe is not None and not has_content(safe) and text.strip():
        safe = None
    if not text.strip() and html:
        text = html_to_text(html)
    return Body(_join_texts(text, further), safe)


def _safe(text: str, html: str, further: list[tuple[Part, str]]) -> SafeHtml | None:
    if not html and not any(part.type == "text/html" for part, _ in further):
        return None
    pieces = [html or _as_html(text)]
    pieces += [piece if part.type == "text/html" else _as_html(piece) for part, piece in further]
    # Each is sanitised alone: an unclosed tag of one must not swallow the next.
    safe = [sanitise(piece) for piece in pieces]
    if len(safe) == 1:
        return safe[0]
    return SafeHtml("".join(f"<div>{piece.html}</div>" for piece in safe), sum(piece.blocked_images for piece in safe))


def _as_html(text: str) -> str:
    return f'<div style="white-space:pre-wrap">{escape(text)}</div>' if text.strip() else ""


def _join_texts(text: str, further: list[tuple[Part, str]]) -> str:
    texts = [text, *(html_to_text(piece) if part.type == "text/html" else piece for part, piece in further)]
    return _RULE.join(piece.strip("\n") for piece in texts if piece.strip()) if further else text
