"""The folder that an action goes to; a missing Trash or Drafts is made, as every mail program does."""

import logging

from sync.imap.connection import Connection
from sync.imap.errors import CommandRefused
from sync.mail import Role
from sync.plan.actions import QueuedAction
from sync.pull import Mirror, open_folder, pull_listing
from sync.store import accounts, folders
from sync.store.folders import Cursor

log = logging.getLogger("sync.push")

NAMES = {Role.TRASH: "Trash", Role.DRAFTS: "Drafts", Role.SENT: "Sent", Role.ARCHIVE: "Archive"}


def target_of(connection: Connection, mirror: Mirror, action: QueuedAction) -> str:
    """Its id, or "". Raises the wrapper's errors."""
    if action.kind == "move":
        wanted = folders.cursor(str(action.args.get("to", "")))
        mine = wanted is not None and wanted.id in folders.by_path(mirror.account_id).values()
        return wanted.id if wanted is not None and mine else ""
    if action.kind == "archive":
        return _archive(connection, mirror, create=bool(action.args.get("create")))
    if action.kind == "trash":
        return _with_role(mirror, Role.TRASH) or _make(connection, mirror, Role.TRASH)
    return ""


def folder_for(connection: Connection, mirror: Mirror, role: Role) -> Cursor:
    """Where drafts, or copies of what was sent, are kept. Raises CommandRefused where none can be made."""
    folder_id = _with_role(mirror, role) or _make(connection, mirror, role)
    found = folders.cursor(folder_id) if folder_id else None
    if found is not None and found.known.uidvalidity is None:
        open_folder(connection, mirror, found)
        found = folders.cursor(found.id)
    if found is None:
        raise CommandRefused(f"no_{role.value}_folder")
    return found


def _archive(connection: Connection, mirror: Mirror, *, create: bool) -> str:
    chosen = accounts.archive_folder(mirror.account_id)
    if chosen:
        return chosen
    return _make(connection, mirror, Role.ARCHIVE) if create else ""


def _make(connection: Connection, mirror: Mirror, role: Role) -> str:
    """Raises CommandRefused when the server makes none and nobody else did."""
    refused: CommandRefused | None = None
    try:
        name = _below_inbox_if_needed(mirror, NAMES[role])
        connection.create_folder(name, special_use=f"\\{role.value.capitalize()}")
    except CommandRefused as error:
        refused = error
    pull_listing(connection, mirror)
    found = _with_role(mirror, role)
    if refused is not None and not found:
        log.warning("push account=%s create=%s refused", mirror.account_id, role.value)
        raise refused
    return found


def _below_inbox_if_needed(mirror: Mirror, name: str) -> str:
    """Some servers keep every folder below INBOX (Courier, some Cyrus): go where the others are."""
    paths = [path for path in folders.by_path(mirror.account_id) if path.upper() != "INBOX"]
    below = [path for path in paths if path.upper().startswith("INBOX") and len(path) > 5]
    return f"INBOX{below[0][5]}{name}" if paths and len(below) == len(paths) else name


def _with_role(mirror: Mirror, role: Role) -> str:
    found = folders.with_role(mirror.account_id, role)
    return found.id if found else ""
