"""Two devices on one mailbox, and a real SMTP server that delivers into it."""

import json
from collections.abc import Callable, Iterator

import pytest

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.postfix import Postfix
from tests.support.app import App
from tests.support.composer import Composer
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
def sending(desks: Desks, user: str, postfix: Postfix, world: World) -> Desks:
    """The same, and it is known which server sends."""
    here, _ = desks
    letter = Composer.new(here).address(f"{user}@praxis.example").write("Probe", subject="Probe")
    letter.send().tell_server(postfix.port).expect_closed()
    for app in desks:
        app.expect_row("Probe", "unread")
        app.expect_settled()
    return desks
