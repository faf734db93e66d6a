"""The SMTP dialogue of one mail, on a lane of its own: a slow server must not hold up anything else of the account.

Each phase is stored before it is begun. Before the final dot everything may be repeated; after a lost answer to it
nothing is repeated by itself.
"""

import logging
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections

from sync.endpoint import Endpoint, HostPolicy, HostRefused
from sync.feed import RefusedRecipient
from sync.plan.actions import QueuedAction
from sync.plan.retry import retry_in_ms
from sync.pull import Mirror
from sync.smtp.errors import AnswerLost, Refusal, Rejected, SignInRefused, SmtpError
from sync.smtp.submission import Phase, submit
from sync.store import accounts, submissions
from sync.store.accounts import Credentials
from sync.store.clock import now_ms
from sync.store.submissions import SAFE_PHASES, OnItsWay, Withdrawn

log = logging.getLogger("sync.push")

INSIST_S = 20.0  # how long a database may be away
INSIST_AGAIN_S = 0.2


class LeaseInDoubt(Exception):
    """Ours may be another worker's account in a moment: stop before the next step. Nothing was accepted yet."""


class SecretRefused(Exception):
    """The server does not take this `version` of the account's secret: the mail waits for another."""

    def __init__(self, version: int) -> None:
        super().__init__(str(version))
        self.version = version


def ready(account_id: str) -> list[OnItsWay]:
    """What may be handed over now, in order of arrival."""
    return [
        item for item in submissions.of_account(account_id) if item.phase in SAFE_PHASES and item.due_at <= now_ms()
    ]


def hand_over(mirror: Mirror, on_its_way: OnItsWay) -> None:
    """Raises SecretRefused, FenceLost, and what a database raises that stays away."""
    endpoint = accounts.smtp_endpoint(mirror.account_id)
    if endpoint is None:
        submissions.settle(mirror.account_id, mirror.fence, on_its_way.action, "failed", detail="no_smtp")
        return
    credentials = accounts.credentials(mirror.account_id)
    try:
        _dialogue(mirror, on_its_way.action, endpoint, credentials)
    except (LeaseInDoubt, Withdrawn):
        return
    except SignInRefused:
        _insist(mirror, partial(_put_off, mirror, on_its_way.action, due_at=0, detail="sign_in"))
        raise SecretRefused(credentials.version) from None
    except (SmtpError, HostRefused) as error:
        _insist(mirror, partial(_not_accepted, mirror, on_its_way, error))
    else:
        _insist(mirror, partial(submissions.note_accepted, mirror.account_id, mirror.fence, on_its_way.action))
        log.info("submit account=%s accepted", mirror.account_id)


def _insist(mirror: Mirror, note: Callable[[], None]) -> None:
    """What the server said nobody else knows: a database that is away for a moment must not make a question of it.
    Should another worker have taken over meanwhile, the fence stops us. A worker that is told to stop gives up: its
    successor goes by the phase that is stored. Raises what `note` does."""
    until = time.monotonic() + INSIST_S
    while True:
        try:
            return note()
        except DatabaseError:
            if time.monotonic() > until or mirror.stopping.is_set():
                raise
        close_old_connections()
        mirror.stopping.wait(INSIST_AGAIN_S)


def _dialogue(mirror: Mirror, action: QueuedAction, endpoint: Endpoint, credentials: Credentials) -> None:
    policy: HostPolicy = settings.SMTP_HOST_POLICY
    address = policy.resolve(endpoint)
    letter = submissions.letter_of(action)
    submit(
        endpoint,
        address,
        user=credentials.imap_user,
        secret=credentials.secret,
        sender=letter.sender,
        recipients=letter.recipients,
        message=letter.content,
        on_phase=_noting(mirror, action),
    )


def _noting(mirror: Mirror, action: QueuedAction) -> Callable[[Phase], None]:
    def note(phase: Phase) -> None:
        if not mirror.may_go_on():
            raise LeaseInDoubt
        submissions.note_phase(mirror.account_id, mirror.fence, action, phase)

    return note


def _not_accepted(mirror: Mirror, on_its_way: OnItsWay, error: SmtpError | HostRefused) -> None:
    """Or nobody knows."""
    action = on_its_way.action
    if isinstance(error, AnswerLost):
        at = now_ms()
        submissions.put_off(mirror.account_id, mirror.fence, action, due_at=at, detail="looking")
    elif isinstance(error, Rejected):
        refused = [_row(email, refusal) for email, refusal in error.refused.items()]
        if not refused and error.said is not None:
            refused = [_row("", error.said)]
        submissions.settle(mirror.account_id, mirror.fence, action, "failed", detail=error.code, refused=refused)
    else:
        _later(mirror, on_its_way, error.code)


def _later(mirror: Mirror, on_its_way: OnItsWay, code: str) -> None:
    action = on_its_way.action
    wait_ms = retry_in_ms(on_its_way.attempts + 1, now_ms() - on_its_way.began_at)
    log.warning("submit account=%s code=%s again_in_ms=%s", mirror.account_id, code, wait_ms)
    if wait_ms is None:
        submissions.settle(mirror.account_id, mirror.fence, action, "failed", detail="gave_up")
    else:
        _put_off(mirror, action, due_at=now_ms() + wait_ms, detail=code)


def _put_off(mirror: Mirror, action: QueuedAction, *, due_at: int, detail: str) -> None:
    """Nothing was taken, also when the final dot was answered."""
    submissions.put_off(mirror.account_id, mirror.fence, action, due_at=due_at, detail=detail, phase="queued")


def _row(email: str, refusal: Refusal) -> RefusedRecipient:
    return RefusedRecipient(email=email, code=refusal.reply_code, text=refusal.words)
