"""BODYSTRUCTURE (RFC 9051 7.5.2) → the leaves of the MIME tree, with their IMAP section numbers.

Takes the nested tuples of IMAPClient's parser in both of its shapes: multiparts whose children stand in a list, and
(inside a message/rfc822) children that stand as tuples before the subtype. Walks with its own stack: the depth of the
tree is the sender's choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from sync.mail import Part
from sync.mime.fields import raw_text
from sync.mime.leaf import MAX_DEPTH, MAX_PARTS, RawLeaf, read_leaf


@dataclass(frozen=True, slots=True)
class _Node:
    body: Sequence[object]
    path: str
    parent: str
    depth: int


def read_parts(structure: object) -> tuple[Part, ...]:
    """In the order of the message; at most `MAX_PARTS` leaves, nothing below `MAX_DEPTH`. Never raises."""
    if not _is_list(structure):
        return ()
    parts: list[Part] = []
    todo = [_Node(structure, "", "", 0)]
    while todo and len(parts) < MAX_PARTS:
        node = todo.pop()
        children, rest = _children(node.body)
        if children:
            if node.depth < MAX_DEPTH:
                parent = f"multipart/{_text(_at(rest, 0)).lower() or 'mixed'}"
                todo += reversed(_nodes(children, node, parent))
        elif not _is_list(_at(node.body, 0)):
            parts.append(_leaf(node))
    return tuple(parts)


def _nodes(children: Sequence[object], node: _Node, parent: str) -> list[_Node]:
    prefix = f"{node.path}." if node.path else ""
    return [
        _Node(child, f"{prefix}{number}", parent, node.depth + 1)
        for number, child in enumerate(children[:MAX_PARTS], start=1)
        if _is_list(child)
    ]


def _children(body: Sequence[object]) -> tuple[Sequence[object], Sequence[object]]:
    """The children of a multipart and what follows them; no children for a leaf."""
    first = _at(body, 0)
    if isinstance(first, list):
        return first, body[1:]
    count = 0
    while count < len(body) and _is_list(body[count]):
        count += 1
    return body[:count], body[count:]


def _leaf(node: _Node) -> Part:
    body = node.body
    main, sub = _text(_at(body, 0)), _text(_at(body, 1))
    # RFC 9051 7.5.2: the fields after the size depend on the type; extension data follows them.
    is_message = main.lower() == "message" and sub.lower() in ("rfc822", "global") and _is_list(_at(body, 7))
    extension = 10 if is_message else 8 if main.lower() == "text" else 7
    disposition = _at(body, extension + 1)
    named = disposition if _is_list(disposition) else (disposition,)
    size = _at(body, 6)
    return read_leaf(
        RawLeaf(
            path=node.path or "1",
            type=f"{main}/{sub}" if main or sub else "",
            parameters=_parameters(_at(body, 2)),
            disposition=_text(_at(named, 0)),
            disposition_parameters=_parameters(_at(named, 1)),
            encoding=_text(_at(body, 5)),
            content_id=_text(_at(body, 3)),
            size=size if isinstance(size, int) else 0,
            parent=node.parent,
            subject=_subject(_at(body, 7)) if is_message else "",
        )
    )


def _subject(envelope: object) -> str:
    return _text(_at(envelope, 1)) if _is_list(envelope) else ""


def _parameters(value: object) -> Mapping[str, str]:
    if not _is_list(value):
        return {}
    flat = [_text(item) for item in value[:400]]
    found: dict[str, str] = {}
    for name, text in zip(flat[::2], flat[1::2], strict=False):
        found.setdefault(name.lower(), text)
    return found


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, (tuple, list))


def _at(body: object, index: int) -> object:
    return body[index] if _is_list(body) and index < len(body) else None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return raw_text(value)
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    return ""
