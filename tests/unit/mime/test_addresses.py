"""Address lists as people and programs write them."""

import time

import pytest

from sync.mail import Address
from sync.mime.addresses import MAX_ADDRESSES, MAX_NAME_CHARS, read_addresses


@pytest.mark.parametrize(
    ("field", "name", "email"),
    [
        ("empfang@praxis.example", "", "empfang@praxis.example"),
        ("<empfang@praxis.example>", "", "empfang@praxis.example"),
        ("Empfang <empfang@praxis.example>", "Empfang", "empfang@praxis.example"),
        ('"Empfang"<empfang@praxis.example>', "Empfang", "empfang@praxis.example"),
        ("'Empfang' <empfang@praxis.example>", "Empfang", "empfang@praxis.example"),
        ("\"'Empfang'\" <empfang@praxis.example>", "Empfang", "empfang@praxis.example"),
        ("Empfang <empfang@praxis.example", "Empfang", "empfang@praxis.example"),
        ("empfang@praxis.example (Empfang)", "Empfang", "empfang@praxis.example"),
        ('"a, b"@praxis.example', "", '"a, b"@praxis.example'),
        ('"Dr. A" "a, b"@praxis.example', "Dr. A", '"a, b"@praxis.example'),
        ("<mailto:empfang@praxis.example>", "", "empfang@praxis.example"),
        ("=?utf-8?Q?Empfang_<x@boese.example>?= <a@praxis.example>", "Empfang <x@boese.example>", "a@praxis.example"),
        ("Empfang <a@praxis.example> <b@boese.example>", "Empfang", "a@praxis.example"),
        ("Emp\u202efang <a@praxis.example>", "Empfang", "a@praxis.example"),
        ("Emp\x00fang\x1b <a@praxis.example>", "Empfang", "a@praxis.example"),
        ("Empfang", "Empfang", ""),
    ],
)
def test_one_mailbox_in_all_its_spellings(field: str, name: str, email: str) -> None:
    assert read_addresses(field) == (Address(name, email),)


def test_a_quote_that_never_ends_makes_no_second_sender() -> None:
    assert len(read_addresses('"Empfang <empfang@praxis.example>, <b@boese.example>')) == 1


@pytest.mark.parametrize("field", ["", " ", ",", ";", ",,;,", "<>", "()", '""', '"" <>'])
def test_nothing_is_nobody(field: str) -> None:
    assert read_addresses(field) == ()


def test_semicolons_separate_as_outlook_writes_them() -> None:
    assert [address.email for address in read_addresses("a@x.example; b@x.example;c@x.example")] == [
        "a@x.example",
        "b@x.example",
        "c@x.example",
    ]


def test_two_groups_and_a_mailbox_between_them() -> None:
    found = read_addresses("Ärzte: a@x.example, B <b@x.example>;, c@x.example, Leer:;")
    assert found == (
        Address("", "a@x.example"),
        Address("B", "b@x.example"),
        Address("", "c@x.example"),
        Address("Leer", ""),
    )


def test_long_lists_and_names_are_cut() -> None:
    assert len(read_addresses("a@x.example," * (MAX_ADDRESSES + 10))) == MAX_ADDRESSES
    assert len(read_addresses(f"{'n' * 5000} <a@x.example>")[0].name) == MAX_NAME_CHARS


@pytest.mark.parametrize(
    "seed", ["(", "<", '"', "\\", ",", ":", "@:", "=?", "=?utf-8?B?", "(a ", '"a" ', "a:b;", "<a", "@ "]
)
def test_repeating_what_opens_costs_no_more_than_its_length(seed: str) -> None:
    assert seconds_for(seed * (100_000 // len(seed))) < 2


def test_quotes_escaped_without_end_cost_no_more_than_their_length() -> None:
    assert seconds_for('"' + '\\"' * 50_000 + "@") < 2
    assert seconds_for('a@b "' + '\\"' * 50_000) < 2


def seconds_for(field: str) -> float:
    started = time.process_time()
    read_addresses(field)
    return time.process_time() - started
