"""A camera's pictures are made smaller on their way into a text, and left alone beside it."""

import base64
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import Message

from tests.support.app import App
from tests.support.composer import Composer
from tests.support.files import jpeg_size, png, png_size, turned_jpeg
from tests.support.rich import RichText
from tests.support.world import World

_PHOTO = """([width, height]) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#a02020';
  pen.fillRect(0, 0, width / 2, height);
  return canvas.toDataURL('image/jpeg').split(',')[1];
}"""


def _photo(app: App, width: int, height: int) -> bytes:
    return base64.b64decode(app.page.evaluate(_PHOTO, [width, height]))


def _parts(raw: bytes) -> dict[str, Message]:
    """By file name."""
    parts = message_from_bytes(raw, policy=policy.SMTP).walk()
    return {name: part for part in parts if (name := part.get_filename())}


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def test_a_large_picture_becomes_smaller_in_the_text_and_stays_as_it_is_beside_it(
    world: World, user: str, new_app: Callable[..., App]
) -> None:
    world.append(subject="Erste Nachricht")
    app = new_app()
    app.sign_in(user)
    photo = turned_jpeg(_photo(app, 4000, 3000))
    letter = Composer.new(app)
    letter.subject.fill("Wunde")
    rich = RichText(letter).begin()
    rich.text.click()
    rich.paste(picture=("Wunde.jpg", photo)).expect_picture("Wunde.jpg")
    rich.drop("Plan.png", png(2000, 1000)).expect_picture("Plan.png")
    rich.paste(picture=("Klein.png", png())).expect_picture("Klein.png")
    letter.attach("Original.jpg", photo, "image/jpeg")
    letter.expect_saved()
    parts = _parts(world.raw("Drafts", "Wunde"))
    assert sorted(parts) == ["Klein.png", "Original.jpg", "Plan.png", "Wunde.jpg"]
    assert jpeg_size(_content(parts["Wunde.jpg"])) == (1200, 1600)  # as it was held, without the note
    assert b"Exif" not in _content(parts["Wunde.jpg"])
    assert parts["Plan.png"].get_content_type() == "image/png"
    assert png_size(_content(parts["Plan.png"])) == (1600, 800)
    assert _content(parts["Klein.png"]) == png()
    assert _content(parts["Original.jpg"]) == photo
