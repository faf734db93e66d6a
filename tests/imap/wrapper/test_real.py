"""The wrapper against a real Dovecot: with every extension, and with hardly any."""

import select
from collections.abc import Callable

import pytest

from deploy.embedded.dovecot import Dovecot
from sync.endpoint import Endpoint
from sync.imap.connection import Connection, ResyncPoint, connect
from sync.imap.errors import CommandRefused, SignInRefused, TryAgain
from sync.imap.idle import FolderDirty, FoldersChanged, Hint
from sync.mail import Copied, Flag, Flags, FlagState, Role, UidSet
from sync.plan.roles import assign_roles
from tests.imap.wrapper.conftest import open_line
from tests.support.messages import make_message
from tests.support.mirrored import Mirrored
from tests.support.scripted_server import Dribble
from tests.support.world import World

LOCAL = "127.0.0.1"


# Every extension


def test_qresync_tells_what_vanished_and_what_changed(connection: Connection, world: World) -> None:
    uids = [world.append("INBOX", subject=f"mail {number}") for number in range(5)]
    first = connection.select("INBOX")
    assert first.highestmodseq
    world.delete("INBOX", uids[1])
    world.flag("INBOX", uids[3], "\\Flagged")
    world.append("INBOX", subject="neu")
    since = ResyncPoint(uidvalidity=first.uidvalidity, modseq=first.highestmodseq, known=UidSet.of(uids))
    again = connection.select("INBOX", since=since)
    assert again.resynced
    assert list(again.vanished) == [uids[1]]
    assert again.changed[uids[3]].flags == Flags(Flag.FLAGGED)
    assert uids[0] not in again.changed
    assert again.highestmodseq is not None and again.highestmodseq > first.highestmodseq
    assert (again.exists, again.uidnext) == (5, uids[-1] + 2)


def test_qresync_with_another_uidvalidity_is_no_resync(connection: Connection, world: World) -> None:
    world.append("INBOX", subject="eins")
    uidvalidity = connection.select("INBOX").uidvalidity
    again = connection.select("INBOX", since=ResyncPoint(uidvalidity=uidvalidity + 1, modseq=1))
    assert not again.resynced
    assert not again.vanished


def test_a_modseq_rises_with_a_change_and_not_with_its_repetition(connection: Connection, world: World) -> None:
    uid = world.append("INBOX", subject="eins")
    only = UidSet.of([uid])

    def modseq() -> int | None:
        return connection.statuses(["INBOX"])["INBOX"].highestmodseq

    connection.select("INBOX")
    connection.store_flags(only, add=Flags(Flag.SEEN))
    once = modseq()
    connection.select("INBOX")
    connection.store_flags(only, add=Flags(Flag.SEEN))
    assert once and modseq() == once
    connection.select("INBOX")
    connection.store_flags(only, remove=Flags(Flag.SEEN))
    assert (modseq() or 0) > once


def test_flags_are_deltas(connection: Connection, world: World) -> None:
    uid = world.append("INBOX", subject="eins", flags="\\Answered Labor")
    connection.select("INBOX")
    connection.store_flags(
        UidSet.of([uid]), add=Flags(Flag.SEEN | Flag.FORWARDED, frozenset({"Wichtig"})), remove=Flags(Flag.DRAFT)
    )
    assert world.flags_of("INBOX", uid) == {"\\Answered", "\\Seen", "$Forwarded", "Labor", "Wichtig"}


def test_a_store_on_what_is_gone_succeeds_and_only_asking_tells(connection: Connection, world: World) -> None:
    uid = world.append("INBOX", subject="eins")
    connection.select("INBOX")
    world.delete("INBOX", uid)
    connection.store_flags(UidSet.of([uid]), add=Flags(Flag.SEEN))
    assert connection.fetch_flags(UidSet.of([uid])) == {}


def test_a_move_tells_where_and_of_what_is_gone_nothing(connection: Connection, world: World) -> None:
    world.create("Labor")
    here, gone = world.append("INBOX", subject="hier"), world.append("INBOX", subject="weg")
    connection.select("INBOX")
    world.delete("INBOX", gone)
    moved = connection.move(UidSet.of([here, gone]), "Labor")
    assert list(moved.uids) == [here]
    assert connection.harvest().vanished == UidSet.of([here, gone])
    assert moved.uidvalidity == connection.select("Labor").uidvalidity
    assert list(connection.fetch_flags(UidSet.of([moved.uids[here]]))) == [moved.uids[here]]
    connection.select("INBOX")
    assert connection.move(UidSet.of([gone]), "Labor") == Copied()


