"""HTML from a browser becomes HTML that we put our name to: nothing in it runs, and nothing is fetched."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from sync.mime.html import content_ids_in, sanitise, sanitise_outgoing
from tests.unit.mime.test_html import HOSTILE
from tests.unit.mime.test_properties import markup

KNOWN = frozenset({"logo@praxis", "a%b@x"})
_SOURCE = re.compile(r'<img[^>]*? src="([^"]*)"')


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<img src="cid:logo@praxis" alt="Logo" width="80">', '<img alt="Logo" width="80" src="cid:logo@praxis">'),
        ('<img src="cid:logo%40praxis">', '<img src="cid:logo@praxis">'),
        ('<img src="CID:a%25b@x">', '<img src="cid:a%25b@x">'),
        ('<img data-cid="logo@praxis">', '<img src="cid:logo@praxis">'),
        ('<img src="cid:fremd@x" alt="Foto">', "Foto"),
        ('<img data-cid="fremd@x">', ""),
        ('<img src="data:image/png;base64,iVBORw0KGgo=">', '<img src="data:image/png;base64,iVBORw0KGgo=">'),
        ('<img src="data:image/svg+xml;base64,PHN2Zz4=" alt="Bild">', "Bild"),
        ('<img src="https://x.example/a.png" alt="Foto">', "Foto"),
        ('<img data-remote-src="https://x.example/a.png">', ""),
        ('<img src="https://x.example/a.png" width="1" height="1" alt="x">', ""),
        ('<img src="blob:https://praxis.example/1">', ""),
        ('<p style="background:url(https://x.example/a.png);color:red">a</p>', '<p style="color:red">a</p>'),
        (
            '<a href="https://x.example" target="_blank" rel="noopener" onclick="x()">a</a>',
            '<a href="https://x.example">a</a>',
        ),
        ("<script>boese()</script><style>p{}</style>a", "a"),
    ],
)
def test_only_what_travels_with_the_mail_is_shown_in_it(html: str, safe: str) -> None:
    assert sanitise_outgoing(html, KNOWN).html == safe


def test_remote_pictures_are_counted() -> None:
    assert (
        sanitise_outgoing('<img src="https://x.example/1"><img src="//y.example/2" width=1>', KNOWN).blocked_images == 2
    )


def test_the_pictures_that_are_shown_are_named() -> None:
    safe = sanitise_outgoing('<img src="cid:a%25b@x">src="cid:logo@praxis"<img src="cid:fremd">', KNOWN)
    assert content_ids_in(safe) == {"a%b@x"}


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_an_attack_is_not_passed_on(path: Path) -> None:
    safe = sanitise_outgoing(path.read_text("utf-8"), KNOWN).html
    assert "sichtbar" in safe
    assert "boese.example" not in re.sub(r">[^<]*<", "><", safe)
    assert sanitise_outgoing(safe, KNOWN).html == safe


@settings(max_examples=80, deadline=None)
@given(markup.map(lambda html: f'<img src="cid:logo@praxis">{html}'))
def test_any_html_comes_to_rest_and_loads_nothing(html: str) -> None:
    safe = sanitise_outgoing(html, KNOWN)
    assert sanitise_outgoing(safe.html, KNOWN).html == safe.html
    assert "data-" not in re.sub(r">[^<]*<", "><", f">{safe.html}<")
    assert all(re.match(r"cid:(?:logo@praxis|a%25b@x)\Z|data:image/", source) for source in _SOURCE.findall(safe.html))
    assert content_ids_in(safe) <= KNOWN
    # What we send is what we would show of it, but for how a picture is named and where a link opens.
    shown = sanitise(safe.html)
    assert shown.blocked_images == 0
    assert len(_SOURCE.findall(safe.html)) == shown.html.count("data-cid=") + len(_SOURCE.findall(shown.html))
