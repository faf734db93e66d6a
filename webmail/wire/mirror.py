"""What a browser holds, and asks for."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from sync.feed import BodyRow, Position, Window, WindowKind
from webmail.wire.bounds import MAX_BODIES, MAX_WINDOWS, Id, Line, Strict


class PositionBody(Strict):
    received_at: int
    id: Id


class WindowBody(Strict):
    folder: Id
    kind: WindowKind = "all"
    down_to: PositionBody | None = None

    def value(self) -> Window:
        bound = self.down_to
        position = Position(received_at=bound.received_at, id=bound.id) if bound is not None else None
        return Window(folder=self.folder, kind=self.kind, down_to=position)


class ChangesBody(Strict):
    epoch: Line
    since: Annotated[int, Field(ge=0)]
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)]


class BodiesBody(Strict):
    ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_BODIES)]


class Reset(Schema):
    reset: Literal[True]


class Refusal(Schema):
    code: str


class Refused(Schema):
    id: str
    code: str


class Bodies(Schema):
    bodies: list[BodyRow]
    missing: list[Refused]