def test_vanished_during_other_commands_is_harvested(connection: Connection, world: World) -> None:
    first, second = world.append("INBOX", subject="eins"), world.append("INBOX", subject="zwei")
    connection.select("INBOX")
    world.delete("INBOX", first)
    connection.noop()
    connection.fetch_flags(UidSet.of([second]))
    assert connection.harvest().vanished == UidSet.of([first])


def test_refusals_have_their_code(connection: Connection, world: World) -> None:
    world.create("Labor")
    with pytest.raises(CommandRefused, match=r"^refused$"):  # Dovecot names the folder here, and no code
        connection.select("Nirgends")
    with pytest.raises(CommandRefused, match="alreadyexists"):
        connection.create_folder("Labor")
    connection.select("INBOX")
    assert connection.move(UidSet.of([99]), "INBOX") == Copied()
    with pytest.raises(CommandRefused, match="trycreate"):
        connection.append("Nirgends", b"x\r\n")
    connection.noop()


def test_a_refused_secret(dovecot: Dovecot, user: str) -> None:
    dovecot.refuse(user)
    endpoint = Endpoint(host=LOCAL, port=dovecot.port, security="plain")
    with connect(endpoint, LOCAL) as refused, pytest.raises(SignInRefused, match="authenticationfailed"):
        refused.sign_in(user, "secret")


def test_secrets_with_umlauts_and_quotes(plain_dovecot: Dovecot, dovecot: Dovecot, user: str) -> None:
    """By SASL PLAIN, and by LOGIN."""
    for server in (dovecot, plain_dovecot):
        odd = connect(Endpoint(host=LOCAL, port=server.port, security="plain"), LOCAL)
        odd.sign_in(user, 'gehéim "\\ß')
        odd.noop()
        odd.close()


def test_names_with_umlauts_on_a_real_server(connection: Connection, world: World) -> None:
    for name in ("Entwürfe & Ärzte", 'mit "Anführung"', "Über.Unter"):
        connection.create_folder(name)
        world_uid = connection.append(name, b"Subject: x\r\n\r\n").uids[0]
        assert connection.select(name).uidnext == world_uid + 1
        assert connection.statuses([name])[name].messages == 1
        assert name in [listing.name for listing in connection.list_folders()]


def test_an_append_with_date_and_flags(connection: Connection) -> None:
    at = 1772355600000
    told = connection.append("INBOX", b"Subject: x\r\n\r\n", flags=Flags(Flag.SEEN | Flag.DRAFT), received_at=at)
    connection.select("INBOX")
    (found,) = connection.fetch_messages(UidSet.of(told.uids.values()))
    assert (found.received_at, found.flags) == (at, Flags(Flag.SEEN | Flag.DRAFT))


def test_a_message_id_is_found_above_the_bound(connection: Connection, world: World) -> None:
    raw = b'Message-ID: <a"b@x.example>\r\nSubject: x\r\n\r\n'
    uids = [world.append("INBOX", raw) for _ in range(2)]
    connection.select("INBOX")
    assert connection.find_message_id('<a"b@x.example>') == uids
    assert connection.find_message_id('<a"b@x.example>', from_uid=uids[1]) == uids[1:]
    assert connection.find_message_id('<a"b@x.example>', from_uid=uids[1] + 1) == []


def test_a_folder_opened_read_only_keeps_its_flags(connection: Connection, world: World) -> None:
    uid = world.append("INBOX", subject="eins")
    assert connection.select("INBOX", read_only=True).read_only
    assert connection.fetch_flags(UidSet.of([uid])) == {uid: FlagState(flags=Flags(), modseq=None)}
    # Dovecot says OK to this and does nothing: only asking tells.
    connection.store_flags(UidSet.of([uid]), add=Flags(Flag.SEEN))
    assert connection.fetch_flags(UidSet.of([uid]))[uid].flags == Flags()
    assert not connection.select("INBOX").read_only


# Watching


def wait_for(watching: Connection, wanted: Callable[[Hint], bool]) -> Hint:
    while True:
        assert select.select([watching], [], [], 10)[0], "nothing came"
        for hint in watching.pump():
            if wanted(hint):
                return hint


