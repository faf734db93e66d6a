"""Which parts are the message and which come with it: nothing is lost between the two."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.mail import Part
from sync.mime.choose import MAX_FURTHER, Choice, choose, has_attachments, is_inline_image

ALTERNATIVE = "multipart/alternative"
RELATED = "multipart/related"


def part(path: str, kind: str = "text/plain", parent: str = "multipart/mixed", **more: str) -> Part:
    return Part(
        path=path,
        type=kind,
        parent=parent,
        filename=more.get("filename", ""),
        disposition=more.get("disposition", ""),
        content_id=more.get("content_id", ""),
    )


def paths(choice: Choice) -> list[str]:
    shown = [choice.text, choice.html, choice.tnef, *choice.further, *choice.attachments]
    return [part.path for part in shown if part is not None]


def test_no_parts_are_no_message() -> None:
    assert choose(()) == Choice(None, None, None, ())
    assert not has_attachments(())


def test_of_several_html_versions_the_last_is_shown() -> None:
    first, second = part("2", "text/html", ALTERNATIVE), part("3", "text/html", ALTERNATIVE)
    choice = choose((part("1", parent=ALTERNATIVE), first, second))
    assert choice.html is second
    assert choice.text is not None
    assert choice.text.path == "1"
    assert choice.attachments == ()


def test_versions_for_other_clients_are_not_listed() -> None:
    amp = part("2", "text/x-amp-html", ALTERNATIVE)
    assert choose((part("1", parent=ALTERNATIVE), amp, part("3", "text/html", ALTERNATIVE))).attachments == ()
    alone = part("2", "text/x-amp-html")
    assert choose((part("1"), alone)).attachments == (alone,)


def test_a_text_with_a_name_is_an_attachment_unless_it_is_all_there_is() -> None:
    named = part("2", filename="notiz.txt")
    assert choose((part("1"), named)).attachments == (named,)
    only = part("1", filename="notiz.txt")
    assert choose((only,)).text is only
    attached = part("1", filename="notiz.txt", disposition="attachment")
    assert choose((attached,)).attachments == (attached,)


def test_an_alternative_inside_related_inside_mixed_is_one_body() -> None:
    text, html = part("1.1.1", parent=ALTERNATIVE), part("1.1.2", "text/html", ALTERNATIVE)
    image = part("1.2", "image/png", RELATED, content_id="a@x", disposition="inline")
    choice = choose((text, html, image, part("2", "application/pdf", filename="a.pdf")))
    assert (choice.text, choice.html, choice.further) == (text, html, ())
    assert [found.path for found in choice.attachments] == ["1.2", "2"]


def test_text_after_a_picture_inside_an_alternative_is_shown_too() -> None:
    # Apple Mail: alternative(text, mixed(html, pdf, html)).
    parts = (
        part("1", parent=ALTERNATIVE),
        part("2.1", "text/html"),
        part("2.2", "application/pdf", filename="a.pdf"),
        part("2.3", "text/html"),
    )
    choice = choose(parts)
    assert choice.html is parts[1]
    assert choice.further == (parts[3],)
    assert choice.attachments == (parts[2],)


def test_the_paper_clip_ignores_signatures_reports_and_pictures_of_the_text() -> None:
    text = part("1")
    for kind in ("application/pgp-signature", "application/pkcs7-signature", "message/delivery-status"):
        assert not has_attachments((text, part("2", kind, filename="x")))
    inline = part("2", "image/png", RELATED, content_id="a@x", disposition="inline")
    assert is_inline_image(inline)
    assert not has_attachments((text, inline))
    assert has_attachments((text, part("2", "image/png", content_id="a@x", disposition="attachment")))
    assert has_attachments((text, part("2", "image/png", filename="a.png")))
    assert has_attachments((text, part("2", "application/pdf")))


def test_winmail_dat_is_opened_under_either_type() -> None:
    for kind in ("application/ms-tnef", "application/octet-stream"):
        packed = part("2", kind, filename="WinMail.dat", disposition="attachment")
        choice = choose((part("1"), packed))
        assert choice.tnef is packed
        assert choice.attachments == ()
        assert has_attachments((part("1"), packed))


def test_of_very_many_texts_the_rest_is_listed() -> None:
    parts = tuple(part(str(number)) for number in range(1, MAX_FURTHER + 5))
    choice = choose(parts)
    assert len(choice.further) == MAX_FURTHER
    assert sorted(paths(choice)) == sorted(found.path for found in parts)


kinds = st.sampled_from(["text/plain", "text/html", "image/png", "application/pdf", "message/rfc822"])
mixed_parts = st.lists(
    st.tuples(kinds, st.sampled_from(["", "inline", "attachment"]), st.sampled_from(["", "a.bin"])), max_size=12
)


@settings(max_examples=100, deadline=None)
@given(mixed_parts)
def test_outside_an_alternative_every_part_is_shown_or_listed_once(rows: list[tuple[str, str, str]]) -> None:
    parts = [
        part(str(number), kind, disposition=disposition, filename=filename)
        for number, (kind, disposition, filename) in enumerate(rows, start=1)
    ]
    assert sorted(paths(choose(parts))) == sorted(found.path for found in parts)
