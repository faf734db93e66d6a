"""The SMTP server that a person names, where it cannot be found out (`sync/push/server.py`)."""

from sync.endpoint import Endpoint, Security
from sync.push import server
from webmail.accounts.sign_in import has_control


class SmtpRefused(Exception):
    """`code`: host_not_listed, unreachable, refused, bad_input."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def choose_smtp(account_id: str, *, host: str, port: int, security: Security) -> None:
    """Proven by signing in to it with the account's own secret. Raises SmtpRefused."""
    if not host.strip() or has_control(host):
        raise SmtpRefused("bad_input")
    try:
        server.prove(account_id, Endpoint(host=host.strip().lower().rstrip("."), port=port, security=security))
    except server.ServerRefused as error:
        raise SmtpRefused(error.code) from None
