"""Which submission servers an installation may use: the same policy as for IMAP, with other ports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.endpoint import IMAP_PORTS, SMTP_PORTS, Endpoint, HostPolicy, HostRefused, Security
from webmail import settings as product

SETTING = "PRAXISPOST_SMTP_HOSTS"
ROOT = Path(__file__).resolve().parents[2]

# entry, port asked for, what becomes of it
PORTS: list[tuple[str, int, str]] = [
    ("mail.example.ch", 465, "ok"),
    ("mail.example.ch", 587, "ok"),
    ("mail.example.ch", 25, "port_not_listed"),
    ("mail.example.ch", 993, "port_not_listed"),
    ("mail.example.ch:2525", 2525, "ok"),
    ("mail.example.ch:2525", 587, "port_not_listed"),
    ("mail.example.ch:*", 25, "ok"),
    ("mail.example.ch:465, mail.example.ch:587", 587, "ok"),
    ("other.example.ch", 587, "host_not_listed"),
    ("", 587, "host_not_listed"),
]


@pytest.mark.parametrize(("text", "port", "becomes"), PORTS)
def test_an_entry_without_a_port_means_the_submission_ports(text: str, port: int, becomes: str) -> None:
    policy = HostPolicy.parse(text, setting=SETTING, default_ports=SMTP_PORTS)
    assert resolved(policy, Endpoint(host="mail.example.ch", port=port, security="tls")) == becomes


def resolved(policy: HostPolicy, endpoint: Endpoint, *addresses: str) -> str:
    try:
        policy.resolve(endpoint, lambda host, port: list(addresses or ["8.8.8.8"]))
    except HostRefused as error:
        return error.code
    return "ok"


@pytest.mark.parametrize(
    ("text", "address", "security", "becomes"),
    [
        ("mail.example.ch", "10.0.0.1", "tls", "private_address"),
        ("mail.example.ch private", "10.0.0.1", "starttls", "ok"),
        ("mail.example.ch private", "10.0.0.1", "plain", "plain_not_local"),
        ("mail.example.ch", "8.8.8.8", "plain", "plain_not_local"),
        ("mail.example.ch private", "127.0.0.1", "plain", "ok"),
    ],
)
def test_private_and_plain_are_what_they_are_for_imap(
    text: str, address: str, security: Security, becomes: str
) -> None:
    policy = HostPolicy.parse(text, setting=SETTING, default_ports=SMTP_PORTS)
    assert resolved(policy, Endpoint(host="mail.example.ch", port=587, security=security), address) == becomes


@pytest.mark.parametrize("entry", ["mail.example.ch:smtp", "mail.example.ch public", ":587", "mail.example.ch:²"])
def test_a_bad_entry_is_named_with_its_setting(entry: str) -> None:
    with pytest.raises(ValueError, match=f"^{SETTING}: '{entry}' is not an entry"):
        HostPolicy.parse(f"smtp.mail.hin.ch:587, {entry}", setting=SETTING, default_ports=SMTP_PORTS)
    with pytest.raises(ValueError, match=f"^PRAXISPOST_IMAP_HOSTS: '{entry}' is not an entry"):
        HostPolicy.parse(entry)


def test_the_ports_of_one_protocol_are_not_those_of_the_other() -> None:
    assert not IMAP_PORTS & SMTP_PORTS
    asked = Endpoint(host="mail.example.ch", port=587, security="tls")
    assert resolved(HostPolicy.parse("mail.example.ch"), asked) == "port_not_listed"


# The setting


def policy_of(**environment: str) -> subprocess.CompletedProcess[str]:
    """What a process with this environment makes of the setting."""
    code = (
        "from webmail.settings import SMTP_HOST_POLICY as p\n"
        "from sync.endpoint import Endpoint as E, HostRefused\n"
        "for host, port in (('smtp.mail.hin.ch', 587), ('smtp.mail.hin.ch', 465), ('mail.example.ch', 465)):\n"
        "    try: p.resolve(E(host=host, port=port, security='tls'), lambda *_: ['8.8.8.8']); print('ok')\n"
        "    except HostRefused as error: print(error.code)\n"
    )
    known = {name: value for name, value in os.environ.items() if name != SETTING}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**known, **environment}, capture_output=True, text=True
    )


def test_without_the_setting_only_hin_is_sent_through() -> None:
    assert policy_of().stdout.split() == ["ok", "port_not_listed", "host_not_listed"]


def test_the_setting_replaces_hin() -> None:
    said = policy_of(PRAXISPOST_SMTP_HOSTS="mail.example.ch").stdout.split()
    assert said == ["host_not_listed", "host_not_listed", "ok"]


def test_a_bad_setting_stops_the_start_with_its_sentence() -> None:
    done = policy_of(PRAXISPOST_SMTP_HOSTS="mail.example.ch:smtp")
    assert done.returncode != 0
    assert "PRAXISPOST_SMTP_HOSTS: 'mail.example.ch:smtp' is not an entry" in done.stderr


def test_the_tests_own_servers_are_allowed() -> None:
    here = Endpoint(host="127.0.0.1", port=12345, security="plain")
    assert product.SMTP_HOST_POLICY.resolve(here) == "127.0.0.1"
