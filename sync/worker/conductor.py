"""One account: what is done for it, over which connection, in which order, and what its state is.

    command lane    actions → requests for bodies → folder list → folders with news → sweep; repeated until nothing is
                    wanted. Whatever arrives meanwhile is taken at the next step, and a long step pauses for it, so a
                    person never waits for a scan
    transfer lane   attachments and prefetches → one window of history → itself again; when idle it listens to the
                    folder that somebody looks at, where the watcher hears of the Inbox alone
    submit lane     SMTP dialogues (`outgoing.py`); what they left to do goes back to the command lane
    watch lane      opens and renews the watcher; in between the selector thread owns its socket

Every job runs inside one boundary (`trouble.py`) that turns an error into the account's state. Nothing in memory
matters: a successor finds the same work in the tables.
"""

import logging
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sync.bus import requests
from sync.bus.requests import Request
from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused, Nonsense, NotNow, TryAgain
from sync.imap.idle import Hint
from sync.mail import Role
from sync.pull import Mirror, Pass, backfill, open_folder, pull_listing, pull_news, sweep
from sync.pull.listing import due_looks, expected_messages, note_readable
from sync.push import drain
from sync.serve import serve
from sync.store import folders
from sync.store.clock import now_ms
from sync.store.folders import Cursor
from sync.watch import RENEW_EVERY_S, news_of, open_watch, renew_watch
from sync.worker.connections import LANES, Connections, Lane, Purpose
from sync.worker.lanes import Job, Lanes
from sync.worker.outgoing import Outgoing
from sync.worker.trouble import Boundary
from sync.worker.upkeep import Upkeep
from sync.worker.wants import Wants
from sync.worker.watcher import Watched, Watcher

log = logging.getLogger("sync.worker")

WINDOW = 500
SWEEP_EVERY_S = 30.0
FEW_BODIES = 2
LIST_EVERY_SWEEPS = 4  # where LIST costs a command of its own
LASTED_S = 60.0

Result = TypeVar("Result")


