"""Writing mail through the API: intents with a composition, files in chunks, the server to send by."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest

from sync.models import Action, Upload
from sync.store import accounts, drafts, uploads
from tests.support.mirrored import Mirrored
from tests.support.scripted_smtp import Behaviour, ScriptedSmtp
from tests.support.world import World
from tests.support.writing import by_number, deliver, letter, reply, sends_by
from tests.web.person import PASSWORD, Person, code_of
from tests.web.test_identities import identity

CONTENT = bytes(range(256)) * 2000  # two chunks


def intent(kind: str, written: Any = None, **fields: Any) -> dict[str, Any]:
    composition = {"composition": asdict(written)} if written is not None else {}
    return {
        "v": 1,
        "id": str(uuid.uuid4()),
        "n": 1,
        "kind": kind,
        "targets": [],
        "args": {},
        "base_seq": 0,
        **composition,
        **fields,
    }


@pytest.fixture
def server() -> Iterator[ScriptedSmtp]:
    with ScriptedSmtp() as smtp:
        yield smtp


# Intents


def test_a_mail_is_sent_and_everybody_hears_of_it(
    alice: Person, bob: Person, mirrored: Mirrored, server: ScriptedSmtp
) -> None:
    sends_by(mirrored, server)
    mirrored.sync()
    (row,) = alice.act(intent("send", letter(), args={"hold_ms": 0}))["accepted"]
    assert (row["state"], row["subject"], row["device_name"]) == ("waiting", "Befund", "Empfang 1")
    deliver(mirrored)
    (told,) = bob.snapshot()["actions"]
    assert (told["state"], told["draft"], told["refused"]) == ("done", row["draft"], [])
    assert len(server.accepted) == 1


def test_the_time_to_take_it_back_is_kept(alice: Person, mirrored: Mirrored, server: ScriptedSmtp) -> None:
    sends_by(mirrored, server)
    mirrored.sync()
    (row,) = alice.act(intent("send", letter(), args={"hold_ms": 10_000}))["accepted"]
    assert 0 < row["due_at"] - row["created_at"] <= 10_000
    assert row["args"] == {"anyway": False}
    alice.post(f"/api/actions/{row['id']}/discard")
    deliver(mirrored)
    assert (alice.snapshot()["actions"][0]["detail"], server.connections) == ("discarded", 0)


def test_a_draft_says_to_everybody_how_to_go_on_with_it(
    alice: Person, bob: Person, mirrored: Mirrored, world: World
) -> None:
    world.append(subject="Anfrage")
    mirrored.sync()
    written = reply(mirrored.row("Anfrage").id)
    alice.act(intent("draft", written))
    deliver(mirrored)
    (row,) = bob.page("Drafts")["messages"]
    head = drafts.heads([row["id"]])[row["id"]]
    assert (head.draft, head.original, head.device_name) == (written.draft, written.original, "Empfang 1")
    (ended,) = bob.act(intent("discard", args={"draft": written.draft}, base_seq=head.seq))["accepted"]
    deliver(mirrored)
    assert [line["state"] for line in bob.snapshot()["actions"] if line["id"] == ended["id"]] == ["done"]
    assert [row["subject"] for row in bob.page("Trash")["messages"]] == ["Re: Befund"]


@pytest.mark.parametrize(
    "wrong",
    [
        intent("send"),
        intent("draft"),
        intent("flag", letter()),
        intent("discard"),
        intent("discard", args={"draft": "x"}),
        intent("discard", letter(), args={"draft": str(uuid.uuid4())}),
        intent("send", letter(), args={"hold_ms": 3_600_000}),
        intent("send", letter(), args={"sender": "somebody@else.example"}),
    ],
)
def test_what_makes_no_sense_is_refused_alone(alice: Person, wrong: dict[str, Any]) -> None:
    fine = intent("draft", letter(), n=2)
    answer = alice.act(wrong, fine)
    assert [row["id"] for row in answer["accepted"]] == [fine["id"]]
    assert answer["refused"] == [{"id": wrong["id"], "code": "bad_input"}]


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "x" * 2001},
        {"text": "x" * 600_001},
        {"draft": "no id"},
        {"kind": "letter"},
        {"sender": "somebody@else.example"},
        {"to": [{"name": "", "email": f"{n}@b.example"} for n in range(201)]},
        {"files": [{"id": str(uuid.uuid4()), "filename": "a", "type": "text/html; x", "size": 1}]},
    ],
)
def test_what_is_beyond_every_bound_is_no_request(alice: Person, fields: dict[str, Any]) -> None:
    wrong = intent("draft", letter())
    wrong["composition"] |= fields
    assert alice.post("/api/actions", {"actions": [wrong]}).status_code == 422


def test_a_held_mail_can_be_read_by_whoever_decides(
    alice: Person, bob: Person, mirrored: Mirrored, world: World, server: ScriptedSmtp
) -> None:
    sends_by(mirrored, server)
    world.append(subject="Anfrage")
    mirrored.sync()
    written = reply(mirrored.row("Anfrage").id, text="Wir kommen gern.")
    world.flag("INBOX", "Anfrage", "\\Answered")
    (row,) = alice.act(intent("send", written, base_seq=accounts.current_seq(mirrored.account_id)))["accepted"]
    deliver(mirrored)
    assert bob.snapshot()["actions"][0]["state"] == "held"
    assert bob.get(f"/api/actions/{row['id']}/composition").json() == asdict(written)
    bob.post(f"/api/actions/{row['id']}/retry")
    deliver(mirrored)
    assert bob.snapshot()["actions"][0]["state"] == "done"
    assert code_of(bob.get(f"/api/actions/{row['id']}/composition")) == (404, "missing")


def test_what_is_written_is_sealed(alice: Person, mirrored: Mirrored) -> None:
    written = letter(subject="Ziegenpeter", text="Holunder", bcc=letter().to)
    alice.act(intent("draft", written))
    row = Action.objects.get()
    assert not any(word in bytes(row.composition) for word in (b"Ziegenpeter", b"Holunder", b"labor"))
    assert row.draft == written.draft


# Files


def begin(person: Person, size: int = len(CONTENT), **fields: Any) -> str:
    file = str(uuid.uuid4())
    answer = person.post("/api/uploads", {"id": file, "size": size, **fields})
    assert answer.json() == {"id": file, "received": 0}, answer.content
    return file


def put(person: Person, file: str, offset: int, chunk: bytes) -> Any:
    return person.put(f"/api/uploads/{file}/{offset}", raw=chunk)


def test_a_file_comes_up_in_chunks_and_goes_on_where_it_was_cut(alice: Person, bob: Person) -> None:
    file, half = begin(alice), len(CONTENT) // 2
    assert put(alice, file, 0, CONTENT[:half]).json()["received"] == half
    assert put(alice, file, 0, CONTENT[:half]).json()["received"] == half  # its answer was lost
    assert put(alice, file, half + 7, b"x").json()["received"] == half  # not the next one
    assert alice.post("/api/uploads", {"id": file, "size": len(CONTENT)}).json()["received"] == half
    assert uploads.content_of(alice.account_id, file) is None
    assert put(bob, file, half, CONTENT[half:]).json()["received"] == len(CONTENT)
    assert uploads.content_of(alice.account_id, file) == CONTENT


def test_a_file_that_arrived_as_another_begins_anew(alice: Person) -> None:
    file = begin(alice, 6, sha256=hashlib.sha256(b"abcdef").hexdigest())
    put(alice, file, 0, b"abc")
    assert put(alice, file, 3, b"dEf").json()["received"] == 0
    put(alice, file, 0, b"abc")
    assert put(alice, file, 3, b"def").json()["received"] == 6
    assert uploads.content_of(alice.account_id, file) == b"abcdef"


def test_chunks_are_sealed(alice: Person) -> None:
    file = begin(alice, 12)
    put(alice, file, 0, b"Preiselbeere")
    (chunk,) = Upload.objects.get(pk=file).uploadchunk_set.all()
    assert b"Preiselbeere" not in bytes(chunk.sealed)


def test_more_bytes_than_were_announced_are_not_taken(alice: Person) -> None:
    file = begin(alice, 3)
    assert put(alice, file, 0, b"abcd").json()["received"] == 0


@pytest.mark.parametrize("chunk", [b"", b"x" * (256 * 1024 + 1)])
def test_a_chunk_has_bounds(alice: Person, chunk: bytes) -> None:
    assert code_of(put(alice, begin(alice), 0, chunk)) == (422, "bad_input")


def test_what_no_mail_can_hold_is_not_begun(alice: Person) -> None:
    told = {"id": str(uuid.uuid4()), "size": uploads.DEFAULT_MAX_BYTES + 1}
    assert code_of(alice.post("/api/uploads", told)) == (413, "too_large")


def test_an_account_has_only_so_much_on_its_way(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_MAILS_AT_ONCE", 1)
    begin(alice, uploads.DEFAULT_MAX_BYTES - 10)
    begin(alice, 10)
    told = {"id": str(uuid.uuid4()), "size": 1}
    assert code_of(alice.post("/api/uploads", told)) == (413, "too_large")


def test_what_nobody_used_for_a_week_goes(alice: Person) -> None:
    old, new = begin(alice), begin(alice)
    Upload.objects.filter(pk=old).update(used_at=0)
    assert uploads.expire(alice.account_id) == 1
    assert (uploads.account_of(old), uploads.account_of(new)) == (None, alice.account_id)


def test_a_file_of_a_draft_outlives_the_version_that_held_it(alice: Person, mirrored: Mirrored, world: World) -> None:
    mirrored.sync()
    file = begin(alice, 4)
    put(alice, file, 0, b"%PDF")
    composed = {"id": file, "filename": "a.pdf", "type": "application/pdf", "size": 4}
    draft = intent("draft", letter())
    draft["composition"]["files"] = [composed]
    alice.act(draft)
    deliver(mirrored)
    (message,) = mirrored.rows("Drafts")
    uploads.forget(mirrored.account_id, [file])  # a week later
    again = intent("draft", letter(draft=draft["composition"]["draft"], text="zwei"))
    again["composition"]["files"] = [{**composed, "id": str(uuid.uuid4()), "message": message.id, "part": "2"}]
    for number in range(2):
        again |= {"id": str(uuid.uuid4()), "n": 2 + number}
        alice.act(again)
        deliver(mirrored)
        assert {row["state"] for row in alice.snapshot()["actions"]} == {"done"}
    assert b"a.pdf" in world.raw("Drafts", "Befund")


def test_a_mail_that_went_out_with_its_file_is_not_refused_when_it_comes_again(
    alice: Person, mirrored: Mirrored, server: ScriptedSmtp
) -> None:
    """The answer to the first time was lost, and what it brought along is forgotten by now."""
    sends_by(mirrored, server)
    mirrored.sync()
    file = begin(alice, 4)
    put(alice, file, 0, b"%PDF")
    wish = intent("send", letter(), args={"hold_ms": 0})
    wish["composition"]["files"] = [{"id": file, "filename": "a.pdf", "type": "application/pdf", "size": 4}]
    alice.act(wish)
    deliver(mirrored)
    assert uploads.account_of(file) is None
    again = alice.act(wish)
    assert ([row["state"] for row in again["accepted"]], again["refused"]) == (["done"], [])
    assert len(server.accepted) == 1


# The sender


def test_a_sender_is_one_of_the_own_identities(mirrored: Mirrored, alice: Person, server: ScriptedSmtp) -> None:
    sends_by(mirrored, server)
    mirrored.sync()
    second = identity(name="Labor", email="labor@praxis.example")
    alice.put("/api/writing", {"identities": [identity(), second], "protected_domains": []})
    alice.act(
        intent("send", letter(identity=second["id"])),
        intent("send", letter(identity=str(uuid.uuid4())), n=2),
    )
    deliver(mirrored)
    assert [mail.sender for mail in server.accepted] == ["labor@praxis.example", "praxis@praxis.example"]


# The server to send by


def smtp(server: ScriptedSmtp, **fields: Any) -> dict[str, Any]:
    return {**asdict(by_number(server.endpoint)), **fields}


def test_the_server_that_a_person_names_is_proven_with_the_accounts_secret(alice: Person, server: ScriptedSmtp) -> None:
    assert not alice.get_session()["account"]["can_send"]
    assert alice.put("/api/smtp", smtp(server)).status_code == 204
    account = alice.get_session()["account"]
    assert (account["can_send"], account["max_bytes"]) == (True, 10485760)
    assert server.sign_ins == [(alice.user, PASSWORD)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"host": "smtp.elsewhere.example"}, "host_not_listed"),
        ({"host": "169.254.169.254"}, "host_not_listed"),
        ({"host": " "}, "bad_input"),
        ({"host": "127.0.0.1\r\nX"}, "bad_input"),
        ({"port": 9}, "unreachable"),
    ],
)
def test_one_that_cannot_be_used_is_refused(
    alice: Person, server: ScriptedSmtp, fields: dict[str, Any], code: str
) -> None:
    assert code_of(alice.put("/api/smtp", smtp(server, **fields))) == (422, code)
    assert server.connections == 0


def test_one_that_refuses_the_secret_is_refused_and_the_account_goes_on(alice: Person, server: ScriptedSmtp) -> None:
    server.always = Behaviour(answers={"AUTH": b"535 5.7.8 No\r\n"})
    assert code_of(alice.put("/api/smtp", smtp(server))) == (422, "refused")
    assert alice.get_session()["account"]["state"] != "sign_in_refused"


def test_the_longest_mail_fits_into_a_request_and_two_are_refused_with_a_code(alice: Person) -> None:
    written = [intent("draft", letter(text="ü" * 600_000, html="ü" * 600_000)) for _ in range(2)]
    one = json.dumps({"actions": written[:1]}, ensure_ascii=False)
    assert len(alice.post("/api/actions", one).json()["accepted"]) == 1
    both = json.dumps({"actions": written}, ensure_ascii=False)
    assert code_of(alice.post("/api/actions", both)) == (413, "too_large")
