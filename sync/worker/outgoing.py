"""The submit lane of one account: mails that are ready go to the SMTP server one after the other, each in its own time.

A slow server, or one that is away, holds up nothing else. What a dialogue left to do is the command lane's.
"""

import math
import time
from collections.abc import Callable

from sync.imap.errors import SignInRefused
from sync.pull import Mirror
from sync.push import server, submit
from sync.store import actions
from sync.worker.connections import Connections, Lane
from sync.worker.lanes import Job


class Outgoing:
    """`submit_job` puts one into a lane under a name; `on_news`: something is left to do, or was waited for."""

    def __init__(
        self,
        mirror: Mirror,
        connections: Connections,
        submit_job: Callable[[Lane, str, Job], None],
        on_news: Callable[[], None],
    ) -> None:
        self._mirror, self._connections = mirror, connections
        self._submit_job, self._on_news = submit_job, on_news
        self._due_at = math.inf  # when the next mail's time to be taken back, or to wait, is over
        self.in_flight: frozenset[int] = frozenset()  # actions whose SMTP dialogue is going on

    def tick(self, now: float) -> None:
        if now >= self._due_at:
            self._due_at = math.inf
            self._on_news()
            self._submit_job("submit", "mail", self._hand_over)  # also while the IMAP server is away

    def find_server(self) -> None:
        """Unless it is known."""
        self._submit_job("submit", "server", self._find_server)

    def go_on(self, since_ms: int) -> None:
        """Hand over what is ready, and come back when the next mail is due: later than `since_ms`."""
        self._submit_job("submit", "mail", self._hand_over)
        wait_ms = actions.next_due_in_ms(self._mirror.account_id, since_ms)
        self._due_at = math.inf if wait_ms is None else time.monotonic() + wait_ms / 1000

    # On the lane.

    def _find_server(self) -> None:
        if not self._connections.is_refused():
            server.find(self._mirror.account_id)

    def _hand_over(self) -> None:
        """The first that is ready; then the next, behind whatever waits in this lane."""
        ready = submit.ready(self._mirror.account_id)
        if not ready or self._connections.is_refused() or not self._mirror.may_go_on():
            return
        self.in_flight = frozenset({ready[0].action.pk})
        try:
            submit.hand_over(self._mirror, ready[0])
        except submit.SecretRefused as error:
            self._connections.note_refused(error.version)
            raise SignInRefused("smtp") from None
        finally:
            self.in_flight = frozenset()
            self._on_news()
        self._submit_job("submit", "mail", self._hand_over)
