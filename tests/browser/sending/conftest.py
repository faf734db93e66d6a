"""Two devices on one mailbox, and a real SMTP server that delivers into it."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Playwright, expect

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.postfix import Postfix
from tests.support.app import App
from tests.support.stack import Stack
from tests.support.world import World

NewApp = Callable[..., App]
Desks = tuple[App, App]
QUESTION = "Rückfrage"
ANSWER = f"Re: {QUESTION}"
NO_UNDO = json.dumps({"undoSeconds": 0})


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with Dovecot(for_smtp=True) as server:
        yield server


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    with Postfix(dovecot) as server:
        yield server


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack"), dovecot=dovecot) as running:
        yield running


@pytest.fixture
def desks(world: World, user: str, new_app: NewApp) -> Desks:
    """Two devices on one mailbox with a question that wants an answer. What is sent leaves at once."""
    world.append(subject=QUESTION, sender="Anna Muster <anna@muster.example>", to=f"{user}@praxis.example")
    here, there = new_app(), new_app()
    for app in (here, there):
        app.context.add_init_script(f"localStorage['praxispost-settings'] ??= {NO_UNDO!r}")
    here.sign_in(user)
    there.sign_in(user, device="Empfang 2")
    for app in (here, there):
        app.expect_subjects(QUESTION)
    return here, there


@pytest.fixture
def told(playwright: Playwright, stack: Stack, user: str, postfix: Postfix) -> None:
    """The mailbox knows which server sends: somebody said so on a device that is gone again."""
    device = playwright.request.new_context(
        base_url=stack.origin, extra_http_headers={"X-Praxispost-Api": "1", "Origin": stack.origin}
    )
    mailbox = {
        "address": f"{user}@praxis.example",
        "imap_user": user,
        "secret": "secret",
        "preset": "other",
        "host": "127.0.0.1",
        "port": stack.dovecot.port,
        "security": "plain",
        "device_name": "Büro",
    }
    token = {"X-CSRFToken": device.get("/api/session").json()["csrf"]}
    token = {"X-CSRFToken": device.post("/api/sign-in", data=mailbox, headers=token).json()["csrf"]}
    server = {"host": "127.0.0.1", "port": postfix.port, "security": "plain"}
    expect(device.put("/api/smtp", data=server, headers=token)).to_be_ok()
    expect(device.post("/api/sign-out", headers=token)).to_be_ok()
    device.dispose()


@pytest.fixture
def sending(told: None, desks: Desks) -> Desks:
    """The desks of a mailbox that knows which server sends."""
    return desks