def test_notify_tells_of_every_folder(connection: Connection, world: World) -> None:
    assert "NOTIFY" in connection.capabilities
    connection.select("INBOX", read_only=True)
    connection.start_watching()
    world.append("Sent", subject="eins")
    found = wait_for(connection, lambda hint: isinstance(hint, FolderDirty) and hint.name == "Sent")
    assert isinstance(found, FolderDirty) and found.status and found.status.messages == 1
    world.append("INBOX", subject="zwei")
    wait_for(connection, lambda hint: isinstance(hint, FolderDirty) and hint.name in (None, "INBOX"))
    world.create("Entwürfe-neu".replace("ü", "&APw-"))
    wait_for(connection, lambda hint: isinstance(hint, FoldersChanged))
    connection.stop_watching()
    connection.noop()


def test_idle_alone_tells_of_the_selected_folder(plain_dovecot: Dovecot, user: str) -> None:
    world = World(LOCAL, plain_dovecot.port, user)
    with open_line(plain_dovecot, user) as watching:
        watching.select("INBOX", read_only=True)
        watching.start_watching()
        world.append("INBOX", subject="eins")
        wait_for(watching, lambda hint: hint == FolderDirty(None))
        watching.stop_watching()
    world.close()


def test_a_server_that_drops_us_ends_the_watch(dovecot: Dovecot, connection: Connection, user: str) -> None:
    connection.select("INBOX", read_only=True)
    connection.start_watching()
    dovecot.kick(user)
    with pytest.raises(TryAgain):
        wait_for(connection, lambda _: False)


# Folders for a purpose


def test_special_use_says_what_a_folder_is_for(connection: Connection) -> None:
    roles = assign_roles(connection.list_folders())
    assert {name: role for name, role in roles.items() if role} == {
        "INBOX": Role.INBOX,
        "Drafts": Role.DRAFTS,
        "Sent": Role.SENT,
        "Archive": Role.ARCHIVE,
        "Junk": Role.JUNK,
        "Trash": Role.TRASH,
    }


BY_LANGUAGE = {
    "de": {"Entwürfe": "drafts", "Gesendete Elemente": "sent", "Archiv": "archive", "Papierkorb": "trash"},
    "fr": {"Brouillons": "drafts", "Éléments envoyés": "sent", "Archives": "archive", "Corbeille": "trash"},
    "it": {"Bozze": "drafts", "Posta inviata": "sent", "Archivio": "archive", "Cestino": "trash"},
    "en": {"Drafts": "drafts", "Sent Items": "sent", "Archive": "archive", "Deleted Items": "trash"},
}


@pytest.mark.parametrize("language", BY_LANGUAGE)
def test_without_special_use_the_name_says_it(
    dovecot_without_special_folders: Dovecot, user: str, language: str
) -> None:
    with open_line(dovecot_without_special_folders, user) as connection:
        for name in BY_LANGUAGE[language]:
            connection.create_folder(name)
        roles = assign_roles(connection.list_folders())
    assert {name: role.value for name, role in roles.items()} == {"INBOX": "inbox", **BY_LANGUAGE[language]}


# Bytes


def test_opening_a_large_message_transfers_only_its_text(connection: Connection, world: World) -> None:
    scan = ("application/pdf", bytes(10 * 1024 * 1024))
    world.append(
        "INBOX", make_message(subject="Röntgen", body="Befund im Anhang. " * 280, attachments={"scan.pdf": scan})
    )
    connection.select("INBOX")
    with Dribble(connection, [1 << 20]) as line:
        (found,) = connection.fetch_messages(connection.search_uids())
        text = connection.fetch_part(found.uid, "1")
        assert line.received_bytes < 100_000
        assert found.size > 10_000_000
        assert len(text) > 5000
        pieces = connection.stream_part(found.uid, "2")
        assert len(next(pieces)) == 65536
        assert line.received_bytes < 200_000


# Hardly any extension


