"""What becomes of an image: a part of this message, a small picture inside the markup, or nothing that loads."""

import re
from collections.abc import Container, Mapping
from urllib.parse import quote, unquote

from sync.mime.css import is_hidden

MAX_DATA_CHARS = 300_000
MAX_URL_CHARS = 4000
MAX_CID_CHARS = 300

_IGNORED = re.compile(r"[\t\n\r]")
_REMOTE = re.compile(r"(?:https?:)?//[^/\\\s\"'<>]", re.IGNORECASE)
# SVG is a document, not a picture: never.
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/\s]{0,300000}={0,2}\s*", re.IGNORECASE)
_CID = re.compile(r"[^\s\"'<>\x00-\x1f]{1,300}")
_CID_URL = re.compile(r"cid:[A-Za-z0-9@!$*+=_.~%-]{1,900}")
_TINY = re.compile(r"\s*0*[0-2](?:\.\d*)?(?:px)?\s*", re.IGNORECASE)


def image_attributes(attributes: Mapping[str, str]) -> tuple[dict[str, str] | None, int]:
    """→ the attribute that names the picture (None: there is none to show), and 1 if it was kept from loading.

    Takes its own output as input, so that sanitising twice changes nothing.
    """
    for name in ("data-cid", "data-remote-src"):
        kept = clean_image_attribute(name, attributes.get(name, ""))
        if kept is not None and "src" not in attributes:
            return {name: kept}, int(name == "data-remote-src")
    source = _IGNORED.sub("", attributes.get("src", "")).strip()
    if source[:4].lower() == "cid:":
        cid = clean_image_attribute("data-cid", unquote(source[4:]).strip("<> "))
        return ({"data-cid": cid} if cid is not None else None), 0
    if source[:5].lower() == "data:":
        data = clean_image_attribute("src", source)
        return ({"src": data} if data is not None else None), 0
    remote = clean_image_attribute("data-remote-src", source)
    return ({"data-remote-src": remote}, 1) if remote is not None else (None, 0)


def clean_image_attribute(name: str, value: str) -> str | None:
    """`src` may only be a small raster picture as `data:`. Clean values come back unchanged."""
    if name == "src":
        tight = "".join(value.split()) if len(value) <= MAX_DATA_CHARS else ""
        return tight if _DATA.fullmatch(tight) is not None else None
    if name == "data-cid":
        return value if _CID.fullmatch(value) is not None else None
    if name == "data-remote-src" and len(value) <= MAX_URL_CHARS and _REMOTE.match(value) is not None:
        url = value.replace(" ", "%20")
        return f"https:{url}" if url.startswith("//") else url
    return None


def outgoing_image_attributes(
    attributes: Mapping[str, str], content_ids: Container[str]
) -> tuple[dict[str, str] | None, int]:
    """As `image_attributes`, for a mail that we write: it may show the pictures that travel with it (RFC 2392), and
    never makes its reader's program fetch one."""
    shown, blocked = image_attributes(attributes)
    if shown is None or "src" in shown:
        return shown, blocked
    cid = shown.get("data-cid")
    if cid is None or cid not in content_ids:
        return None, blocked
    return {"src": f"cid:{quote(cid, safe='@!$*+=')}"}, 0


def clean_outgoing_source(value: str) -> str | None:
    """The last check of a `src` made above."""
    return value if _CID_URL.fullmatch(value) is not None else clean_image_attribute("src", value)


def is_pixel(attributes: Mapping[str, str]) -> bool:
    """A picture too small or too hidden to be seen: it only reports that the mail was opened."""
    sides = [attributes.get("width", ""), attributes.get("height", "")]
    return any(side and _TINY.fullmatch(side) is not None for side in sides) or is_hidden(attributes.get("style", ""))
