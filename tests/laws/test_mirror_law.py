"""The mirror law: whatever the world and we do, after a sync the tables say what the server says.

world     another mail program: appends, flags, moves, deletes, makes, renames and removes folders
ours      actions through the outbox: flag, move, trash, archive
sync      the worker's own conductor a few minutes later: its sweeps, its looks at flags, its history
after     per folder the same subjects with the same flags; and the replay law of a replica from the start
"""

import uuid
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from deploy.embedded.dovecot import Dovecot
from sync.feed import ActionKind, Contact
from sync.mail import FLAG_NAMES, Flag, Flags
from sync.store import book
from sync.worker.conductor import LIST_EVERY_SWEEPS
from tests.support.by_hand import ByHand
from tests.support.mirrored import Mirrored
from tests.support.world import World

FOLDERS = ["INBOX", "Archive", "Labor"]
SYSTEM = [Flag.SEEN, Flag.FLAGGED, Flag.ANSWERED, Flag.FORWARDED]
folders = st.sampled_from(FOLDERS)
flags = st.sampled_from(SYSTEM)

Content = dict[str, Counter[tuple[str, Flag]]]


class MirrorLaw(RuleBasedStateMachine):
    """Rules name a message by its number; what the world took away meanwhile makes a rule do nothing."""

    server: Dovecot
    extra = Bundle("extra")

    @initialize()
    def begin(self) -> None:
        user = f"u{uuid.uuid4().hex[:12]}"
        self.world = World("127.0.0.1", self.server.port, user)
        self.world.create("Labor")
        self.mirrored = Mirrored("127.0.0.1", self.server.port, user)
        self.hand = ByHand(self.mirrored.mirror)
        self._sync()
        self.number = 0
        self.contacts = [str(uuid.uuid4()) for _ in range(4)]
        self.synced = True

    # The world

    @rule(folder=folders, flag=st.none() | flags)
    def arrives(self, folder: str, flag: Flag | None) -> None:
        self.number += 1
        self.world.append(folder, subject=f"mail {self.number}", flags=FLAG_NAMES[flag] if flag else "")
        self.synced = False

    @rule(folder=folders)
    def arrives_twice(self, folder: str) -> None:
        """The same Message-ID twice in one folder is legal."""
        self.number += 1
        for _ in range(2):
            self.world.append(folder, subject=f"mail {self.number}", message_id=f"<{self.number}@twice.example>")
        self.synced = False

    @rule(folder=folders, pick=st.integers(0, 99), flag=flags, add=st.booleans())
    def flagged_elsewhere(self, folder: str, pick: int, flag: Flag, add: bool) -> None:
        if uid := self._there(folder, pick):
            (self.world.flag if add else self.world.unflag)(folder, uid, FLAG_NAMES[flag])
            self.synced = False

    @rule(folder=folders, pick=st.integers(0, 99), to=folders)
    def moved_elsewhere(self, folder: str, pick: int, to: str) -> None:
        uid = self._there(folder, pick)
        if uid and folder != to:
            self.world.move(folder, uid, to)
            self.synced = False

    @rule(folder=folders, pick=st.integers(0, 99))
    def expunged_elsewhere(self, folder: str, pick: int) -> None:
        if uid := self._there(folder, pick):
            self.world.delete(folder, uid)
            self.synced = False

    @rule(folder=folders, pick=st.integers(0, 99))
    def marked_deleted_elsewhere(self, folder: str, pick: int) -> None:
        if uid := self._there(folder, pick):
            self.world.mark_deleted(folder, uid)
            self.synced = False

    @rule(target=extra)
    def folder_made(self) -> str:
        self.number += 1
        name = f"Ordner-{self.number}"
        self.world.create(name)
        self.world.append(name, subject=f"mail {self.number}")
        self.synced = False
        return name

    @rule(name=consumes(extra), target=extra)
    def folder_renamed(self, name: str) -> str:
        self.world.rename(name, f"{name}-neu")
        self.synced = False
        return f"{name}-neu"

    @rule(name=consumes(extra))
    def folder_removed(self, name: str) -> None:
        self.world.delete_folder(name)
        self.synced = False

    @rule(name=extra)
    def folder_started_over(self, name: str) -> None:
        self.world.delete_folder(name)
        self.world.create(name)
        self.world.append(name, subject="von vorn")
        self.synced = False

    # Ours

    @rule(folder=folders, pick=st.integers(0, 99), flag=flags, add=st.booleans())
    def we_flag(self, folder: str, pick: int, flag: Flag, add: bool) -> None:
        self._act("flag", folder, pick, add=int(flag) if add else 0, remove=0 if add else int(flag))

    @rule(folder=folders, pick=st.integers(0, 99), to=folders)
    def we_move(self, folder: str, pick: int, to: str) -> None:
        if folder != to:
            self._act("move", folder, pick, to=self.mirrored.folder(to).id)

    @rule(folder=folders, pick=st.integers(0, 99), kind=st.sampled_from(["trash", "archive"]))
    def we_put_away(self, folder: str, pick: int, kind: ActionKind) -> None:
        self._act(kind, folder, pick)

    @rule(pick=st.integers(0, 3), name=st.text(max_size=3))
    def we_write_a_contact(self, pick: int, name: str) -> None:
        shown = "".join(filter(str.isprintable, name))
        pk, emails = self.contacts[pick], [f"{pick}@a.example"]
        said = Contact(id=pk, name=shown, emails=emails, phone="", organisation="", note="", seq=0)
        book.put(self.mirrored.account_id, said)

    @rule(pick=st.integers(0, 3))
    def we_remove_a_contact(self, pick: int) -> None:
        book.remove(self.mirrored.account_id, "contact", self.contacts[pick])

    @rule()
    def sync(self) -> None:
        self._sync()
        self.synced = True

    @rule()
    def another_worker_takes_over(self) -> None:
        self.hand.close()
        self.hand = ByHand(self.mirrored.expire_and_take_over())

    @invariant()
    def equal_after_a_sync(self) -> None:
        if self.synced:
            assert self._tables() == self._server()

    def teardown(self) -> None:
        if not hasattr(self, "mirrored"):
            return
        try:
            self._sync()
            self.mirrored.bury()
            assert self._tables() == self._server()
            self.mirrored.check_laws()
        finally:
            self.hand.close()
            self.mirrored.close()
            self.world.close()

    def _sync(self) -> None:
        """As many sweeps as it takes until one of them lists the folders."""
        self.mirrored.time_passes()
        for _ in range(LIST_EVERY_SWEEPS):
            self.hand.work()
            self.hand.settle()

    def _act(self, kind: ActionKind, folder: str, pick: int, **args: int | str) -> None:
        rows = self.mirrored.rows(folder)
        if rows:
            self.mirrored.act(kind, rows[pick % len(rows)].id, **args)
            self.synced = False

    def _there(self, folder: str, pick: int) -> int | None:
        uids = sorted(self.world.dump()[folder])
        return uids[pick % len(uids)] if uids else None

    def _server(self) -> Content:
        return {
            folder: Counter((subject, Flags.from_names(names).bits) for subject, names in messages.values())
            for folder, messages in self.world.dump().items()
        }

    def _tables(self) -> Content:
        return {
            row.path: Counter(
                (message.subject, Flag(message.flags))
                for marked in (False, True)
                for message in self.mirrored.rows(row.path, marked_deleted=marked)
            )
            for row in self.mirrored.replica.catch_up().folders.values()
        }


LAW = settings(
    max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


@pytest.mark.usefixtures("transactional_db", "redis")
def test_the_tables_say_what_the_server_says(dovecot: Dovecot) -> None:
    run_state_machine_as_test(_law_of(dovecot), settings=LAW)


@pytest.mark.usefixtures("transactional_db", "redis")
def test_the_tables_say_what_a_server_without_extensions_says() -> None:
    with Dovecot(capabilities="IMAP4rev1 IDLE UIDPLUS") as server:
        run_state_machine_as_test(_law_of(server), settings=settings(LAW, max_examples=4))


def _law_of(dovecot: Dovecot) -> type[MirrorLaw]:
    return type("Law", (MirrorLaw,), {"server": dovecot})
