"""As whom one writes: everybody's on the mailbox, and safe in a mail."""

import uuid
from typing import Any

import pytest

from tests.web.person import Person, code_of


def identity(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "name": "Praxis", "email": "praxis@praxis.example", **fields}


def test_at_first_one_writes_as_the_accounts_own_address(alice: Person) -> None:
    (own,) = alice.get_session()["account"]["identities"]
    assert (own["email"], own["signature"]) == (alice.address, "")
    assert own == alice.get_session()["account"]["identities"][0]


def test_identities_and_protected_domains_are_everybodys(alice: Person, bob: Person) -> None:
    own = identity(signature="Praxis Muster\n")
    body = {"identities": [own], "protected_domains": ["Spital.example ", "hin.ch"]}
    assert alice.put("/api/writing", body).status_code == 204
    account = bob.snapshot()["account"]
    assert account["identities"] == [{**own, "reply_to": "", "signature_html": ""}]
    assert account["protected_domains"] == ["hin.ch", "spital.example"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<div><b>Praxis Muster</b></div>", "<div><b>Praxis Muster</b></div>"),
        ('<b onclick="x()">Praxis</b><script>x()</script>', "<b>Praxis</b>"),
        ('<p style="color:red;background:url(https://evil.example/x)">Praxis</p>', '<p style="color:red">Praxis</p>'),
        ('<img src="https://evil.example/logo.png"><i>Praxis</i>', "<i>Praxis</i>"),
        ("<div><br></div>", ""),
    ],
)
def test_a_formatted_signature_is_kept_as_it_may_stand_in_a_mail(
    alice: Person, bob: Person, charlie: Person, written: str, kept: str
) -> None:
    own = identity(signature="Praxis", signature_html=written)
    assert alice.put("/api/writing", {"identities": [own], "protected_domains": []}).status_code == 204
    assert [one["signature_html"] for one in bob.snapshot()["account"]["identities"]] == [kept]
    assert [one["signature_html"] for one in charlie.get_session()["account"]["identities"]] == [""]


@pytest.mark.parametrize("said", [{}, {"signature_html": None}])
def test_a_browser_that_says_nothing_of_a_formatted_signature_leaves_it_as_it_is(
    alice: Person, bob: Person, said: dict[str, Any]
) -> None:
    """An older one does not know of it."""
    own = identity(signature="Praxis", signature_html="<b>Praxis</b>")
    alice.put("/api/writing", {"identities": [own]})
    older = {"id": own["id"], "name": "Praxis Muster", "email": own["email"], **said}
    fresh = identity(name="Labor", **said)
    assert bob.put("/api/writing", {"identities": [fresh, older]}).status_code == 204
    stored = alice.snapshot()["account"]["identities"]
    assert [(one["name"], one["signature_html"]) for one in stored] == [
        ("Labor", ""),
        ("Praxis Muster", "<b>Praxis</b>"),
    ]
    alice.put("/api/writing", {"identities": [{**older, "signature_html": ""}]})
    assert [one["signature_html"] for one in alice.snapshot()["account"]["identities"]] == [""]


@pytest.mark.parametrize("chars", [[50_001], [40_000, 40_000, 40_000, 40_000]])
def test_formatted_signatures_that_are_too_large_one_or_together_are_refused(alice: Person, chars: list[int]) -> None:
    """Each account row that is told to a browser carries them all."""
    own = identity(signature_html="<b>Praxis</b>")
    alice.put("/api/writing", {"identities": [own]})
    large = [identity(signature_html="<b>x</b>" + "x" * (many - 8)) for many in chars]
    answer = alice.put("/api/writing", {"identities": [{**own, "signature_html": None}, *large]})
    assert code_of(answer) == (422, "signatures_too_large")
    assert [one["id"] for one in alice.snapshot()["account"]["identities"]] == [own["id"]]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "praxis"},
        {"email": "a@b.example\r\nBcc: c@d.example"},
        {"name": "Praxis\r\nBcc: c@d.example"},
        {"reply_to": "nowhere"},
    ],
)
def test_an_identity_that_no_header_can_hold_is_refused(alice: Person, fields: dict[str, Any]) -> None:
    answer = alice.put("/api/writing", {"identities": [identity(**fields)], "protected_domains": []})
    assert code_of(answer) == (422, "bad_address")
