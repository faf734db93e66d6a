"""A device that writes formatted text from the first letter, and answers below what it quotes."""

import json
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.app import App
from tests.support.composer import Composer
from tests.support.rich import RichText
from tests.support.world import World

SETTINGS = json.dumps({"formatted": True, "quotePosition": "bottom"})
LONG = "\n".join(f"Zeile {n}" for n in range(60))


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_answer_begins_below_its_quote_where_it_is_seen(
    world: World, user: str, new_app: Callable[..., App], viewport: dict[str, int]
) -> None:
    world.append(subject="Frage", sender="Anna Muster <anna@muster.example>", to=f"{user}@praxis.example", body=LONG)
    app = new_app(viewport)
    app.context.add_init_script(f"localStorage['praxispost-settings'] ??= {SETTINGS!r}")
    app.sign_in(user)
    letter = Composer.answer(app, "Frage")
    rich = RichText(letter).expect_open()
    expect(rich.text).to_be_focused()
    expect(rich.text.get_by_text("Zeile 59")).to_be_in_viewport()
    rich.type("Ja, gerne.")
    expect(rich.text.get_by_text("Ja, gerne.")).to_be_in_viewport()
    letter.expect_saved()
    draft = message_from_bytes(world.raw("Drafts", "Re: Frage"), policy=policy.SMTP)
    assert isinstance(draft, EmailMessage)
    plain, html = draft.get_body(("plain",)), draft.get_body(("html",))
    assert plain is not None and html is not None
    assert plain.get_content().replace("\r\n", "\n").endswith("> Zeile 59\nJa, gerne.\n")
    assert "<blockquote>" in html.get_content()
