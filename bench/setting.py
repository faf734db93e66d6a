"""The whole product around one mailbox of a given size."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.chromium import Chromium, chromium
from bench.mailbox import fill
from bench.progress import say
from deploy.embedded.dovecot import Dovecot
from tests.support.stack import Stack

USER = "praxis"


class Setting(NamedTuple):
    stack: Stack
    chromium: Chromium

    @property
    def imap_port(self) -> int:
        return self.stack.dovecot.port


@contextmanager
def setting(messages: int) -> Iterator[Setting]:
    with Dovecot() as dovecot, TemporaryDirectory(prefix="bench-") as folder:
        say(f"  writing {messages} messages")
        fill(dovecot.mail_of(USER), messages)
        with Stack(Path(folder), dovecot=dovecot) as stack, chromium(stack) as browser:
            yield Setting(stack, browser)
