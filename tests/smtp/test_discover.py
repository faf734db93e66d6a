"""SRV records (RFC 6186), asked of a real DNS server over UDP; what it answers is not to be trusted."""

import re
import time

import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.endpoint import Endpoint, Security
from sync.smtp.discover import MAX_SERVICES, TIMEOUT_S, Resolver, find_submission
from tests.support.dns_server import Answer, DnsServer

TLS, STARTTLS = "_submissions._tcp.praxis.example", "_submission._tcp.praxis.example"


def found(
    records: dict[str, Answer], domain: str = "praxis.example", *, timeout_s: float = TIMEOUT_S
) -> list[tuple[str, int, Security]]:
    with DnsServer(records) as server:
        endpoints = find_submission(domain, Resolver("127.0.0.1", server.port, timeout_s=timeout_s))
    return [(endpoint.host, endpoint.port, endpoint.security) for endpoint in endpoints]


def test_both_kinds_with_tls_from_the_start_first() -> None:
    records: dict[str, Answer] = {
        STARTTLS: ["0 1 587 mail.praxis.example."],
        TLS: ["10 1 465 mail.praxis.example."],
    }
    assert found(records) == [("mail.praxis.example", 465, "tls"), ("mail.praxis.example", 587, "starttls")]


def test_by_priority_and_then_by_weight() -> None:
    records: dict[str, Answer] = {
        TLS: [
            "20 9 465 third.example.",
            "10 1 465 second.example.",
            "10 50 465 first.example.",
            "20 0 465 fourth.example.",
        ]
    }
    assert [host for host, _, _ in found(records)] == [
        "first.example",
        "second.example",
        "third.example",
        "fourth.example",
    ]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({TLS: ["0 0 0 ."], STARTTLS: ["0 1 587 mail.example."]}, [("mail.example", 587, "starttls")]),
        ({TLS: ["0 1 465 ."], STARTTLS: ["0 0 0 ."]}, []),
        ({TLS: [], STARTTLS: ["0 1 587 mail.example."]}, [("mail.example", 587, "starttls")]),
        ({}, []),
        ({TLS: dns.rcode.SERVFAIL, STARTTLS: ["0 1 587 mail.example."]}, [("mail.example", 587, "starttls")]),
        ({TLS: dns.rcode.REFUSED, STARTTLS: dns.rcode.FORMERR}, []),
    ],
    ids=["not offered", "both not offered", "no such record", "no such name", "one fails", "both fail"],
)
def test_what_is_not_there_is_left_out(records: dict[str, Answer], expected: list[tuple[str, int, Security]]) -> None:
    assert found(records) == expected


def test_the_case_of_names_does_not_matter() -> None:
    assert found({TLS: ["0 1 465 MAIL.Praxis.Example."]}, "Praxis.EXAMPLE.") == [("mail.praxis.example", 465, "tls")]


def test_a_domain_with_an_umlaut_is_asked_for_in_ascii() -> None:
    records: dict[str, Answer] = {"_submissions._tcp.xn--bcher-kva.example": ["0 1 465 mail.example."]}
    assert found(records, "bücher.example") == [("mail.example", 465, "tls")]


BAD_TARGETS = [
    "-x.example.",
    "x-.example.",
    "_smtp.example.",
    "a\\032b.example.",
    "a\\000b.example.",
    "a\\010b.example.",
    "a\\.b.example.",
    "a@b.example.",
    "127.0.0.1.",
    "localhost.127.",
    "m\\195\\188ller.example.",
    "'or1=1.example.",
]


@pytest.mark.parametrize("target", BAD_TARGETS)
def test_a_target_that_is_no_host_name_is_left_out(target: str) -> None:
    records: dict[str, Answer] = {TLS: [f"0 1 465 {target}", "1 1 465 good.example."]}
    assert found(records) == [("good.example", 465, "tls")]


