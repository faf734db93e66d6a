"""What a person decided: one shape for every kind, and the arguments of each."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from sync.feed import ActionKind, ActionRow
from webmail.wire.bounds import MAX_ACTIONS, MAX_AGO_MS, MAX_TARGETS, Id, Strict
from webmail.wire.mirror import Refused
from webmail.wire.writing import CompositionBody


class FlagArgs(Strict):
    add: Annotated[int, Field(ge=0, lt=64)] = 0
    remove: Annotated[int, Field(ge=0, lt=64)] = 0


class MoveArgs(Strict):
    """`from`: where it was, for whoever takes it back from the ledger. `create`: make an archive if there is none."""

    to: Id | None = None
    origin: Annotated[Id | None, Field(alias="from")] = None
    create: bool = False

    def told(self, kind: ActionKind) -> dict[str, Any]:
        """What is kept of it for this kind."""
        kept: dict[str, Any] = {"from": self.origin} if self.origin else {}
        if kind == "move":
            kept["to"] = self.to or ""
        if kind == "archive" and self.create:
            kept["create"] = True
        return kept


class SendArgs(Strict):
    """`hold_ms`: what is left of the time to take it back. `anyway`: a person decided on a held reply."""

    hold_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    anyway: bool = False


class DiscardArgs(Strict):
    draft: Id


class ActionBody(Strict):
    """`ago_ms`: how long ago it was decided; a device may have been without a network since. `composition` comes with
    the kinds that write: draft and send. `discard` names its draft in `args`.
    """

    v: Literal[1]
    id: Id
    n: Annotated[int, Field(ge=0)]
    kind: ActionKind
    targets: Annotated[list[Id], Field(max_length=MAX_TARGETS)]
    args: dict[str, int | str | bool] = {}
    base_seq: Annotated[int, Field(ge=0)]
    ago_ms: Annotated[int, Field(ge=0, le=MAX_AGO_MS)] = 0
    composition: CompositionBody | None = None


class ActionsBody(Strict):
    actions: Annotated[list[ActionBody], Field(min_length=1, max_length=MAX_ACTIONS)]


class Accepted(Schema):
    accepted: list[ActionRow]
    refused: list[Refused]


def read_args(kind: ActionKind, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments of one kind, checked. Raises ValueError (pydantic's)."""
    if kind == "flag":
        return FlagArgs(**args).model_dump()
    if kind == "send":
        return SendArgs(**args).model_dump()
    if kind == "discard":
        return DiscardArgs(**args).model_dump()
    if kind in ("destroy", "draft"):
        return {}
    return MoveArgs(**args).told(kind)
