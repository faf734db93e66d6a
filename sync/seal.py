"""Sealing: AES-256-GCM under keys that are not in the database.

A sealed value is `key id (4) ‖ nonce (12) ‖ ciphertext+tag` and is bound to a place (table, column, row), so that one
cannot be moved to another. Two keys may be open at once: the first seals, all open, which is how a key is rotated.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_ID_BYTES = 4
_NONCE_BYTES = 12


class WrongKey(Exception):
    """The value was sealed under a key we do not hold, or was tampered with."""


def read_key(text: str) -> bytes:
    """A key from its base64 text. Raises ValueError with a sentence that says what to do."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError("The key must be 32 random bytes in base64. Make one with: openssl rand -base64 32")
    return key


class Keyring:
    """Seals with the first key, opens with any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("No key: set PRAXISPOST_KEY or PRAXISPOST_KEY_FILE (openssl rand -base64 32).")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])
        # Digests come from keys of their own: a digest must not help against the cipher.
        self._digest_keys = [hmac.digest(key, b"praxispost digest", "sha256") for key in keys]

    def seal(self, plain: bytes, place: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Raises WrongKey."""
        cipher = self._ciphers.get(bytes(sealed[:_ID_BYTES]))
        if cipher is None:
            raise WrongKey("sealed under a key that is not in the ring")
        nonce = bytes(sealed[_ID_BYTES : _ID_BYTES + _NONCE_BYTES])
        try:
            return cipher.decrypt(nonce, bytes(sealed[_ID_BYTES + _NONCE_BYTES :]), place.encode())
        except InvalidTag:
            raise WrongKey("not sealed for this place, or altered") from None

    def is_current(self, sealed: bytes) -> bool:
        """Sealed with the key that seals now."""
        return bytes(sealed[:_ID_BYTES]) == self._current

    def digest(self, text: str) -> bytes:
        """A keyed fingerprint (16 bytes) for equality look-ups of what must not stand in clear."""
        return self.digests(text)[0]

    def digests(self, text: str) -> list[bytes]:
        """The fingerprint under every key: what to look for while a key is being rotated."""
        return [hmac.digest(key, text.encode(), "sha256")[:16] for key in self._digest_keys]


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"praxispost key id" + key).digest()[:_ID_BYTES]
