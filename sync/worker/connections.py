"""An account's connections: at most three, whoever looks at the mailbox.

command    actions, news, opening a mail
transfer   history, attachments, prefetched bodies
watch      idle, hints only
"""

import random
import time
from collections.abc import Callable
from typing import Literal

from django.conf import settings

from sync.endpoint import HostPolicy, HostRefused
from sync.imap.connection import Connection, connect
from sync.imap.errors import SignInRefused, TryAgain
from sync.plan.backoff import backoff_s
from sync.store import accounts

Purpose = Literal["command", "transfer", "watch"]
LANES: tuple[Purpose, ...] = ("command", "transfer", "watch")
Lane = Purpose | Literal["submit"]  # which speaks SMTP, and keeps no connection


class Parked(Exception):
    """No attempt now: the sign-in was refused and the secret has not changed, or the next try is not due."""


class Connections:
    """Each purpose is used from its own lane only; `close` may come from anywhere once the lanes are quiet."""

    def __init__(self, account_id: str, may_go_on: Callable[[], bool]) -> None:
        self._account_id = account_id
        self._may_go_on = may_go_on
        self._open: dict[Lane, Connection] = {}
        self._refused_version = 0
        self._failures: dict[Lane, int] = {}
        self._retry_at: dict[Lane, float] = {}

    def get(self, purpose: Purpose) -> Connection:
        """The open connection, or a new signed-in one. Raises Parked, TryAgain, SignInRefused and the other kinds."""
        held = self._open.get(purpose)
        if held is not None:
            return held
        if not self._may_go_on() or self.due_in_s(purpose) > 0:
            raise Parked
        opened = self._sign_in()
        self._open[purpose] = opened
        return opened

    def peek(self, purpose: Lane) -> Connection | None:
        return self._open.get(purpose)

    def drop(self, purpose: Lane) -> None:
        """Close one that broke; the next `get` makes another."""
        broken = self._open.pop(purpose, None)
        if broken is not None:
            broken.close()

    def close(self) -> None:
        for purpose in list(self._open):
            self.drop(purpose)

    def note_failure(self, purpose: Lane) -> tuple[int, float]:
        """→ how many in a row, and the seconds until the next attempt."""
        failures = self._failures[purpose] = self._failures.get(purpose, 0) + 1
        wait_s = backoff_s(failures, random.random())  # noqa: S311  # jitter, not a secret
        self._retry_at[purpose] = time.monotonic() + wait_s
        return failures, wait_s

    def note_success(self, purpose: Lane) -> None:
        """A job over this line came to its end, or a watcher lived until its renewal. Signing in alone is none: a
        server that fails right after it must be left in peace."""
        self._failures.pop(purpose, None)
        self._retry_at.pop(purpose, None)

    def due_in_s(self, purpose: Lane) -> float:
        return max(0.0, self._retry_at.get(purpose, 0.0) - time.monotonic())

    def hurry(self) -> None:
        """A person just gave a new secret: do not make them wait for the back-off."""
        self._retry_at.clear()
        self._failures.clear()

    def is_refused(self) -> bool:
        """Nothing goes on before there is a new secret, whatever else breaks or still works meanwhile.

        Raises WrongKey, Account.DoesNotExist.
        """
        return bool(self._refused_version) and accounts.credentials(self._account_id).version == self._refused_version

    def note_refused(self, version: int) -> None:
        """The SMTP server did not take this secret: it is not tried anywhere any more."""
        self._refused_version = max(self._refused_version, version)

    def _sign_in(self) -> Connection:
        credentials = accounts.credentials(self._account_id)
        if credentials.version == self._refused_version:
            raise Parked
        policy: HostPolicy = settings.IMAP_HOST_POLICY
        try:
            address = policy.resolve(credentials.endpoint)
        except HostRefused as error:
            raise TryAgain(error.code) from error
        opened = connect(credentials.endpoint, address)
        try:
            opened.sign_in(credentials.imap_user, credentials.secret)
        except SignInRefused:
            self.note_refused(credentials.version)
            opened.close()
            raise
        except BaseException:
            opened.close()
            raise
        return opened
