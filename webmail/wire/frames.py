"""The frames of the websocket."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sync.feed import Delta, Present
from webmail.wire.bounds import MAX_WINDOWS, Id, Line, Strict
from webmail.wire.mirror import WindowBody

# Client:


class HelloFrame(Strict):
    type: Literal["hello"]
    v: Literal[1]
    epoch: Line
    seq: Annotated[int, Field(ge=0)]
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)]
    account: Id | Literal[""] = ""  # whose mirror says hello; another one's is refused


class WindowsFrame(Strict):
    type: Literal["windows"]
    windows: Annotated[list[WindowBody], Field(max_length=MAX_WINDOWS)]


class LookingFrame(Strict):
    """Which folder is on this screen."""

    type: Literal["looking"]
    folder: Id


class PresenceFrame(Strict):
    """What this browser is writing now; said again whenever it changes, and with every heartbeat while it lasts."""

    type: Literal["presence"]
    replying: Annotated[list[Id], Field(max_length=20)]
    drafts: Annotated[list[Id], Field(max_length=20)]
    taken: Annotated[list[Id], Field(max_length=20)] = []  # of `drafts`; older browsers do not say it


# Server:


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesFrame(Delta):
    type: Literal["changes"] = "changes"


class HeartbeatFrame(BaseModel):
    """`windows` counts the windows frames taken so far: from then on frames are cut to the newest."""

    type: Literal["heartbeat"] = "heartbeat"
    seq: int
    windows: int


class ResetFrame(BaseModel):
    type: Literal["reset"] = "reset"
    epoch: str


class SignedOutFrame(BaseModel):
    type: Literal["signed_out"] = "signed_out"


class PresentFrame(BaseModel):
    """Everybody who is writing in this account now, this browser left out."""

    type: Literal["present"] = "present"
    present: list[Present]


class Frames(BaseModel):
    """Names every frame in the OpenAPI document."""

    client: HelloFrame | WindowsFrame | LookingFrame | PresenceFrame
    server: ChangesFrame | HeartbeatFrame | ResetFrame | SignedOutFrame | PresentFrame
