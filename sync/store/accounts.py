"""Accounts: their secret, their state, their choice of an archive."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from django.db import transaction

from sync.bus.doorbell import ring, shard_of
from sync.endpoint import Endpoint, Security
from sync.feed import AccountRow, Connectivity, Identity
from sync.keys import keyring, seal_json
from sync.mail import Role
from sync.mime.address_syntax import check_address
from sync.mime.html import has_content, sanitise_outgoing
from sync.mime.refuse import check_line
from sync.models import Account, Folder, Shard, new_id
from sync.store.clock import now_ms
from sync.store.commit import change
from sync.store.rows import account_row_of, identities_of

MAX_DOMAINS = 500
MAX_SIGNATURE_CHARS = 50_000  # of HTML, a logo inside it included
MAX_SIGNATURES_CHARS = 150_000  # of all identities: they travel in the account's row, to every browser


class SignaturesTooLarge(Exception):
    """Formatted signatures beyond what is kept, one or all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How to sign in; `version` changes with every new secret."""

    endpoint: Endpoint
    imap_user: str
    secret: str
    version: int
    preset: str


def open_account(*, endpoint: Endpoint, imap_user: str, address: str, preset: str, secret: str) -> str:
    """Find or create the account of (host, IMAP user), store the secret that just worked, wake its owner. → id."""
    with transaction.atomic():
        account = _find_or_create(endpoint, imap_user, address, preset)
        # The way that worked a moment ago: a server may have moved to another port.
        Account.objects.filter(pk=account.pk).update(port=endpoint.port, security=endpoint.security)
    replace_secret(str(account.id), secret)
    return str(account.id)


def _find_or_create(endpoint: Endpoint, imap_user: str, address: str, preset: str) -> Account:
    pk = new_id()
    shard = shard_of(str(pk))
    fence = Shard.objects.filter(pk=shard).values_list("fence", flat=True).first() or 0
    account, _ = Account.objects.get_or_create(
        host=endpoint.host,
        imap_user=imap_user,
        defaults={
            "id": pk,
            "port": endpoint.port,
            "security": endpoint.security,
            "address": address,
            "preset": preset,
            "secret": b"",
            "shard": shard,
            "fence": fence,
            "state_since": now_ms(),
        },
    )
    return account


def replace_secret(account_id: str, secret: str) -> None:
    """A secret that the server accepted a moment ago. Ends `sign_in_refused` in place; cache and queue stay."""
    with change(account_id) as made:
        account = Account.objects.get(pk=account_id)
        account.secret = keyring().seal(secret.encode(), f"secret:{account.id}")
        account.secret_version += 1
        fields = ["secret", "secret_version"]
        if account.state == "sign_in_refused":
            account.state, account.code, account.state_since = "reconnecting", "", now_ms()
            fields += ["state", "code", "state_since"]
        account.save(update_fields=fields)
        made.account = True
    ring(account_id, "secret")


def credentials(account_id: str) -> Credentials:
    """Raises WrongKey, Account.DoesNotExist."""
    account = Account.objects.get(pk=account_id)
    return Credentials(
        endpoint=Endpoint(host=account.host, port=account.port, security=cast(Security, account.security)),
        imap_user=account.imap_user,
        secret=keyring().open(bytes(account.secret), f"secret:{account.id}").decode(),
        version=account.secret_version,
        preset=account.preset,
    )


def account_row(account_id: str) -> AccountRow:
    """What the status line needs. Raises Account.DoesNotExist."""
    return account_row_of(Account.objects.get(pk=account_id))


def current_epoch(account_id: str) -> str:
    return str(Account.objects.values_list("epoch", flat=True).get(pk=account_id))


def current_seq(account_id: str) -> int:
    return Account.objects.values_list("seq", flat=True).get(pk=account_id)


def set_state(
    account_id: str, fence: int, state: Connectivity, *, code: str = "", done: int = 0, expected: int = 0
) -> None:
    """Tell every browser how the account is doing; `state_since` moves only when the state does. Raises FenceLost."""
    account = Account.objects.get(pk=account_id)
    if (account.state, account.code, account.done, account.expected) == (state, code, done, expected):
        return
    since = account.state_since if account.state == state else now_ms()
    with change(account_id, fence) as made:
        Account.objects.filter(pk=account_id).update(
            state=state, code=code, state_since=since, done=done, expected=expected
        )
        made.account = True


def choose_archive(account_id: str, folder_id: str) -> None:
    """The person's answer to "which folder is the archive?". Raises Folder.DoesNotExist for a stranger's folder."""
    folder = Folder.objects.get(pk=folder_id, account_id=account_id, gone=False)
    with change(account_id) as made:
        Account.objects.filter(pk=account_id).update(archive=folder)
        made.account = True


def archive_folder(account_id: str) -> str:
    """The id of the chosen archive, else of the folder whose role it is, else ""."""
    account = Account.objects.select_related("archive").get(pk=account_id)
    if account.archive is not None and not account.archive.gone:
        return str(account.archive.id)
    found = Folder.objects.filter(account_id=account_id, role=Role.ARCHIVE, gone=False).first()
    return str(found.id) if found else ""


def set_writing(
    account_id: str,
    identities: Sequence[Identity],
    protected_domains: Sequence[str] | None = None,
    *,
    keep_html: Collection[str] = (),
) -> None:
    """As whom one writes here; the first identity is the default. `protected_domains`: all of them, None: as they are.
    `keep_html`: ids of identities whose formatted signature stays what it is.

    Raises ValueError for what no header of a mail may hold, SignaturesTooLarge.
    """
    for identity in identities:
        if len(identity.signature_html) > MAX_SIGNATURE_CHARS:
            raise SignaturesTooLarge
        check_address(identity.email, "email")
        check_line(identity.name, "name")
        if identity.reply_to:
            check_address(identity.reply_to, "reply_to")
    safe = [replace(identity, signature_html=_safe_signature(identity.signature_html)) for identity in identities]
    fields: dict[str, Any] = {}
    if protected_domains is not None:
        domains = {domain.strip().lower().strip(".") for domain in protected_domains} - {""}
        fields["protected_domains"] = " ".join(sorted(domains))
    with change(account_id) as made:
        kept = _with_html(account_id, safe, keep_html)
        if sum(len(identity.signature_html) for identity in kept) > MAX_SIGNATURES_CHARS:
            raise SignaturesTooLarge
        sealed = seal_json([asdict(identity) for identity in kept], f"identities:{account_id}")
        Account.objects.filter(pk=account_id).update(identities=sealed, **fields)
        made.account = True


def judge_domain(account_id: str, domain: str, *, protected: bool) -> None:
    """A person's word on one domain, kept for everybody: HIN protects mail to it, or it is not to be suggested again.

    One at a time and not the whole list: two who decide at once lose neither. Raises ValueError for what is no domain
    and when there are too many.
    """
    bare = domain.strip().lower().strip(".")
    check_address(f"a@{bare}", "domain")
    with change(account_id) as made:
        account = Account.objects.get(pk=account_id)
        there = set(account.protected_domains.split()) - {bare}
        declined = set(account.declined_domains.split()) - {bare}
        (there if protected else declined).add(bare)
        if max(len(there), len(declined)) > MAX_DOMAINS:
            raise ValueError("too many domains")
        Account.objects.filter(pk=account_id).update(
            protected_domains=" ".join(sorted(there)), declined_domains=" ".join(sorted(declined))
        )
        made.account = True


def _with_html(account_id: str, identities: Sequence[Identity], keep_html: Collection[str]) -> list[Identity]:
    """Those of `keep_html` with the formatted signature that is stored, if there is one."""
    if not keep_html:
        return list(identities)
    stored = {one.id: one.signature_html for one in identities_of(Account.objects.get(pk=account_id))}
    return [replace(one, signature_html=stored.get(one.id, "")) if one.id in keep_html else one for one in identities]


def _safe_signature(html: str) -> str:
    """As it may stand in a mail; small pictures inside the markup stay. Raises BadField for what is too much."""
    safe = sanitise_outgoing(html, ())
    return safe.html if has_content(safe) else ""


def set_smtp(account_id: str, endpoint: Endpoint, max_bytes: int) -> None:
    """The SMTP server that took this account's secret; `max_bytes` is its SIZE (RFC 1870), 0 where it told none."""
    with change(account_id) as made:
        Account.objects.filter(pk=account_id).update(
            smtp_host=endpoint.host,
            smtp_port=endpoint.port,
            smtp_security=endpoint.security,
            max_bytes=max_bytes,
        )
        made.account = True
    ring(account_id, "actions")


def smtp_endpoint(account_id: str) -> Endpoint | None:
    """None until one is known."""
    account = Account.objects.get(pk=account_id)
    if not account.smtp_host:
        return None
    security = cast(Security, account.smtp_security)
    return Endpoint(host=account.smtp_host, port=account.smtp_port, security=security)


def purge(account_id: str) -> None:
    """Forget an account and all that was mirrored of it."""
    Account.objects.filter(pk=account_id).delete()
