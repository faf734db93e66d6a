"""One browser's websocket.

    browser: hello(epoch, seq, windows)
    server:  changes …   from the database, until it has caught up
             changes …   live, each with `prev`; the browser applies one only if `prev` is its own seq
             heartbeat   every 25 s with the current seq: bounds whatever was lost on the way
             reset       the cursor is lost: start over
             signed_out  the session ended
             present     who else is writing what, whenever that changes
    browser: windows(…)  whenever it holds more or less; answered by a heartbeat that counts them
             looking(…)  which folder is on the screen
             presence(…) what is being written here, every few seconds while it lasts

The subscription is made before the database is read, and what both bring is told once (by seq).
"""

import asyncio
import json
import logging
from dataclasses import asdict
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.http import HttpRequest
from pydantic import TypeAdapter, ValidationError

from sync.bus import presence
from sync.bus.doorbell import ring
from sync.feed import Delta, Entry, Present, Window
from sync.plan.narrow import narrow
from sync.store import accounts, reading
from sync.store.clock import now_ms
from webmail.accounts.models import Device
from webmail.live.hub import Lost, Subscription, Word, hub
from webmail.live.presence import Others
from webmail.wire.frames import (
    HeartbeatFrame,
    HelloFrame,
    LookingFrame,
    PresenceFrame,
    PresentFrame,
    ResetFrame,
    SignedOutFrame,
    WindowsFrame,
)

log = logging.getLogger("webmail.live")

