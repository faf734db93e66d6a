"""It can be installed like an app, on Android, on desks and on an iPhone's home screen."""

import json
import re
import struct
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession

from tests.support.app import App
from tests.support.device import Device
from tests.support.stack import Stack
from tests.support.world import World


def _session(app: App) -> CDPSession:
    return app.context.new_cdp_session(app.page)


def test_chromium_offers_to_install_it_and_its_start_address_answers_without_a_network(
    device: Device, world: World, user: str, network: Stack
) -> None:
    world.append(subject="Termin")
    app = device.start().sign_in(user)
    app.expect_subjects("Termin")
    app.expect_cached()
    assert _session(app).send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    found: dict[str, Any] = _session(app).send("Page.getAppManifest")
    assert found["errors"] == []
    manifest = json.loads(found["data"])
    network.proxy.refuse()
    app.expect_offline()
    app.page.goto(f"{network.origin}{manifest['start_url']}", wait_until="commit")
    app.page.get_by_role("heading", name="Inbox", level=1).wait_for()
    app.expect_offline()
    assert app.problems == []


def test_the_manifest_has_what_a_home_screen_needs(stack: Stack) -> None:
    manifest = json.loads(_get(stack, "/manifest.webmanifest"))
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("standalone", "/", "/")
    assert all(manifest[key] for key in ("name", "short_name", "description", "lang", "id", "theme_color"))
    raster = {(icon["purpose"], icon["sizes"]): icon for icon in manifest["icons"] if icon["type"] == "image/png"}
    assert set(raster) == {(purpose, size) for purpose in ("any", "maskable") for size in ("192x192", "512x512")}
    for (_, size), icon in raster.items():
        assert "{}x{}".format(*_png_size(_get(stack, icon["src"]))) == size


def test_an_iphone_finds_its_own_tags(stack: Stack, new_app: Any) -> None:
    page = new_app().open().page
    metas = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('meta[name]')].map((one) => [one.name, one.content]))"
    )
    assert metas["apple-mobile-web-app-capable"] == "yes"
    assert metas["apple-mobile-web-app-title"] == "Praxispost"
    assert metas["apple-mobile-web-app-status-bar-style"] == "default"
    assert "viewport-fit=cover" in metas["viewport"]
    touch_icon = page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    assert touch_icon
    assert _png_size(_get(stack, touch_icon)) == (180, 180)


def _get(stack: Stack, path: str) -> bytes:
    with urllib.request.urlopen(f"{stack.origin}/{Path(path).as_posix().lstrip('/')}") as response:
        content: bytes = response.read()
    return content


def _png_size(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_the_built_scripts_come_compressed(stack: Stack) -> None:
    (script,) = re.findall(r'src="(/assets/[^"]+[.]js)"', _get(stack, "/").decode())
    asked = urllib.request.Request(f"{stack.origin}{script}", headers={"Accept-Encoding": "br"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
