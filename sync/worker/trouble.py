"""The boundary around every job of an account: an error becomes the account's state, never a dead lane.

SignInRefused          sign_in_refused; every lane closes its connection; no attempt until the secret changes
TryAgain               this connection closed; reconnecting; next attempt after a back-off with jitter
Nonsense, refusal      server_trouble; likewise
FenceLost              another worker's account now: forget it
database, Redis away   what was wanted is wanted again, after a back-off; the lease thread stops us if it lasts
anything else          a defect of ours: likewise, over another connection, and the lane logs where

The watcher and the transfer line tell their trouble once: if the command line works, the account does, only slower.
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
from sync.worker.connections import Connections, Lane, Parked
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
        self._refusal_untold = False

    def run(self, purpose: Lane, job: Job) -> None:
        try:
            job()
        except Parked:
            self._tell_refusal()
        except ImapError as error:
            self._from_server(purpose, error)
        except WrongKey:
            self._broken(purpose, "server_trouble", "wrong_key")
        except (FenceLost, NoSuchAccount):
            self._on_fence_lost(self._mirror.account_id)
        except (DatabaseError, RedisError) as error:
            log.warning("account=%s storage=%s", self._mirror.account_id, type(error).__name__)
            self._later(purpose)
        except Exception:
            self._hang_up(purpose)
            self._later(purpose)
            raise
        else:
            self._ended_well(purpose)

    def report(self, state: Connectivity, *, done: int = 0, expected: int = 0) -> None:
        """How far we are. Not while the sign-in is refused: a line that is still open says nothing about the secret.

        Raises FenceLost, WrongKey and what the database raises.
        """
        # Under the lock: a refusal between the question and the answer would be hidden for good.
        with self._telling:
            if not self._connections.is_refused():
                account_id, fence = self._mirror.account_id, self._mirror.fence
                accounts.set_state(account_id, fence, state, done=done, expected=expected)

    def _ended_well(self, purpose: Lane) -> None:
        # A job that found nothing to do says nothing of the line, and a watcher is well only when it has lasted.
        if purpose != "watch" and self._connections.peek(purpose) is not None:
            self._connections.note_success(purpose)

    def _from_server(self, purpose: Lane, error: ImapError) -> None:
        if isinstance(error, SignInRefused):
            self._refused()
        else:
            self._broken(purpose, "reconnecting" if isinstance(error, TryAgain) else "server_trouble", error.code)

    def _refused(self) -> None:
        log.warning("account=%s sign-in refused", self._mirror.account_id)
        self._refusal_untold = True
        self._on_refused()
        self._tell_refusal()

    def _tell_refusal(self) -> None:
        """Until it is stored: nothing else will say it while no attempt is made."""
        if not self._refusal_untold:
            return
        with self._telling:
            # The answer to an old secret may come after a new one was given; that one has its own chance.
            try:
                hin = accounts.account_row(self._mirror.account_id).preset == "hin"
                refused = self._connections.is_refused()
            except (WrongKey, ObjectDoesNotExist, DatabaseError):
                return
            self._refusal_untold = refused and not self._tell("sign_in_refused", "hin_token" if hin else "password")

    def _broken(self, purpose: Lane, state: Connectivity, code: str) -> None:
        self._hang_up(purpose)
        failures, wait_s = self._later(purpose)
        log.warning("account=%s %s=%s code=%s retry_s=%.1f", self._mirror.account_id, purpose, state, code, wait_s)
        if purpose != "command" and failures > 1:
            return
        with self._telling:
            # One lane was refused while another found its connection closed: the secret is what has to be mended.
            if not self._is_refused():
                self._tell(state, code)

    def _hang_up(self, purpose: Lane) -> None:
        if purpose == "watch":
            self._forget_watch()
        self._connections.drop(purpose)

    def _later(self, purpose: Lane) -> tuple[int, float]:
        noted = self._connections.note_failure(purpose)
        self._on_broken()
        return noted

    def _is_refused(self) -> bool:
        try:
            return self._connections.is_refused()
        except (WrongKey, ObjectDoesNotExist, DatabaseError):
            return False

    def _tell(self, state: Connectivity, code: str) -> bool:
        """True when it is stored, or is another worker's to say."""
        try:
            accounts.set_state(self._mirror.account_id, self._mirror.fence, state, code=code)
        except (FenceLost, NoSuchAccount):
            self._on_fence_lost(self._mirror.account_id)
        except DatabaseError as error:
            log.warning("account=%s state not stored error=%s", self._mirror.account_id, type(error).__name__)
            return False
        return True
