"""HTML from strangers becomes HTML that can only be looked at."""

import re
import time
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sync.mime.elements import ALLOWED_ATTRIBUTES, TAGS
from sync.mime.html import has_content, html_to_text, sanitise

HOSTILE = sorted((Path(__file__).parents[2] / "messages" / "hostile").glob("*.html"))
every_attack = pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)

_OF_IMAGES = {"src", "data-cid", "data-remote-src"}
_OF_LINKS = {"target", "rel"}


@cache
def cleaned(path: Path) -> str:
    return sanitise(path.read_text("utf-8")).html


class _Inspector(HTMLParser):
    """Fails on any element or attribute that is not harmless."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            allowed = ALLOWED_ATTRIBUTES[tag] | (_OF_IMAGES if tag == "img" else _OF_LINKS if tag == "a" else set())
            assert name in allowed
            _inspect(name, value or "")


def _inspect(name: str, value: str) -> None:
    if name == "href":
        assert re.match(r"(?:https?://[^/]|mailto:|tel:)", value, re.IGNORECASE)
    elif name == "src":
        assert re.match(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,", value)
    elif name == "data-remote-src":
        assert re.match(r"https?://", value, re.IGNORECASE)
    elif name == "style":
        assert not re.search(r"url|expression|position|behavior|binding|import|var\(|\\|/\*|@|-\d", value)


@every_attack
def test_an_attack_leaves_nothing_that_runs_loads_or_leaves_its_place(path: Path) -> None:
    safe = cleaned(path)
    _Inspector().feed(safe)
    assert "<script" not in safe.lower()
    assert "<!--" not in safe
    assert "boese.example" not in re.sub(r">[^<]*<", "><", safe)


@every_attack
def test_what_stands_beside_an_attack_is_still_read(path: Path) -> None:
    html = path.read_text("utf-8")
    assert "sichtbar" in html_to_text(cleaned(path))
    assert "sichtbar" in html_to_text(html)


@every_attack
def test_an_attack_is_the_same_after_a_second_cleaning(path: Path) -> None:
    once = cleaned(path)
    assert sanitise(once).html == once


@pytest.mark.parametrize("path", [path for path in HOSTILE if path.stat().st_size > 20_000], ids=lambda path: path.stem)
def test_an_attack_on_the_clock_fails(path: Path) -> None:
    html = path.read_text("utf-8")
    started = time.process_time()
    sanitise(html)
    html_to_text(html)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<script>boese()</script>Text", "Text"),
        ("<svg><script>boese()</script></svg>Text", "Text"),
        ('<meta http-equiv=refresh content="0;url=https://x.example">Text', "Text"),
        ('<base href="https://x.example/">Text', "Text"),
        ("<form action=https://x.example><input name=a>Text</form>", "<div>Text</div>"),
        ("<style>@import url(https://x.example)</style>Text", "Text"),
        ('<p id="body" class="toolbar" name="cookie">Text</p>', "<p>Text</p>"),
        ("<p onclick=boese()>Text</p>", "<p>Text</p>"),
        ("<iframe src=https://x.example>Innen</iframe>Text", "Text"),
        ("<object data=https://x.example>Innen</object>Text", "Text"),
        ("<!-- Kommentar -->Text", "Text"),
        ("<unbekannt>Text</unbekannt>", "Text"),
        ("1 < 2 &amp; 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("<b><i>schief</b></i>", "<b><i>schief</i></b>"),
        ("<p>eins<p>zwei", "<p>eins</p><p>zwei</p>"),
        ("<ul><li>eins<li>zwei</ul>", "<ul><li>eins</li><li>zwei</li></ul>"),
    ],
)
def test_only_what_can_be_looked_at_stays(html: str, safe: str) -> None:
    assert sanitise(html).html == safe


@pytest.mark.parametrize(
    "href",
    [
        "javascript:boese()",
        "JAVASCRIPT:boese()",
        " java\tscript:boese()",
        "&#x6A;avascript:boese()",
        "vbscript:boese()",
        "data:text/html,boese",
        "file:///etc/passwd",
        "//x.example",
        "seite.html",
        "blob:https://x.example/1",
        "cid:teil",
    ],
)
def test_a_link_that_leads_nowhere_good_loses_its_address(href: str) -> None:
    assert "href" not in sanitise(f'<a href="{href}">Text</a>').html


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("https://labor.example/befund?a=1&copy=2", "https://labor.example/befund?a=1&amp;copy=2"),
        ("http://labor.example", "http://labor.example"),
        ("mailto:praxis@praxis.example", "mailto:praxis@praxis.example"),
        ("tel:+41441234567", "tel:+41441234567"),
        ("www.labor.example/a", "https://www.labor.example/a"),
    ],
)
def test_a_link_out_opens_apart_and_tells_nothing(href: str, kept: str) -> None:
    safe = sanitise(f'<a href="{href}">Text</a>').html
    assert f'href="{kept}"' in safe
    assert 'target="_blank"' in safe
    assert 'rel="noopener noreferrer"' in safe


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color:red;background:url(https://x.example)", "color:red"),
        ("color:#c00;position:fixed;top:0", "color:#c00"),
        ("position:absolute", ""),
        ("width:expression(boese())", ""),
        ("width:100vw;height:100vh", ""),
        ("margin-left:-500px;margin-top:4px", "margin-top:4px"),
        ("width:999999px", ""),
        ("color:r\\65 d", ""),
        ("background:rgb(1 2 3 / 50%)", "background-color:rgb(1,2,3,50%)"),
        ("COLOR: Red !important", "color:red"),
        ("font-family: Arial, 'Segoe UI', url(x)", "font-family:Arial,'Segoe UI'"),
        ("border:1px solid rgb(0,0,0);padding:4px 8px", "border:1px solid rgb(0,0,0);padding:4px 8px"),
        ("animation:x 1s;transition:all;transform:scale(9);z-index:9;opacity:0", ""),
    ],
)
def test_a_style_may_colour_and_space_and_nothing_more(style: str, kept: str) -> None:
    attribute = f' style="{kept}"' if kept else ""
    assert sanitise(f'<p style="{style}">Text</p>').html == f"<p{attribute}>Text</p>"


def test_a_table_keeps_its_colours_and_spans() -> None:
    row = '<tr><td bgcolor="#ffeeaa" colspan="2" valign="top"><b>Kalium</b></td><td align="right">4.1</td></tr>'
    safe = sanitise(f'<table width="100%" border="1" cellpadding="4">{row}</table>').html
    for fragment in ('width="100%"', 'border="1"', 'bgcolor="#ffeeaa"', 'colspan="2"', "<b>Kalium</b>", ">4.1</td>"):
        assert fragment in safe


def test_the_colours_of_the_body_stay_without_the_body() -> None:
    assert sanitise("<body bgcolor=ffeedd text=#333>Text</body>").html == (
        '<div style="background-color:#ffeedd;color:#333">Text</div>'
    )


def test_a_picture_of_the_message_is_named_by_its_content_id() -> None:
    safe = sanitise('<img src="cid:logo%40labor.example" alt="Logo" width="80">')
    assert safe.html == '<img alt="Logo" width="80" data-cid="logo@labor.example">'
    assert safe.blocked_images == 0


def test_pictures_from_the_network_wait_and_are_counted() -> None:
    safe = sanitise(
        '<img src="https://a.example/1.png"><img src="//b.example/2.png"><img src="https://c.example/3" width=1>'
    )
    assert 'data-remote-src="https://a.example/1.png"' in safe.html
    assert 'data-remote-src="https://b.example/2.png"' in safe.html
    assert "c.example" not in safe.html, "a pixel that only counts is gone for good"
    assert " src=" not in safe.html
    assert safe.blocked_images == 3


def test_a_small_picture_inside_the_markup_is_shown_and_a_document_is_not() -> None:
    assert sanitise('<img src="data:image/png;base64,iVBORw0KGgo=">').html == (
        '<img src="data:image/png;base64,iVBORw0KGgo=">'
    )
    assert "data:" not in sanitise('<img src="data:image/svg+xml;base64,PHN2Zz4=">').html
    assert "data:" not in sanitise('<img src="data:text/html;base64,PHN2Zz4=">').html


def test_html_without_anything_to_see_has_no_content() -> None:
    assert not has_content(sanitise("<html><body><div>&nbsp;<br></div></body></html>"))
    assert has_content(sanitise('<img src="cid:x">'))
    assert has_content(sanitise("<p>.</p>"))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>eins</p><p>zwei</p>", "eins\n\nzwei"),
        ("eins<br>zwei<br><br>drei", "eins\nzwei\n\ndrei"),
        ("<ul><li>eins</li><li>zwei</li></ul>", "- eins\n- zwei"),
        (
            "<table><tr><td>Kalium</td><td>4.1</td></tr><tr><td>Natrium</td><td>140</td></tr></table>",
            "Kalium 4.1\nNatrium 140",
        ),
        ("<blockquote>Wann?<blockquote>Bald.</blockquote></blockquote>", "> Wann?\n>\n>> Bald."),
        ("Nein.<blockquote><p>eins</p><p>zwei</p></blockquote>Gruss", "Nein.\n\n> eins\n>\n> zwei\n\nGruss"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("viel \n\n  Platz&nbsp;hier", "viel Platz hier"),
        ("<img src=x alt='Foto &amp; Text'>", "Foto & Text"),
        ("<style>p{}</style><title>T</title>Text", "Text"),
        ("<div style='display: none'>weg</div>da", "da"),
        ("<p style='display:none'>weg<p>da</p>", "da"),
        ("<div style='height:0;overflow:hidden'>weg</div>da", "da"),
        ("<div style='height:0.5em;overflow:hidden'>da</div>", "da"),
        ("<svg/>da", "da"),
        ("<svg><svg/>weg</svg>da", "da"),
    ],
)
def test_html_reads_as_text_the_way_it_looks(html: str, text: str) -> None:
    assert html_to_text(html) == text
