"""Domains as they go on the wire: LDH labels, other scripts as A-labels (RFC 5890).

By hand instead of the codec `idna`: that one follows IDNA 2003, where "straße" becomes "strasse" and the mail goes to
the owner of another domain.
"""

import re
import unicodedata

MAX_LABEL_CHARS = 63

_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_LDH = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
# What RFC 5892 lets into a label, as far as the general category tells it.
_CATEGORIES = frozenset({"Ll", "Lo", "Lm", "Mn", "Mc", "Nd"})
# Of these categories, but nothing is to be seen: fillers and variation selectors.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def to_a_labels(domain: str) -> str:
    """`Müller.example` → `xn--mller-kva.example`. Raises ValueError for what is no domain name."""
    return ".".join(_a_label(label) for label in _mapped(domain).split("."))


def _mapped(domain: str) -> str:
    """Small letters in one spelling (RFC 5895 2). One by one: "Σ" would else depend on what follows."""
    small = "".join(char.lower() for char in unicodedata.normalize("NFKC", domain.translate(_DOTS)))
    return unicodedata.normalize("NFKC", small).translate(_DOTS)


def _a_label(label: str) -> str:
    ascii_label = label if label.isascii() else _encode(label)
    if len(ascii_label) > MAX_LABEL_CHARS or _LDH.fullmatch(ascii_label) is None:
        raise ValueError("no domain name")
    return ascii_label


def _encode(label: str) -> str:
    known = all(char.isascii() or unicodedata.category(char) in _CATEGORIES for char in label)
    if not known or unicodedata.category(label[0]).startswith("M") or _INVISIBLE.search(label) is not None:
        raise ValueError("no domain name")
    if label.startswith(("xn--", "-")) or label.endswith("-"):
        raise ValueError("no domain name")
    return f"xn--{label.encode('punycode').decode('ascii')}"