def test_a_port_of_zero_is_left_out() -> None:
    assert found({TLS: ["0 1 0 mail.example.", "1 1 465 good.example."]}) == [("good.example", 465, "tls")]


def test_a_flood_of_records_is_cut() -> None:
    records: dict[str, Answer] = {
        kind: [f"{number} 1 465 mail{number}.example." for number in range(500)] for kind in (TLS, STARTTLS)
    }
    endpoints = found(records)
    assert len(endpoints) == MAX_SERVICES
    assert endpoints[0] == ("mail0.example", 465, "tls")


def test_the_same_server_twice_is_one() -> None:
    assert found({TLS: ["0 1 465 mail.example.", "5 1 465 mail.example."]}) == [("mail.example", 465, "tls")]


@pytest.mark.parametrize(
    "answer", [b"\x00", b"x" * 512, b"\xff" * 10, b"\x00" * 10], ids=["short", "text", "ones", "zeros"]
)
def test_an_answer_that_is_none(answer: bytes) -> None:
    assert found({TLS: answer, STARTTLS: answer}, timeout_s=0.3) == []


def an_answer(name: str) -> bytes:
    """A good one, without its id."""
    query = dns.message.make_query(name, "SRV")
    response = dns.message.make_response(query)
    records = [f"{number} 1 465 mail{number}.example." for number in range(3)]
    response.answer.append(dns.rrset.from_text_list(query.question[0].name, 60, "IN", "SRV", records))
    return response.to_wire()[2:]


def test_the_good_answer_is_one() -> None:
    assert len(found({TLS: an_answer(TLS)})) == 3


@settings(max_examples=15, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, 150), st.integers(0, 255)), min_size=1, max_size=6),
    length=st.integers(0, 200),
)
def test_a_damaged_answer_raises_nothing(changes: list[tuple[int, int]], length: int) -> None:
    answer = bytearray(an_answer(TLS))
    for place, value in changes:
        answer[place % len(answer)] = value
    for host, port, _ in found({TLS: bytes(answer[:length])}, timeout_s=0.05):
        assert re.fullmatch(r"[a-z0-9.-]+", host)
        assert port


def test_a_server_that_never_answers_is_waited_for_three_seconds_over_all() -> None:
    began = time.monotonic()
    assert found({TLS: b"", STARTTLS: b""}) == []
    assert 2.9 < time.monotonic() - began < 5.5


def test_nobody_answers_at_all() -> None:
    with DnsServer({}) as server:
        port = server.port
    assert find_submission("praxis.example", Resolver("127.0.0.1", port, timeout_s=0.3)) == []


NO_DOMAINS = [
    "",
    ".",
    "praxis..example",
    "praxis.example\0",
    "praxis.example\r\n",
    "praxis example",
    "*.example",
    "127.0.0.1",
    "[127.0.0.1]",
    "a" * 64 + ".example",
    "a." * 130 + "example",
    "straße.example",
    "\ud800.example",
    "ü" * 300,
]


@pytest.mark.parametrize("domain", NO_DOMAINS, ids=ascii)
def test_what_is_no_domain_is_not_asked_for(domain: str) -> None:
    with DnsServer({}) as server:
        assert find_submission(domain, Resolver("127.0.0.1", server.port)) == []
        assert server.asked == []


def test_the_longest_domain_does_no_harm() -> None:
    domain = ".".join(["a" * 63] * 3 + ["a" * 61])
    assert len(domain) == 253
    with DnsServer({}) as server:
        assert find_submission(domain, Resolver("127.0.0.1", server.port)) == []


def test_an_endpoint_is_what_the_host_policy_takes() -> None:
    with DnsServer({TLS: ["0 1 465 mail.praxis.example."]}) as server:
        (endpoint,) = find_submission("praxis.example", Resolver("127.0.0.1", server.port))
    assert endpoint == Endpoint(host="mail.praxis.example", port=465, security="tls")
