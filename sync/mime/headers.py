"""A header block → `Envelope`. Hand-made because it runs once per message of a mailbox: the standard library's modern
parser takes twenty times as long and raises on mail that people really get.

Never raises; cost is linear in the header, which is cut at 1 MiB.
"""

import re
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz

from sync.mail import Address, Envelope
from sync.mime.addresses import read_addresses
from sync.mime.clean import clean_line
from sync.mime.encoded_words import decode_words
from sync.mime.fields import read_fields

MAX_SUBJECT_CHARS = 1000
MAX_ID_CHARS = 998
MAX_REFERENCES = 100
_LAST_MS = 253_402_300_799_000  # the year 9999

_ID = re.compile(r"<([^<>]{1,1200})>")
_MAILTO = re.compile(r"<\s*mailto:([^<>?\s\x00-\x1f]{3,254})[^<>]*>", re.IGNORECASE)
_ID_DROPPED = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]+")


def read_envelope(header: bytes) -> Envelope:
    """Of a field that comes twice the first counts; recipients are collected from all."""
    fields = read_fields(header)
    return Envelope(
        subject=clean_line(decode_words(_first(fields, "subject")), MAX_SUBJECT_CHARS),
        senders=_addresses(fields, "from") or _addresses(fields, "sender"),
        to=_addresses(fields, "to"),
        cc=_addresses(fields, "cc"),
        bcc=_addresses(fields, "bcc"),
        reply_to=_addresses(fields, "reply-to"),
        message_id=_one_id(_first(fields, "message-id")),
        in_reply_to=_one_id(_first(fields, "in-reply-to")),
        references=_references(" ".join(fields.get("references", ()))),
        list_post=_list_post(_first(fields, "list-post")),
        sent_at=read_date(_first(fields, "date")),
    )


def _list_post(value: str) -> str:
    """The address of `<mailto:…>`; "" also for `NO`, a list that takes no answers (RFC 2369 3.4)."""
    found = _MAILTO.search(value)
    return found[1] if found else ""


def read_date(value: str) -> int | None:
    """ms since 1970, or None when it cannot be read or lies outside 1970 to 9999. No zone counts as UTC."""
    try:
        parsed = parsedate_tz(value[:120])
        sent_at = mktime_tz(parsed) * 1000 if parsed is not None else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # the standard parser trips over some shapes
    return int(sent_at) if sent_at is not None and 0 <= sent_at <= _LAST_MS else None


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    values = fields.get(name)
    return values[0] if values else ""


def _addresses(fields: Mapping[str, list[str]], name: str) -> tuple[Address, ...]:
    values = fields.get(name)
    if not values:
        return ()
    # Two From fields are a forger's trick (RFC 5322 3.6 allows one); two To fields are only a habit.
    return read_addresses(values[0] if name in ("from", "sender", "reply-to") else ", ".join(values))


def _one_id(value: str) -> str:
    found = _ID.search(value)
    inner = _ID_DROPPED.sub("", found[1] if found is not None else value.strip("<> \t")[:1200])
    if not inner or (found is None and "@" not in inner):
        return ""
    return f"<{inner[:MAX_ID_CHARS]}>"


def _references(value: str) -> tuple[str, ...]:
    """Oldest first, each once. Of a very long list the root and the newest are kept (as RFC 5537 3.4.4 advises)."""
    ids = list(
        dict.fromkeys(f"<{tidy[:MAX_ID_CHARS]}>" for raw in _ID.findall(value) if (tidy := _ID_DROPPED.sub("", raw)))
    )
    if len(ids) > MAX_REFERENCES:
        ids = [ids[0], *ids[1 - MAX_REFERENCES :]]
    return tuple(ids)
