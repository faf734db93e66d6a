"""The composer as a person uses it: one mail that is being written, in the words of the screen."""

import re
from typing import Self

from playwright.sync_api import FilePayload, Locator, expect

from tests.support.app import App


class Composer:
    """`region` is there for what has no word here."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.page = app.page
        self.region: Locator = app.page.get_by_role("region", name="New message")

    @classmethod
    def new(cls, app: App) -> Self:
        app.page.get_by_role("button", name="Compose", exact=True).click()
        return cls(app).expect_open()

    @classmethod
    def answer(cls, app: App, subject: str, how: str = "Reply") -> Self:
        """`how`: "Reply", "Reply all", "Forward"."""
        app.read(subject)
        app.page.get_by_role("toolbar", name="Actions").get_by_role("button", name=how, exact=True).click()
        return cls(app).expect_open()

    @classmethod
    def draft(cls, app: App, subject: str) -> Self:
        """One of the folder Drafts, which is on the screen."""
        app.link(subject).click()
        return cls(app).expect_open()

    def expect_open(self) -> Self:
        expect(self.region).to_be_visible()
        return self

    def expect_closed(self) -> None:
        expect(self.region).to_have_count(0)

    @property
    def text(self) -> Locator:
        return self.region.get_by_label("Message text")

    @property
    def subject(self) -> Locator:
        return self.region.get_by_role("textbox", name="Subject")

    def address(self, *addresses: str, field: str = "To") -> Self:
        box = self.region.get_by_role("combobox", name=field, exact=True)
        for address in addresses:
            box.press_sequentially(f"{address};")
        return self

    def write(self, text: str, *, subject: str = "") -> Self:
        """At the cursor, as a hand does; an answer's quote stays."""
        if subject:
            self.subject.fill(subject)
        self.text.focus()
        self.text.press("Control+Home")
        self.page.keyboard.insert_text(text)
        return self

    def attach(self, name: str, content: bytes, kind: str = "application/pdf") -> Self:
        with self.page.expect_file_chooser() as chosen:
            self.region.get_by_role("button", name="Attach files").click()
        chosen.value.set_files([FilePayload(name=name, mimeType=kind, buffer=content)])
        expect(self.region.get_by_text(name)).to_be_visible()
        return self

    def send(self) -> Self:
        self.region.get_by_role("button", name="Send", exact=True).click()
        return self

    def tell_server(self, port: int) -> Self:
        """The question that is asked once a mailbox."""
        asked = self.page.get_by_role("dialog", name="Which server sends the mail?")
        asked.get_by_label("Server for sending").fill("127.0.0.1")
        asked.get_by_label("Security").select_option("plain")
        asked.get_by_label("Port").fill(str(port))
        asked.get_by_role("button", name="Check and send").click()
        expect(asked).to_have_count(0)
        return self

    def expect_saved(self) -> Self:
        """In Drafts, where everybody sees it."""
        expect(self.region.get_by_role("status").filter(has_text=re.compile(r"^Saved \d"))).to_be_visible()
        return self

    def take_over(self) -> Self:
        """From the device that has it open, which lets go first."""
        self.region.get_by_role("button", name="Take over").click()
        expect(self.text).to_be_editable()
        return self

    def close(self) -> None:
        self.region.get_by_role("button", name="Close").click()
        self.expect_closed()