HEARTBEAT_S = 25
LOOK_AROUND_S = 2
CHECK_SESSION_S = 60
MAX_FRAME_CHARS = 256 * 1024
ClientFrame = HelloFrame | WindowsFrame | LookingFrame | PresenceFrame
_CLIENT_FRAME: TypeAdapter[ClientFrame] = TypeAdapter(ClientFrame)
_CLOSED_BAD_FRAME, _CLOSED_SIGNED_OUT, _CLOSED_BEHIND = 4400, 4401, 4408


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        user = self.scope.get("user")
        self._tasks: list[asyncio.Task[None]] = []
        self._subscription: Subscription | None = None
        self._windows: list[Window] = []
        self._seq = 0
        self._windows_taken = 0
        if not isinstance(user, Device):
            # Accepted first: a refused handshake tells the browser nothing it could act on.
            await self.accept()
            await self._refuse()
            return
        self._account_id = user.account_id
        self._device, self._name = str(user.pk), user.name
        self._others = Others(self._device)
        self._writing = False
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self._subscription is not None:
            hub().unsubscribe(self._subscription)
        for task in self._tasks:
            task.cancel()
        # Awaited: what they are still closing (a line to Redis) must not be cut off by the end of the loop.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if getattr(self, "_writing", False):
            await self._say(PresenceFrame(type="presence", replying=[], drafts=[]))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data) > MAX_FRAME_CHARS or not hasattr(self, "_account_id"):
            await self.close(_CLOSED_BAD_FRAME)
            return
        try:
            frame = _CLIENT_FRAME.validate_json(text_data)
        except ValidationError:
            await self.close(_CLOSED_BAD_FRAME)
            return
        if isinstance(frame, LookingFrame):
            await self._look(frame.folder)
            return
        if isinstance(frame, PresenceFrame):
            await self._say(frame)
            return
        self._windows = [window.value() for window in frame.windows]
        if not isinstance(frame, HelloFrame):
            self._windows_taken += 1
            await self._tell_seq(self._seq)
        elif frame.account not in ("", self._account_id):
            await self._refuse()  # another window has signed in to another mailbox
        elif self._subscription is None:
            await self._begin(frame)

    async def _look(self, folder_id: str) -> None:
        """Its owner listens to that folder too; a stranger's, or one that is gone, is nobody's business."""
        if await _db(reading.account_of_folder, folder_id) == self._account_id:
            await asyncio.to_thread(ring, self._account_id, "looking", folder_id)

    async def _begin(self, hello: HelloFrame) -> None:
        epoch = await _db(accounts.current_epoch, self._account_id)
        self._subscription = await hub().subscribe(self._account_id, epoch)
        self._seq = hello.seq
        if hello.epoch != epoch or not await self._catch_up(epoch):
            await self._reset(epoch)
            return
        await self._tell_seq(self._seq)
        self._tasks = [
            asyncio.create_task(self._guarded(self._follow(self._subscription))),
            asyncio.create_task(self._guarded(self._beat())),
            asyncio.create_task(self._guarded(self._watch_session())),
            asyncio.create_task(self._guarded(self._look_around())),
        ]

    async def _catch_up(self, epoch: str) -> bool:
        """Send what the database has beyond our seq. False when the cursor is lost."""
        while True:
            delta: Delta | None = await _db(reading.changes, self._account_id, epoch, self._seq, self._windows)
            if delta is None:
                return False
            if delta.seq > self._seq:
                await self._tell(delta)
            if not delta.more:
                return True

    async def _follow(self, subscription: Subscription) -> None:
        while not subscription.overflowed.is_set():
            item = await subscription.queue.get()
            if isinstance(item, Word):
                self._others.hear([(item.present, item.at_ms)])
                await self._tell_present()
                continue
            if isinstance(item, Entry) and item.seq <= self._seq:
                continue
            if isinstance(item, Lost) or item.big or item.prev != self._seq:
                if not await self._catch_up(subscription.epoch):
                    await self._reset(subscription.epoch)
                    return
                continue
            await self._tell(narrow(item, self._windows))
        await self._reset(subscription.epoch, _CLOSED_BEHIND)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self._tell_seq(await _db(accounts.current_seq, self._account_id))

    async def _watch_session(self) -> None:
        """A session that was ended elsewhere ends here within a minute."""
        while True:
            await asyncio.sleep(CHECK_SESSION_S)
            if not await _db(self._is_signed_in):
                await self._refuse()
                return

    async def _refuse(self) -> None:
        await self._send(SignedOutFrame().model_dump())
        await self.close(_CLOSED_SIGNED_OUT)

    async def _look_around(self) -> None:
        """Who was writing before we came, and who fell silent."""
        self._others.hear(await presence.heard(self._account_id, now_ms()))
        while True:
            await self._tell_present()
            await asyncio.sleep(LOOK_AROUND_S)

    async def _tell_present(self) -> None:
        news = self._others.news(now_ms())
        if news is not None:
            await self._send(PresentFrame(present=news).model_dump())

    async def _say(self, frame: PresenceFrame) -> None:
        if self._subscription is None:
            return  # whose mirror it speaks for is not said yet
        self._writing = bool(frame.replying or frame.drafts)
        said = Present(
            device=self._device,
            device_name=self._name,
            replying=frame.replying,
            drafts=frame.drafts,
            taken=frame.taken,
        )
        await presence.say(self._account_id, said, now_ms())

    def _is_signed_in(self) -> bool:
        session = self.scope["session"]
        if not session.session_key or not session.exists(session.session_key):
            return False
        request = HttpRequest()
        request.session = type(session._wrapped)(session.session_key) if hasattr(session, "_wrapped") else session
        return isinstance(get_user(request), Device)

    async def _tell(self, delta: Delta) -> None:
        self._seq = delta.seq
        await self._send({"type": "changes", **asdict(delta)})

    async def _tell_seq(self, seq: int) -> None:
        await self._send(HeartbeatFrame(seq=seq, windows=self._windows_taken).model_dump())

    async def _reset(self, epoch: str, code: int = 1000) -> None:
        await self._send(ResetFrame(epoch=epoch).model_dump())
        await self.close(code)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False, separators=(",", ":")))

    async def _guarded(self, work: Any) -> None:
        """A closed socket or a database that is away ends this socket, never the reader or the process."""
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001, RUF100  # the browser reconnects and catches up
            log.warning("socket account=%s ended=%s", self._account_id, type(error).__name__)
            await self.close(1011)


async def _db(call: Any, *arguments: Any) -> Any:
    # Sockets read in parallel: one shared thread would make twenty handshakes queue up. Connections are given back:
    # one that a thread kept would stay broken after the database was restarted.
    return await database_sync_to_async(call, thread_sensitive=False)(*arguments)
