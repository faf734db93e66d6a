"""The keyring of this process, and JSON through it."""

import json
from functools import cache
from typing import Any

from django.conf import settings

from sync.seal import Keyring


@cache
def keyring() -> Keyring:
    return Keyring(settings.PRAXISPOST_KEYS)


def seal_json(value: Any, place: str) -> bytes:
    return keyring().seal(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), place)


def open_json(sealed: bytes | memoryview, place: str) -> Any:
    """Raises WrongKey."""
    return json.loads(keyring().open(bytes(sealed), place))
