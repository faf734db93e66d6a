"""Formatted text as a person writes it, beside what the plain composer can do."""

import base64
import re

from playwright.sync_api import Locator, expect

from tests.support.composer import Composer

# As the clipboard and a drag hand it over.
_PASTE = """(target, { html, text, files }) => {
  const data = new DataTransfer();
  if (html) data.setData('text/html', html);
  if (text) data.setData('text/plain', text);
  for (const { name, type, bytes } of files) {
    data.items.add(new File([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))], name, { type }));
  }
  target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
_DROP = """(target, { name, type, bytes }) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0))], name, { type }));
  const at = target.getBoundingClientRect();
  const point = { clientX: at.x + 5, clientY: at.y + 25 };
  target.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true, ...point }));
}"""


class RichText:
    def __init__(self, letter: Composer) -> None:
        self.letter = letter
        self.page = letter.page
        self.tools: Locator = letter.region.get_by_role("toolbar", name="Formatting")

    def begin(self) -> "RichText":
        """The switch beside the text."""
        self.letter.region.get_by_role("button", name="Formatting", exact=True).click()
        return self.expect_open()

    def expect_open(self) -> "RichText":
        expect(self.tools).to_be_visible()
        expect(self.text).to_have_attribute("contenteditable", "true")
        return self

    @property
    def text(self) -> Locator:
        return self.letter.text

    def press(self, button: str) -> "RichText":
        self.tools.get_by_role("button", name=button, exact=True).click()
        return self

    def type(self, text: str) -> "RichText":
        self.page.keyboard.type(text)
        return self

    def paste(self, *, html: str = "", text: str = "", picture: tuple[str, bytes] | None = None) -> "RichText":
        self.text.evaluate(_PASTE, {"html": html, "text": text, "files": [_file(*picture)] if picture else []})
        return self

    def drop(self, name: str, content: bytes) -> "RichText":
        self.text.evaluate(_DROP, _file(name, content))
        return self

    def expect_picture(self, name: str) -> "RichText":
        shown = self.text.get_by_role("img", name=name)
        expect(shown).to_be_visible()
        expect(shown).to_have_attribute("src", re.compile("^blob:"))
        shown.evaluate("(one) => one.decode()")  # raises where it is no picture
        return self


def _file(name: str, content: bytes) -> dict[str, str]:
    kind = "image/jpeg" if name.endswith(".jpg") else "image/png"
    return {"name": name, "type": kind, "bytes": base64.b64encode(content).decode()}
