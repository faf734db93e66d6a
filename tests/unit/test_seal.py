"""Sealing under keys that are not in the database."""

import os

import pytest

from sync.seal import Keyring, WrongKey, read_key

OLD, NEW = os.urandom(32), os.urandom(32)


def test_what_was_sealed_opens_only_at_its_place() -> None:
    ring = Keyring([NEW])
    sealed = ring.seal(b"Befund", "envelope:1")
    assert ring.open(sealed, "envelope:1") == b"Befund"
    with pytest.raises(WrongKey):
        ring.open(sealed, "envelope:2")


def test_an_altered_byte_is_noticed() -> None:
    ring = Keyring([NEW])
    sealed = bytearray(ring.seal(b"Befund", "x"))
    sealed[-1] ^= 1
    with pytest.raises(WrongKey):
        ring.open(bytes(sealed), "x")


def test_after_a_rotation_old_values_open_and_new_ones_need_the_new_key() -> None:
    before = Keyring([OLD]).seal(b"a", "x")
    rotating = Keyring([NEW, OLD])
    assert rotating.open(before, "x") == b"a"
    with pytest.raises(WrongKey):
        Keyring([OLD]).open(rotating.seal(b"b", "x"), "x")


def test_fingerprints_of_before_a_rotation_are_still_found() -> None:
    assert Keyring([OLD]).digest("id") in Keyring([NEW, OLD]).digests("id")


@pytest.mark.parametrize("text", ["", "abc", "bm90IDMyIGJ5dGVz", "!!!!"])
def test_a_key_of_the_wrong_form_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="openssl rand -base64 32"):
        read_key(text)