def test_a_plain_server_syncs(plain_dovecot: Dovecot, user: str, transactional_db: None) -> None:
    world, mirrored = World(LOCAL, plain_dovecot.port, user), Mirrored(LOCAL, plain_dovecot.port, user)
    assert mirrored.connection.capabilities == {"IMAP4REV1", "IDLE", "UIDPLUS"}
    world.create("Labor")
    mirrored.sync()
    for number in range(4):
        world.append("INBOX", subject=f"mail {number}", body="Kalium erhöht.")
    mirrored.sync()
    assert mirrored.subjects() == [f"mail {number}" for number in range(4)]
    assert mirrored.rows()[0].preview.startswith("Kalium")
    seq = mirrored.replica.catch_up().seq
    mirrored.sync()
    assert mirrored.replica.catch_up().seq == seq

    kept = mirrored.row("mail 0").id
    world.flag("INBOX", "mail 1", "\\Flagged")
    world.move("INBOX", "mail 0", "Labor")
    world.delete("INBOX", "mail 2")
    world.append("INBOX", subject="mail 4")
    mirrored.sync()
    assert mirrored.subjects() == ["mail 1", "mail 3", "mail 4"]
    assert mirrored.row("mail 0", "Labor").id == kept
    # Without modseqs a flag alone changes nothing that STATUS tells; with other news it comes along.
    assert mirrored.row("mail 1").flags & Flag.FLAGGED

    assert mirrored.act("trash", mirrored.row("mail 3").id).state == "done"
    assert world.subjects("Trash") == ["mail 3"]
    assert world.subjects("INBOX") == ["mail 1", "mail 4"]
    assert mirrored.act("flag", kept, add=int(Flag.SEEN), remove=0).state == "done"
    assert world.flags_of("Labor", "mail 0") == {"\\Seen"}
    mirrored.sync()
    assert mirrored.subjects("Trash") == ["mail 3"]
    mirrored.check_laws()
    mirrored.close()
    world.close()


def test_a_move_without_move_leaves_what_others_marked(plain_dovecot: Dovecot, user: str) -> None:
    world = World(LOCAL, plain_dovecot.port, user)
    mine, others = world.append("INBOX", subject="meins"), world.append("INBOX", subject="markiert")
    world.mark_deleted("INBOX", others)
    with open_line(plain_dovecot, user) as connection:
        connection.select("INBOX")
        moved = connection.move(UidSet.of([mine]), "Archive")
        assert list(moved.uids) == [mine]
    assert world.subjects("INBOX") == ["markiert"]
    assert world.subjects("Archive") == ["meins"]
    assert world.flags_of("Archive", "meins") == set()
    world.close()


def test_without_uidplus_nothing_is_expunged(plainest_dovecot: Dovecot, user: str) -> None:
    world = World(LOCAL, plainest_dovecot.port, user)
    mine, others = world.append("INBOX", subject="meins"), world.append("INBOX", subject="markiert")
    world.mark_deleted("INBOX", others)
    with open_line(plainest_dovecot, user) as connection:
        connection.select("INBOX")
        connection.move(UidSet.of([mine]), "Archive")
        connection.expunge(UidSet.of([others]))
    assert world.subjects("INBOX") == ["markiert", "meins"]
    assert world.flags_of("INBOX", mine) == {"\\Deleted"}
    assert world.subjects("Archive") == ["meins"]
    world.close()


def test_the_plainest_server_syncs_and_destroys_by_hiding(
    plainest_dovecot: Dovecot, user: str, transactional_db: None
) -> None:
    world, mirrored = World(LOCAL, plainest_dovecot.port, user), Mirrored(LOCAL, plainest_dovecot.port, user)
    for number in range(3):
        world.append("INBOX", subject=f"mail {number}")
    mirrored.sync()
    assert mirrored.act("trash", mirrored.row("mail 1").id).state == "done"
    mirrored.sync()
    assert mirrored.subjects() == ["mail 0", "mail 2"]
    assert mirrored.subjects("Trash") == ["mail 1"]
    assert mirrored.act("destroy", mirrored.row("mail 1", "Trash").id).state == "done"
    mirrored.sync()
    assert mirrored.subjects("Trash") == []
    assert world.flags_of("Trash", "mail 1") == {"\\Deleted"}
    mirrored.check_laws()
    mirrored.close()
    world.close()


def test_a_plain_server_refuses_to_idle_where_it_does_not_offer_it(plainest_dovecot: Dovecot, user: str) -> None:
    with open_line(plainest_dovecot, user) as connection:
        assert not connection.capabilities & {"IDLE", "NOTIFY", "MOVE", "QRESYNC", "CONDSTORE", "UIDPLUS"}
        connection.select("INBOX")
        assert connection.select("INBOX").highestmodseq is None
        assert connection.statuses(["INBOX", "Nirgends"]).keys() == {"INBOX"}
        assert connection.search_uids() == UidSet()
