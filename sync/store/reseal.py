"""The end of a key's rotation: everything that is still sealed under the old key is sealed under the new one.

Each batch is a transaction of its own and leaves alone what is current already, so that it can be cut off and begun
again. It may run beside the product: a row that somebody writes meanwhile is current by that. What neither key opens is
left as it is and named; it keeps nothing else from its turn.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction

from sync.keys import keyring
from sync.models import Account, Action, Body, BookEntry, Draft, Message, SealCheck, SentCopy, Submission, UploadChunk
from sync.seal import WrongKey
from sync.store.messages import answers_text, twin_text
from sync.store.rows import envelope_of

BATCH_ROWS = 200
R = TypeVar("R", bound=models.Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """After a batch: how many rows of the table are resealed so far, and the ids of those in this batch that hold
    something that neither key opens."""

    table: str
    resealed: int
    unopened: list[str]


def reseal_all() -> Iterator[Progress]:
    """Table by table, a batch at a time."""
    yield from _reseal(Account, ["secret", "identities"], lambda row, column: f"{column}:{row.pk}")
    yield from _reseal(Message, ["envelope", "parts"], lambda row, column: f"{column}:{row.pk}", _with_digests)
    yield from _reseal(Body, ["sealed"], lambda row, column: f"body:{row.pk}")
    yield from _reseal(Action, ["composition", "refused"], lambda row, column: f"{column}:{row.intent}")
    yield from _reseal(BookEntry, ["sealed"], lambda row, column: f"book:{row.pk}")
    yield from _reseal(Draft, ["rfc_message_id"], lambda row, column: f"draft:{row.pk}")
    yield from _reseal(UploadChunk, ["sealed"], lambda row, column: f"upload:{row.upload_id}:{row.offset}")
    yield from _reseal(
        Submission,
        ["letter", "copy", "envelope"],
        lambda row, column: f"submission-{column}:{row.action.intent}",
    )
    yield from _reseal(SentCopy, ["message_id"], lambda row, column: f"copy:{row.folder_id}:{row.uid}")
    # Last: as long as it stands under the old key, that key is asked for at every start.
    yield from _reseal(SealCheck, ["sealed"], lambda row, column: "check")


def _with_digests(row: Message) -> dict[str, Any]:
    """Fingerprints are keyed too."""
    envelope = envelope_of(row)
    text = twin_text(envelope.get("message_id", ""), row.received_at, row.size)
    parent = answers_text(envelope.get("in_reply_to", ""))
    return {"twin": keyring().digest(text), "answers": keyring().digest(parent) if row.answers else b""}


def _reseal(
    model: type[R],
    columns: list[str],
    place: Callable[[R, str], str],
    more: Callable[[R], dict[str, Any]] | None = None,
) -> Iterator[Progress]:
    done, last = 0, None
    while True:
        rows = model._default_manager.order_by("pk")
        batch = list((rows.filter(pk__gt=last) if last is not None else rows)[:BATCH_ROWS])
        if not batch:
            return
        last = batch[-1].pk
        unopened: list[str] = []
        with transaction.atomic():
            done += sum(_reseal_row(row, columns, place, more, unopened) for row in batch)
        yield Progress(table=str(model._meta.verbose_name), resealed=done, unopened=unopened)


def _reseal_row(
    row: R,
    columns: list[str],
    place: Callable[[R, str], str],
    more: Callable[[R], dict[str, Any]] | None,
    unopened: list[str],
) -> bool:
    """Each column for itself. Adds the row's id to `unopened` where one stays as it is."""
    old = {name: bytes(getattr(row, name)) for name in columns}
    stale = {name: value for name, value in old.items() if value and not keyring().is_current(value)}
    fresh: dict[str, Any] = {}
    for name, value in stale.items():
        with suppress(WrongKey):
            fresh[name] = keyring().seal(keyring().open(value, place(row, name)), place(row, name))
    if len(fresh) < len(stale):
        unopened.append(str(row.pk))
    elif more is not None and stale:
        fresh |= more(row)
    if not fresh:
        return False
    # Only where it still is what was opened: a secret may have been replaced in this moment.
    return bool(type(row)._default_manager.filter(pk=row.pk, **stale).update(**fresh))
