"""A new person before a mailbox of 50,000 messages: from the click on "Sign in" until its first rows are on the screen.

Each sample is another account, which the product has never seen. Its mailbox is in daily use elsewhere: the mail server
knows its files (index), but has read none of them for a list yet (cache).
"""

import shutil
import time

from bench import mailbox
from bench.chromium import FIRST_WINDOW, Eyes, sign_in
from bench.figure import Figure, p50
from bench.line import Line
from bench.progress import say
from bench.setting import USER, Setting, setting
from deploy.embedded.dovecot import Dovecot

MESSAGES = 50_000
SAMPLES = 20
_LIST = "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)"


def measure() -> list[Figure]:
    with setting(MESSAGES) as at:
        Line(at.imap_port, USER).close()
        bare, took = [], []
        for number in range(SAMPLES):
            bare.append(_bare(at.stack.dovecot))
            took.append(_sign_in(at, f"neu{number}"))
            say(f"  {number + 1}/{SAMPLES}: {took[-1]:.0f} ms, bare {bare[-1]:.0f} ms")
    return [Figure("first-window.p50", p50(took), "ms", p50(bare), 1500)]


def _sign_in(at: Setting, user: str) -> float:
    dovecot = at.stack.dovecot
    mailbox.copy(dovecot.mail_of(USER), dovecot.mail_of(user))
    app = at.chromium.new_app()
    sign_in(app, user)
    eyes = Eyes(app.page)
    took = eyes.first_window() - eyes.hand()
    app.context.close()
    _empty(dovecot, user)
    return took


def _empty(dovecot: Dovecot, user: str) -> None:
    """Its history must not be fetched while the next one is measured. (Refusing the user would slow everybody down:
    Dovecot makes whoever comes from the address of failed sign-ins wait.)"""
    mail = dovecot.mail_of(user)
    gone = mail.rename(mail.with_name(f"gone-{user}"))
    dovecot.kick(user)
    shutil.rmtree(gone)


def _bare(dovecot: Dovecot) -> float:
    """Signed in, opened, and the newest listed, over a line of its own."""
    (dovecot.mail_of(USER) / "dovecot.index.cache").unlink(missing_ok=True)
    began = time.perf_counter()
    with Line(dovecot.port, USER) as line:
        line.ask(f"FETCH {MESSAGES - FIRST_WINDOW + 1}:{MESSAGES} {_LIST}")
    return (time.perf_counter() - began) * 1000
