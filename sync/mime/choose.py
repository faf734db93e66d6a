"""Which parts are the message, and which come with it.

Pure: from the leaves of a MIME tree alone, before any byte of them is fetched. Nothing is lost on the way: a leaf is
shown, listed as an attachment, or it is the version of an alternative that was not chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.mail import Part
from sync.mime.leaf import BODY_TYPES

MAX_FURTHER = 20

_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
# Machine-readable companions of a report: listed, but no reason for a paper clip in the list.
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
# In an alternative these are further versions of the same text, for clients that are not us.
_OTHER_VERSIONS = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched", "text/richtext"})


@dataclass(frozen=True, slots=True)
class Choice:
    """`text` and `html` are versions of one another; `further` are bodies to show below (a list's footer, what Apple
    Mail writes between two pictures). `tnef` is not among the attachments: its content is listed instead."""

    text: Part | None
    html: Part | None
    tnef: Part | None
    attachments: tuple[Part, ...]
    further: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Body:
    """One thing to read: a single text, or an alternative with its versions already weighed."""

    text: Part | None
    html: Part | None
    rest: tuple[Part, ...] = ()  # goes on after an attachment inside the chosen version

    def lead(self) -> tuple[Part, ...]:
        first = self.html or self.text
        return (first, *self.rest) if first is not None else self.rest


def choose(parts: Iterable[Part]) -> Choice:
    parts = tuple(parts)
    alternatives = _alternatives(parts)
    candidates = [part for part in parts if _is_body(part)] or _stand_in(parts)
    bodies = _bodies(candidates, alternatives)
    first = bodies[0] if bodies else _Body(None, None)
    further = first.rest + tuple(part for body in bodies[1:] for part in body.lead())
    tnef = next((part for part in parts if _is_tnef(part)), None)
    not_listed = {part.path for part in (*candidates, tnef) if part is not None}
    attachments = tuple(
        part
        for part in parts
        if part.path not in not_listed
        and not (part.type in _OTHER_VERSIONS and _alternative_of(part, alternatives) is not None)
    )
    return Choice(first.text, first.html, tnef, attachments + further[MAX_FURTHER:], further[:MAX_FURTHER])


def has_attachments(parts: Iterable[Part]) -> bool:
    """For the paper clip: something a person attached. Not inline pictures, signatures or a report's details."""
    choice = choose(parts)
    return choice.tnef is not None or any(not _is_furniture(part) for part in choice.attachments)


def is_inline_image(part: Part) -> bool:
    return part.type.startswith("image/") and bool(part.content_id) and part.disposition != "attachment"


def _is_furniture(part: Part) -> bool:
    return part.type in _SIGNATURES or part.type in _REPORTS or is_inline_image(part)


def _is_body(part: Part) -> bool:
    return part.type in BODY_TYPES and part.disposition != "attachment" and not part.filename


def _stand_in(parts: tuple[Part, ...]) -> list[Part]:
    """A message that begins with a named text and has no other: shown, because there is nothing else to show."""
    first = parts[0] if parts else None
    return [first] if first is not None and first.type in BODY_TYPES and first.disposition != "attachment" else []


def _is_tnef(part: Part) -> bool:
    return part.type in _TNEF or (part.filename.lower() == "winmail.dat" and part.type == "application/octet-stream")


def _alternatives(parts: tuple[Part, ...]) -> frozenset[str]:
    """Paths of the multipart/alternatives, as far as a leaf stands directly in one."""
    return frozenset(part.path.rpartition(".")[0] for part in parts if part.parent == "multipart/alternative")


def _alternative_of(part: Part, alternatives: frozenset[str]) -> str | None:
    """The outermost alternative around a part: the versions inside a version belong to it."""
    above = part.path.split(".")[:-1]
    around = (".".join(above[:length]) for length in range(len(above) + 1))
    return next((path for path in around if path in alternatives), None)


def _bodies(candidates: list[Part], alternatives: frozenset[str]) -> list[_Body]:
    groups: dict[str, list[Part]] = {}
    for part in candidates:
        home = _alternative_of(part, alternatives)
        groups.setdefault(f"in {home}" if home is not None else part.path, []).append(part)
    return [_weigh(group, _alternative_of(group[0], alternatives)) for group in groups.values()]


def _weigh(group: list[Part], home: str | None) -> _Body:
    """The last version with HTML is the one its sender likes best (RFC 2046 5.1.4); the last without is its text."""
    versions: dict[str, list[Part]] = {}
    start = len(home) + 1 if home else 0
    for part in group:
        version = part.path[start:].partition(".")[0] if home is not None else part.path
        versions.setdefault(version, []).append(part)
    rich = [version for version in versions.values() if any(part.type == "text/html" for part in version)]
    plain = [version for version in versions.values() if version not in rich]
    text = plain[-1][0] if plain else None
    if not rich:
        return _Body(text, None, tuple(plain[-1][1:]))
    html = next(part for part in rich[-1] if part.type == "text/html")
    if text is None:  # nested alternatives: the text stands beside the HTML, one level further in
        text = next((part for part in rich[-1] if part.type == "text/plain"), None)
    return _Body(text, html, tuple(part for part in rich[-1] if part.type == "text/html" and part is not html))
