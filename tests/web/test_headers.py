"""Security headers are the same on what is answered and on what is served as a file; the mail frame has its own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application
from pytest_django import Settings
from whitenoise import compress

from tests.web.person import Person, communicator
from webmail.pages import Files

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


Ask = Callable[..., Answer]


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A tiny front end, as built."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Praxispost</title>")
    (folder / "frame.html").write_text("<!doctype html>")
    (folder / "sw.js").write_text("'use strict'")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "assets" / "app-4f2a.js").write_text("export {}" * 100)
    (folder / "build.json").write_text(json.dumps({"build": "4f2a"}))
    return folder


@pytest.fixture
def ask(dist: Path, settings: Settings, transactional_db: None) -> Ask:
    """Through the ASGI layers, as the server does."""
    settings.FRONTEND = dist
    return asking(Files(get_asgi_application()))


def asking(application: Any) -> Ask:
    def ask(path: str, method: str = "GET", **headers: str) -> Answer:
        return async_to_sync(_asked)(application, path, method, headers)

    return ask


async def _asked(application: Any, path: str, method: str, headers: dict[str, str]) -> Answer:
    sent = {"host": "testserver", **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "scheme": "https",
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in sent.items()],
        "server": ("testserver", 443),
        "client": ("127.0.0.1", 1),
    }
    line = communicator(application, scope)
    await line.send_input({"type": "http.request", "body": b"", "more_body": False})
    start, body, more = await line.receive_output(20), b"", True
    while more:
        part = await line.receive_output(20)
        body, more = body + part.get("body", b""), part.get("more_body", False)
    await line.wait(20)
    return Answer(start["status"], {name.decode().lower(): value.decode() for name, value in start["headers"]}, body)


def policy(answer: Answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer.headers["content-security-policy"].split(";"))
    return {name: sources for name, *sources in parts}


def expect_always(answer: Answer) -> None:
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    refused = answer.headers["permissions-policy"]
    assert "access-control-allow-origin" not in answer.headers
    assert all(f"{feature}=()" in refused for feature in ("camera", "microphone", "geolocation", "payment", "usb"))


@pytest.mark.parametrize(
    "path", ["/", "/index.html", "/inbox/some-id", "/sw.js", "/assets/app-4f2a.js", "/api/session", "/api/nothing"]
)
def test_the_app_runs_its_own_code_only_and_nobody_frames_it(ask: Ask, path: str) -> None:
    answer = ask(path)
    expect_always(answer)
    rules = policy(answer)
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["connect-src"] == rules["style-src"] == rules["worker-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == ["'none'"]
    assert rules["require-trusted-types-for"] == ["'script'"]
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert "allow-duplicates" not in rules["trusted-types"]


@pytest.mark.parametrize("path", ["/frame.html", "/frame.html?x"])
def test_the_mail_frame_has_no_script_and_no_network(ask: Ask, path: str) -> None:
    answer = ask(path.partition("?")[0])
    expect_always(answer)
    rules = policy(answer)
    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'self'"]
    assert rules["form-action"] == rules["base-uri"] == ["'none'"]
    assert rules["img-src"] == ["data:", "blob:"]
    assert {"script-src", "connect-src", "frame-src"}.isdisjoint(rules)


@pytest.mark.parametrize("path", ["/no/file.js", "/../webmail/settings.py", "/.env", "/assets/"])
def test_what_is_no_file_of_ours_is_not_served(ask: Ask, path: str) -> None:
    answer = ask(path)
    assert b"Praxispost" in answer.body if answer.status == 200 else answer.status == 404
    expect_always(answer)


def test_a_file_cannot_be_posted_to(ask: Ask) -> None:
    answer = ask("/", method="POST")
    assert answer.status == 405
    expect_always(answer)


def test_a_front_end_that_is_not_built_says_so(settings: Settings, tmp_path: Path) -> None:
    settings.FRONTEND = tmp_path / "nothing"
    answer = asking(Files(get_asgi_application()))("/")
    assert (answer.status, answer.body) == (503, b"The front end is not built yet. Run: make build\n")
    expect_always(answer)


def test_answers_are_never_cached_files_are_asked_again_and_assets_are_kept_for_good(ask: Ask) -> None:
    assert ask("/api/session").headers["cache-control"] == "no-store, private"
    assert "max-age=0" in ask("/").headers["cache-control"]
    assert "immutable" in ask("/assets/app-4f2a.js").headers["cache-control"]
    assert "immutable" not in ask("/sw.js").headers["cache-control"]


def test_a_file_that_has_not_changed_is_not_sent_again(ask: Ask) -> None:
    first = ask("/sw.js")
    again = ask("/sw.js", if_modified_since=first.headers["last-modified"])
    assert (again.status, again.body) == (304, b"")


def test_scripts_are_sent_compressed_as_they_were_built(ask: Ask, dist: Path) -> None:
    script = ask("/assets/app-4f2a.js")
    assert "content-encoding" not in script.headers
    compress.main(["-q", str(dist)])
    again = asking(Files(get_asgi_application()))
    for coding in ("br", "gzip"):
        answer = again("/assets/app-4f2a.js", accept_encoding=coding)
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert len(answer.body) < len(script.body)
        expect_always(answer)


def test_files_have_the_types_that_nosniff_needs(ask: Ask) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/sw.js", "text/javascript"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ):
        assert ask(path).headers["content-type"].startswith(kind)


def test_refusals_carry_the_headers_too(alice: Person, stranger: Person) -> None:
    for answer in (
        stranger.get("/api/snapshot"),
        alice.post("/api/device", csrf="wrong"),
        alice.post("/api/device", {"name": ""}),
        alice.get("/api/nothing"),
    ):
        assert answer.status_code >= 400
        headers = {name.lower(): value for name, value in answer.headers.items()}
        expect_always(Answer(answer.status_code, headers, b""))
        assert headers["cache-control"] == "no-store, private"


def test_the_health_check_says_whether_and_nothing_else(ask: Ask, settings: Settings) -> None:
    answer = ask("/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")
    expect_always(answer)


def test_a_foreign_host_name_is_refused(ask: Ask) -> None:
    assert ask("/api/session", host="evil.example").status == 400
