"""What one round trip tells of many folders or many messages, and what comes along uninvited."""

from deploy.embedded.dovecot import Dovecot
from sync.imap.connection import Connection
from sync.mail import Role, UidSet
from sync.plan.roles import assign_roles
from tests.imap.wrapper.conftest import open_line
from tests.support.world import World


def test_what_vanished_is_told_with_the_folder_it_vanished_from(connection: Connection, world: World) -> None:
    world.create("Labor")
    first, second = world.append("INBOX", subject="eins"), world.append("INBOX", subject="zwei")
    connection.select("INBOX")
    world.delete("INBOX", first)
    connection.noop()
    connection.fetch_flags(UidSet.of([second]))
    connection.select("Labor")
    assert connection.harvest().folders == {"INBOX"}
    assert connection.harvest().folders == frozenset()


def test_one_answer_tells_which_folders_there_are_and_how_they_stand(connection: Connection, world: World) -> None:
    world.create("Labor")
    uid = world.append("Labor", subject="eins")
    connection.select("Labor")
    before = connection._imap.tagnum
    surveyed = connection.survey()
    assert connection._imap.tagnum - before == 2  # the folder is left first
    assert surveyed is not None
    listings, statuses = surveyed
    assert {listing.name for listing in listings} == set(world.folders()) == set(statuses)
    assert assign_roles(listings)["Trash"] is Role.TRASH
    assert (statuses["Labor"].messages, statuses["Labor"].uidnext, statuses["Labor"].unseen) == (1, uid + 1, 1)


def test_a_server_without_list_status_is_not_surveyed(plain_dovecot: Dovecot, user: str) -> None:
    with open_line(plain_dovecot, user) as connection:
        assert connection.survey() is None


def test_the_starts_of_many_messages_come_in_one_answer(connection: Connection, world: World) -> None:
    uids = [world.append("INBOX", subject=f"mail {number}", body=f"Text {number}") for number in range(3)]
    gone = world.append("INBOX", subject="weg")
    connection.select("INBOX")
    world.delete("INBOX", gone)
    world.flag("INBOX", uids[0], "\\Seen")  # told uninvited between the answers
    starts = connection.fetch_starts(UidSet.of([*uids, gone]), "1", 6)
    assert starts == {uid: f"Text {number}".encode() for number, uid in enumerate(uids)}
    assert connection.fetch_starts(UidSet(), "1", 6) == {}