class Conductor:
    def __init__(self, mirror: Mirror, lanes: Lanes, watcher: Watcher, on_fence_lost: Callable[[str], None]) -> None:
        self.account_id = mirror.account_id
        self.closed = False
        self._mirror, self._lanes, self._watcher = mirror, lanes, watcher
        self._polite = replace(mirror, must_pause=self._somebody_waits)
        self._filling = replace(mirror, suspects={})  # the transfer lane suspects other messages than the command lane
        self._connections = Connections(mirror.account_id, mirror.may_go_on)
        self._boundary = Boundary(
            mirror, self._connections, on_fence_lost, self._forget_watch, self._want_everything, self._close_lanes
        )
        self._wants = Wants(listing=True, sweep=True, actions=True, requests=True)
        self._upkeep = Upkeep(mirror, self._connections)
        self._sweep_at = self._renew_at = 0.0
        self._watched_at = math.inf
        self._expected = 0
        self._sweeps = 0
        self._transfers: list[Request] = []
        self._looked_at = ""  # the folder that somebody opened last
        self._set_aside: set[str] = set()  # paths whose history got no further
        self._fill_broke = False  # a line, over a window of history
        self._unseen: dict[str, int | None] = {}  # what the last sweep said of the folders it found news in
        self._outgoing = Outgoing(mirror, self._connections, self._submit, partial(self.poke, "actions"))
        self._outgoing.find_server()

    @property
    def fence(self) -> int:
        return self._mirror.fence

    # Called from any thread: notes what is wanted and returns.

    def poke(self, reason: str, folder_id: str = "") -> None:
        if reason == "looking":
            self._looked_at = folder_id
            self._submit("transfer", "listen", self._listen)
            return
        if reason == "secret":
            self._connections.hurry()
            self._renew_at = 0.0  # the watcher gave up with the old one
            self._wants.add(listing=True, sweep=True, actions=True)
            self._outgoing.find_server()
        self._wants.add(actions=reason == "actions", requests=reason == "requests", sweep=reason == "look")
        self._submit("command", "work", self._work)

    def tick(self, now: float) -> None:
        """Once in a while: what is due by time."""
        if (self._transfers or self._fill_broke) and self._connections.due_in_s("transfer") <= 0:
            self._submit("transfer", "serve", self._serve_transfers)  # a line broke over the one before
            self._submit("transfer", "fill", self._fill)
        self._outgoing.tick(now)
        if now >= self._sweep_at and self._connections.due_in_s("command") <= 0:
            self._sweep_at = now + SWEEP_EVERY_S * random.uniform(0.9, 1.1)  # noqa: S311
            self._wants.add(sweep=True)
            self._submit("command", "work", self._work)
        if now >= self._renew_at and self._connections.due_in_s("watch") <= 0:
            self._renew_at = now + RENEW_EVERY_S * random.uniform(0.8, 1.0)  # noqa: S311
            self._submit("watch", "watch", self._watch)
            if self._looked_at:
                self._submit("transfer", "listen", self._listen)

    def close(self) -> None:
        """Once the lanes are quiet."""
        self.closed = True
        self._forget_watch()
        self._connections.close()

    def close_lane(self, lane: Purpose) -> None:
        """On that lane itself: what another one is reading must not be closed under it."""
        if lane == "watch":
            self._forget_watch()
            return
        held = self._connections.peek(lane)
        if held is not None and held.is_watching:
            self._watcher.forget(held)
        self._connections.drop(lane)

    # The command lane.

    def _work(self) -> None:
        connection = self._connections.get("command")
        while not self.closed and self._mirror.may_go_on():
            if not self._next_step(connection) and not self._note_unsolicited(connection):
                return

    def _next_step(self, connection: Connection) -> bool:
        """Do the most urgent thing that is wanted. False when nothing is."""
        if self._wants.take("actions"):
            self._act(connection)
        elif self._wants.take("requests"):
            self._serve(connection)
        elif self._wants.take("listing"):
            pull_listing(connection, self._mirror)
            self._begin_folders(connection)
        elif (path := self._wants.take_path()) is not None:
            self._pull(connection, path)
        elif self._wants.take("sweep"):
            self._sweep(connection)
        else:
            return False
        return True

    def _act(self, connection: Connection) -> None:
        began_at = now_ms()
        self._wants.add(paths=self._paths_of(drain(connection, self._mirror, in_flight=self._outgoing.in_flight)))
        self._outgoing.go_on(began_at)

    def _begin_folders(self, connection: Connection) -> None:
        """The first window of every new folder, Inbox first: usable before the rest of the history is here."""
        cursors = folders.cursors(self.account_id)
        if any(cursor.known.uidvalidity is None for cursor in cursors):
            self._see_what_left(connection, cursors)
        for cursor in cursors:
            if cursor.known.uidvalidity is None:
                self._isolated(cursor, partial(open_folder, connection, self._mirror, cursor))
                if self._somebody_waits():
                    self._wants.add(listing=True)
                    return
        self._submit("transfer", "fill", self._fill)

    def _see_what_left(self, connection: Connection, cursors: Sequence[Cursor]) -> None:
        """Mail in a new folder may have come out of one we know: unlinked there first, it keeps its id."""
        if any(cursor.known.uidvalidity is not None for cursor in cursors):
            for cursor in sweep(connection, self._mirror)[0]:
                if cursor.known.uidvalidity is not None:
                    self._isolated(cursor, partial(pull_news, connection, self._mirror, cursor))

    def _pull(self, connection: Connection, path: str) -> None:
        folder_id = folders.by_path(self.account_id).get(path)
        cursor = folders.cursor(folder_id) if folder_id else None
        if cursor is None:
            self._wants.add(listing=True)  # a folder we do not know: made a moment ago
            return
        unseen = self._unseen.pop(path, None)
        ended = self._isolated(cursor, partial(pull_news, connection, self._polite, cursor, unseen=unseen))
        if cursor.role is Role.SENT:
            self._wants.add(actions=True)  # the server may have filed a copy beside ours
        if ended is Pass.PAUSED:
            self._wants.add(paths=[path])
        elif ended is Pass.BEGAN:
            self._submit("transfer", "fill", self._fill)

    def _sweep(self, connection: Connection) -> None:
        began_at, listing = now_ms(), self._sweeps % LIST_EVERY_SWEEPS == 0
        self._sweeps += 1
        with_news, statuses = sweep(connection, self._mirror, listing=listing)
        self._expected = expected_messages(statuses)
        self._unseen = {cursor.path: statuses[cursor.path].unseen for cursor in with_news}
        begun = [cursor for cursor in with_news if cursor.known.uidvalidity is not None]
        looks = due_looks(connection, folders.cursors(self.account_id), {self._looked_at}, now_ms=began_at)
        self._wants.add(paths=[cursor.path for cursor in [*begun, *looks]])
        if len(begun) < len(with_news):
            self._begin_folders(connection)
        if not with_news and (listing or "LIST-STATUS" in connection.capabilities):
            self._upkeep.bury(statuses, began_at)
        self._upkeep.prune()
        if self._upkeep.is_reading_due():
            self._submit("transfer", "read", lambda: self._upkeep.read_unopened(self._transfer_line()))
        self._set_aside.clear()
        self._report()
        self._submit("transfer", "fill", self._fill)

    def _somebody_waits(self) -> bool:
        return self._wants.actions or self._wants.requests

    def _note_unsolicited(self, connection: Connection) -> bool:
        """What the server threw in (VANISHED of a selected folder) is a hint like any other. True when it did."""
        dirty = connection.harvest().folders
        self._wants.add(paths=dirty)
        return bool(dirty)

    def _paths_of(self, folder_ids: set[str]) -> list[str]:
        found = (folders.cursor(folder_id) for folder_id in folder_ids)
        return [cursor.path for cursor in found if cursor is not None]

    def _serve(self, connection: Connection) -> None:
        for request in requests.take(self.account_id):
            if request.kind == "bodies" and len(request.messages) <= FEW_BODIES:
                serve(connection, self.account_id, request)
            else:
                self._transfers.append(request)
                self._submit("transfer", "serve", self._serve_transfers)

    # The transfer lane.

    def _serve_transfers(self) -> None:
        connection = self._transfer_line()
        while self._transfers and not self.closed:
            request = self._transfers.pop(0)
            if not requests.is_stale(request):
                serve(connection, self.account_id, request)
        self._submit("transfer", "listen", self._listen)

    def _fill(self) -> None:
        """One window of history of the first folder that wants it; then again, behind whatever waits in this lane."""
        incomplete = [c for c in folders.cursors(self.account_id) if not c.complete and c.known.uidvalidity is not None]
        wanting = [cursor for cursor in incomplete if cursor.path not in self._set_aside]
        self._fill_broke = bool(wanting)
        if not wanting or not self._mirror.may_go_on() or self.closed:
            self._report()
            self._wants.add(actions=True)  # some wait until a message turns up
            self._submit("command", "work", self._work)
            self._submit("transfer", "listen", self._listen)
            return
        connection = self._transfer_line()
        self._isolated(wanting[0], partial(self._fill_window, connection, wanting[0]))
        self._fill_broke = False
        self._report()
        self._submit("transfer", "fill", self._fill)

    def _fill_window(self, connection: Connection, cursor: Cursor) -> None:
        """Set aside until the next sweep what got no further: started over meanwhile, or not readable."""
        self._set_aside.add(cursor.path)
        try:
            goes_on = backfill(connection, self._filling, cursor, window=WINDOW)
        except NotNow:
            raise
        except TryAgain:  # over another line, as soon as there may be one
            self._set_aside.discard(cursor.path)
            raise
        if goes_on:
            self._set_aside.discard(cursor.path)
        elif not (folders.cursor(cursor.id) or cursor).complete:
            self._wants.add(paths=[cursor.path])
            self._submit("command", "work", self._work)

    def _transfer_line(self) -> Connection:
        """The connection, out of whatever it listens to."""
        held = self._connections.peek("transfer")
        if held is not None and held.is_watching:
            self._watcher.forget(held)
            self._on_folder_hints(held, held.stop_watching())
        return self._connections.get("transfer")

    def _listen(self) -> None:
        """Also renews: DONE and IDLE again prove that the line is alive."""
        watching = self._connections.peek("watch")
        cursor = folders.cursor(self._looked_at) if self._looked_at else None
        if watching is None or "NOTIFY" in watching.capabilities or cursor is None or cursor.role is Role.INBOX:
            return
        self._isolated(cursor, partial(self._listen_to, self._transfer_line(), cursor))

    def _listen_to(self, connection: Connection, cursor: Cursor) -> None:
        connection.select(cursor.path, read_only=True)
        self._on_folder_hints(connection, connection.start_watching())
        self._watcher.watch(
            Watched(connection, partial(self._on_folder_hints, connection), partial(self._connections.drop, "transfer"))
        )
        self._wants.add(paths=[cursor.path])  # what came before we listened
        self._submit("command", "work", self._work)

    def _on_folder_hints(self, connection: Connection, hints: Sequence[Hint]) -> None:
        if hints and connection.selected is not None:
            self._wants.add(paths=[connection.selected], sweep=True)
            self._submit("command", "work", self._work)

    # The watch lane.

    def _watch(self) -> None:
        watching = self._connections.peek("watch")
        if watching is not None:
            self._watcher.forget(watching)
            hints = renew_watch(watching)
            self._connections.note_success("watch")
        else:
            watching = self._connections.get("watch")
            try:
                hints = open_watch(watching)
            except CommandRefused:
                self._go_unwatched()
                return
            self._wants.add(sweep=True)  # what came before we listened
            self._watched_at = time.monotonic()
        self._on_hints(hints)
        self._watcher.watch(Watched(watching, self._on_hints, self._on_watch_lost))
        self._submit("command", "work", self._work)

    def _go_unwatched(self) -> None:
        """A server without IDLE is asked again with every sweep, and not for IDLE."""
        log.warning("account=%s no idle: sweeps only", self.account_id)
        self._connections.drop("watch")
        self._renew_at = math.inf

    def _on_hints(self, hints: Sequence[Hint]) -> None:
        watching = self._connections.peek("watch")
        sees_all = watching is not None and "NOTIFY" in watching.capabilities
        news = news_of(hints, sees_all_folders=sees_all)
        if news.paths or news.listing or news.sweep:
            self._wants.add(paths=news.paths, listing=news.listing, sweep=news.sweep)
            self._submit("command", "work", self._work)

    def _on_watch_lost(self) -> None:
        """A server that hangs up on every IDLE must not get a sign-in for each."""
        if time.monotonic() - self._watched_at > LASTED_S:
            self._connections.note_success("watch")
        self._connections.note_failure("watch")  # first: whoever finds no watcher opens one, unless it is to wait
        self._connections.drop("watch")
        self._renew_at = 0.0

    def _want_everything(self) -> None:
        """A line broke: what was taken from the wants and not finished is wanted again."""
        self._wants.add(actions=True, requests=True, listing=True, sweep=True)
        self._sweep_at = 0.0

    def _close_lanes(self) -> None:
        """The secret was refused: lines that were opened with it are given up too."""
        for lane in LANES:
            self._submit(lane, "close", partial(self.close_lane, lane))

    def _forget_watch(self) -> None:
        watching = self._connections.peek("watch")
        if watching is not None:
            self._watcher.forget(watching)
            self._connections.drop("watch")
        self._renew_at = 0.0

    # Shared.

    def _submit(self, lane: Lane, name: str, job: Job) -> None:
        if not self.closed:
            self._lanes.submit(f"{self.account_id}/{lane}", name, partial(self._boundary.run, lane, job))

    def _isolated(self, cursor: Cursor, job: Callable[[], Result]) -> Result | None:
        """One folder that cannot be read must not stop the others."""
        try:
            result = job()
        except (CommandRefused, Nonsense, NotNow) as error:
            log.warning("account=%s folder=%s %s", self.account_id, cursor.id, type(error).__name__)
            note_readable(self._mirror, cursor, error)
            return None
        note_readable(self._mirror, cursor, None)
        return result

    def _report(self) -> None:
        """Tell the browsers how far we are."""
        cursors = folders.cursors(self.account_id)
        if not cursors:
            return  # the list of folders is still to come
        if all(cursor.complete or cursor.id in self._mirror.unreadable for cursor in cursors):
            self._boundary.report("ok")
            return
        held = sum(cursor.held for cursor in cursors)
        expected = max(self._expected, held)
        self._boundary.report("first_sync", done=held, expected=expected)
