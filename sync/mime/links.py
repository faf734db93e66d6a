"""Which addresses a link in a mail may have."""

import re

MAX_LINK_CHARS = 8000

# Browsers drop these from anywhere in a URL (WHATWG URL 4.4), so "java\tscript:" is a scheme.
_IGNORED = re.compile(r"[\t\n\r]")
_EDGES = "".join(map(chr, range(0x21)))
_LINK = re.compile(r"(?:https?://[^/\\\s]|mailto:.|tel:[+0-9(])", re.IGNORECASE)
_BARE_HOST = re.compile(r"www\.[a-z0-9-]{1,63}\.[a-z0-9./-]", re.IGNORECASE)


def clean_link(value: str) -> str | None:
    """http, https, mailto or tel, else None. Clean links come back unchanged."""
    link = _IGNORED.sub("", value).strip(_EDGES).replace(" ", "%20")
    if _BARE_HOST.match(link) is not None:
        link = f"https://{link}"
    return link if _LINK.match(link) is not None and len(link) <= MAX_LINK_CHARS else None
