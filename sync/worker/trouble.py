"""The boundary around every job of an account: an error becomes the account's state, never a dead lane.

SignInRefused          sign_in_refused; every lane closes its connection; no attempt until the secret changes
TryAgain               this connection closed; reconnecting; next attempt after a back-off with jitter
Nonsense, refusal      server_trouble; likewise
FenceLost              another worker's account now: forget it
database, Redis away   what was wanted is wanted again, after a back-off; the lease thread stops us if it lasts
"""

import logging
import threading
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error as DatabaseError
from redis.exceptions import RedisError

from sync.feed import Connectivity
from sync.imap.errors import ImapError, SignInRefused, TryAgain
from sync.pull import Mirror
from sync.seal import WrongKey
from sync.store import accounts
from sync.store.commit import FenceLost, NoSuchAccount
from sync.worker.connections import Connections, Parked, Purpose
from sync.worker.lanes import Job

log = logging.getLogger("sync.worker")


class Boundary:
    def __init__(
        self,
        mirror: Mirror,
        connections: Connections,
        on_fence_lost: Callable[[str], None],
        forget_watch: Callable[[], None],
        on_broken: Callable[[], None],
        on_refused: Callable[[], None],
    ) -> None:
        self._mirror, self._connections = mirror, connections
        self._on_fence_lost, self._forget_watch = on_fence_lost, forget_watch
        self._on_broken, self._on_refused = on_broken, on_refused
        self._telling = threading.Lock()

    def run(self, purpose: Purpose, job: Job) -> None:
        try:
            job()
            self._ended_well(purpose)
        except Parked:
            return
        except SignInRefused:
            self._refused()
        except TryAgain as error:
            self._broken(purpose, "reconnecting", error.code)
        except ImapError as error:
            self._broken(purpose, "server_trouble", error.code)
        except WrongKey:
            self._broken(purpose, "server_trouble", "wrong_key")
        except (FenceLost, NoSuchAccount):
            self._on_fence_lost(self._mirror.account_id)
        except (DatabaseError, RedisError) as error:
            log.warning("account=%s storage=%s", self._mirror.account_id, type(error).__name__)
            self._connections.note_failure(purpose)
            self._on_broken()

    def _ended_well(self, purpose: Purpose) -> None:
        if purpose != "watch":  # that one is well only when it has lasted
            self._connections.note_success(purpose)

    def _refused(self) -> None:
        log.warning("account=%s sign-in refused", self._mirror.account_id)
        self._on_refused()
        preset = accounts.account_row(self._mirror.account_id).preset
        with self._telling:
            # The answer to an old secret may come after a new one was given; that one has its own chance.
            if self._is_refused():
                self._tell("sign_in_refused", "hin_token" if preset == "hin" else "password")

    def _broken(self, purpose: Purpose, state: Connectivity, code: str) -> None:
        if purpose == "watch":
            self._forget_watch()
        self._connections.drop(purpose)
        wait_s = self._connections.note_failure(purpose)
        self._on_broken()
        log.warning("account=%s %s=%s code=%s retry_s=%.1f", self._mirror.account_id, purpose, state, code, wait_s)
        with self._telling:
            # One lane was refused while another found its connection closed: the secret is what has to be mended.
            if not self._is_refused():
                self._tell(state, code)

    def _is_refused(self) -> bool:
        try:
            return self._connections.is_refused()
        except (WrongKey, ObjectDoesNotExist, DatabaseError):
            return False

    def _tell(self, state: Connectivity, code: str) -> None:
        try:
            accounts.set_state(self._mirror.account_id, self._mirror.fence, state, code=code)
        except (FenceLost, NoSuchAccount):
            self._on_fence_lost(self._mirror.account_id)
        except DatabaseError as error:
            log.warning("account=%s state not stored error=%s", self._mirror.account_id, type(error).__name__)
