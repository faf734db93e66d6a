"""Which SMTP server an account sends by: the preset's, the one of the installation, the one its domain names
(RFC 6186), else the one that a person says once. Only one that is listed, and that takes the account's own secret."""

import logging

from django.conf import settings

from sync.endpoint import Endpoint, HostPolicy, HostRefused
from sync.smtp.discover import Resolver, find_submission
from sync.smtp.errors import SignInRefused, SmtpError
from sync.smtp.submission import probe
from sync.store import accounts

HIN = Endpoint(host="smtp.mail.hin.ch", port=587, security="starttls")

log = logging.getLogger("sync.push")


class ServerRefused(Exception):
    """`code`: host_not_listed, unreachable, refused."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def find(account_id: str) -> None:
    """What can be known without asking. Nothing found is no error: it is asked when it is needed."""
    if accounts.smtp_endpoint(account_id) is not None:
        return
    account = accounts.account_row(account_id)
    if account.preset == "hin":
        accounts.set_smtp(account_id, HIN, 0)
        return
    for endpoint in [settings.SMTP_SERVER] if settings.SMTP_SERVER is not None else _named_by(account.address):
        try:
            prove(account_id, endpoint)
        except ServerRefused as error:
            log.info("account=%s submission server %s", account_id, error.code)
        else:
            return


def prove(account_id: str, endpoint: Endpoint) -> None:
    """Sign in there, and keep it. Raises ServerRefused."""
    policy: HostPolicy = settings.SMTP_HOST_POLICY
    try:
        address = policy.resolve(endpoint)
    except HostRefused as error:
        raise ServerRefused("unreachable" if error.code == "unresolvable" else "host_not_listed") from None
    known = accounts.credentials(account_id)
    try:
        offers = probe(endpoint, address, user=known.imap_user, secret=known.secret)
    except SignInRefused:
        raise ServerRefused("refused") from None
    except (SmtpError, ValueError):
        raise ServerRefused("unreachable") from None
    accounts.set_smtp(account_id, endpoint, offers.size_bytes or 0)


def _named_by(address: str) -> list[Endpoint]:
    """What the domain says itself."""
    return find_submission(address.rpartition("@")[2], Resolver())
