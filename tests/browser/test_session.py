"""Signing in, being signed out, and whose mail a browser may show. The queue of a device outlives its sessions."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.support.app import App
from tests.support.stack import Stack
from tests.support.world import World

NewApp = Callable[..., App]


@pytest.fixture
def app(world: World, user: str, new_app: NewApp) -> App:
    for subject in ("Befund", "Rezept", "Termin"):
        world.append(subject=subject)
    made = new_app().sign_in(user)
    made.expect_subjects("Befund", "Rezept", "Termin")
    made.expect_held(bodies=3)
    return made


def test_a_refused_sign_in_keeps_mail_and_queue_and_is_mended_in_place(
    app: App, stack: Stack, world: World, user: str
) -> None:
    stack.dovecot.refuse(user)
    stack.dovecot.kick(user)
    expect(app.status).to_contain_text("Sign-in needed")
    article = app.read("Befund")
    expect(article).to_contain_text("Guten Tag")
    app.act("Delete", "Rezept")
    app.act("Flag", "Termin")
    app.expect_waiting(2)
    app.expect_no_row("Rezept")
    app.page.get_by_role("button", name="Enter it now").click()
    secret = app.page.get_by_label("New password")
    secret.fill("wrong")
    app.page.get_by_role("button", name="Save and connect").click()
    expect(app.page.get_by_role("alert").filter(has_text="refused the user name or the password")).to_be_visible()
    stack.dovecot.allow(user)
    secret.fill("new-secret")
    app.page.get_by_role("button", name="Save and connect").click()
    app.expect_settled()
    expect(secret).to_have_count(0)
    app.expect_subjects("Befund", "Termin")
    world.reconnect()
    assert (world.subjects("INBOX"), world.subjects("Trash")) == (["Befund", "Termin"], ["Rezept"])
    assert "\\Flagged" in world.flags_of("INBOX", "Termin")


def test_a_session_ended_on_the_server_keeps_the_queue_which_goes_with_the_next_sign_in(
    app: App, network: Stack, world: World, user: str
) -> None:
    databases = _databases(app)
    network.proxy.refuse()
    app.expect_offline()
    app.act("Delete", "Befund")
    app.expect_waiting(1)
    _end_session(app)
    network.proxy.restore()
    expect(app.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert _databases(app) == databases
    assert world.subjects("INBOX") == ["Befund", "Rezept", "Termin"]
    app.sign_in(user)
    app.expect_settled()
    app.expect_subjects("Rezept", "Termin")
    assert _databases(app) == databases
    assert (world.subjects("INBOX"), world.subjects("Trash")) == (["Rezept", "Termin"], ["Befund"])


def test_signing_out_leaves_neither_mail_nor_key_in_the_browser(app: App) -> None:
    app.page.evaluate("navigator.serviceWorker.ready")  # the shell is cached whole: only mail could still come
    app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Me").click()
    app.page.get_by_role("button", name="Sign out").click()
    expect(app.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    app.page.wait_for_function("() => !document.body.innerText.includes('Befund')")
    left = app.page.evaluate(LEFT)
    assert [name for name in left["databases"] if name != "praxispost"] == []
    assert left["keys"] == 0
    assert not any("/api/" in address for address in left["cached"])
    # Nothing comes back with a reload either.
    app.page.reload(wait_until="commit")
    expect(app.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert app.page.evaluate(LEFT) == left


@pytest.mark.parametrize("how", ["signed out", "session ended", "session ended with a queue"])
def test_a_second_account_in_the_same_browser_sees_and_sends_nothing_of_the_first(
    app: App, network: Stack, world: World, user: str, how: str
) -> None:
    if how == "signed out":
        app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Me").click()
        app.page.get_by_role("button", name="Sign out").click()
    else:
        network.proxy.refuse()
        app.expect_offline()
        if how.endswith("queue"):
            app.act("Delete", "Befund")
            app.expect_waiting(1)
        _end_session(app)
        network.proxy.restore()
    expect(app.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    other = World("127.0.0.1", network.dovecot.port, f"{user}-b")
    other.append(subject="Fremd")
    app.sign_in(f"{user}-b", device="Empfang 2")
    app.expect_subjects("Fremd")
    expect(app.page.locator("body")).not_to_contain_text("Befund")
    expect(app.status).not_to_contain_text("waiting")
    app.page.get_by_role("navigation", name="Main areas").get_by_role("link", name="Activity").click()
    expect(app.page.get_by_text("Nothing has happened yet")).to_be_visible()
    assert world.subjects("INBOX") == ["Befund", "Rezept", "Termin"]
    other.close()


def _end_session(app: App) -> None:
    """As an administrator ends it: the row is gone, the browser does not know."""
    [cookie] = [one for one in app.context.cookies() if one["name"] == "__Host-session"]
    with closing(sqlite3.connect(app.stack.folder / "praxispost.sqlite3", timeout=20)) as database, database:
        ended = database.execute("DELETE FROM django_session WHERE session_key = ?", [cookie["value"]])
        assert ended.rowcount == 1


def _databases(app: App) -> list[str]:
    names: list[str] = app.page.evaluate(LEFT)["databases"]
    return names


LEFT = """async () => {
  const databases = (await indexedDB.databases()).map((one) => one.name).sort();
  const vault = await new Promise((resolve) => {
    const opening = indexedDB.open('praxispost');
    opening.onsuccess = () => resolve(opening.result);
  });
  const keys = await new Promise((resolve) => {
    vault.transaction('keys').objectStore('keys').count().onsuccess = (event) => resolve(event.target.result);
  });
  vault.close();
  const cached = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) cached.push(new URL(request.url).pathname);
  return { databases, keys, cached: cached.sort() };
}"""
