"""Which addresses can be written to, as whom the server is told, and the ids that tie mails together."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mail import Address
from sync.mime.address_syntax import check_address
from sync.mime.idn import to_a_labels
from sync.mime.message_ids import new_message_id, reply_ids
from sync.mime.recipients import needs_smtputf8, recipients_of
from sync.mime.refuse import BadField
from tests.support.outgoing import an_outgoing, sent


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ("anna@muster.example", "anna@muster.example"),
        ("Anna.Muster+labor@Muster.EXAMPLE", "Anna.Muster+labor@muster.example"),
        ("anna@muster", "anna@muster"),
        ("!#$%&'*+-/=?^_`{|}~@muster.example", "!#$%&'*+-/=?^_`{|}~@muster.example"),
        ('"a b"@muster.example', '"a b"@muster.example'),
        ('"a@b, \\"c\\" (d)"@muster.example', '"a@b, \\"c\\" (d)"@muster.example'),
        ("anna@xn--mller-kva.example", "anna@xn--mller-kva.example"),
        ("anna@müller.example", "anna@xn--mller-kva.example"),
        ("anna@MÜLLER。example", "anna@xn--mller-kva.example"),
        ("anna@mu\u0308ller.example", "anna@xn--mller-kva.example"),
        ("anna@strasse.example", "anna@strasse.example"),
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("anna@ΒΌΛΟΣ.example", "anna@xn--nxasmq6b.example"),
        ("jürgen@müller.example", "jürgen@xn--mller-kva.example"),
        ("anna@[192.0.2.1]", "anna@[192.0.2.1]"),
        ("anna@[ipv6:2001:DB8::1]", "anna@[IPv6:2001:db8::1]"),
        (f"{'a' * 64}@muster.example", f"{'a' * 64}@muster.example"),
        (f"a@{'b' * 63}.example", f"a@{'b' * 63}.example"),
    ],
)
def test_an_address_goes_out_as_the_wire_wants_it(written: str, wire: str) -> None:
    assert check_address(written) == wire
    assert check_address(wire) == wire


@pytest.mark.parametrize(
    "written",
    [
        "", "anna", "@", "anna@", "@muster.example", "anna@@muster.example", "anna@muster@example", "an na@x.example",
        ".anna@x.example", "anna.@x.example", "an..na@x.example", "anna@.example", "anna@x..example", "anna@x.example.",
        "anna@-x.example", "anna@x-.example", "anna@x_y.example", "anna@x y.example", "anna@x,y", "anna@x.example>",
        "<anna@x.example>", "Anna <anna@x.example>", "anna@x.example,beat@x.example", '"anna@x.example', '""@x.example',
        '"a"b"@x.example', '"a\\"@x.example', 'a"b"@x.example', "anna(x)@x.example", "anna@x.example(x)",
        "anna@[192.0.2.1", "anna@[192.0.2.256]", "anna@[IPv6:x]", "anna@[IPv6:fe80::1%eth0]", "anna@[x.example]",
        "anna@\u0301x.example", "anna@xn--\u00fc.example", "anna@a\u200bb.example", "anna@a\ufe0fb.example",
        "anna@\u2603.example", "anna@a\u2026example", "anna@a\uff20b.example", "anna@a\u202eb.example",
        "an\u202ena@x.example", "an\u200bna@x.example", "an\u2003na@x.example", "an\u3000na@x.example",
        "anna\r\nRCPT TO:<b@x.example>@x.example", "anna@x.example\n", "anna\0@x.example", "an\x85na@x.example",
        "\ud800@x.example", f"{'a' * 65}@x.example", f"{'ü' * 33}@x.example", f"a@{'b' * 64}.example",
        f"a@{'ü' * 60}.example", f"a@{'.'.join(['b' * 60] * 5)}",
    ],
)  # fmt: skip
def test_what_no_server_could_deliver_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(BadField) as refused:
        check_address(written, "to")
    assert refused.value.field == "to"
    assert str(refused.value) == "cannot be sent as it is: to"
    assert refused.value.__cause__ is None


@given(st.text(alphabet="abzäöüéèñçåøæœąęłńśźżčďěňřšťžабвгд", min_size=1, max_size=12))
def test_letters_that_both_rules_know_become_what_the_older_rule_makes_of_them(label: str) -> None:
    assert to_a_labels(label) == label.encode("idna").decode("ascii")


@given(st.text(max_size=40))
def test_any_domain_is_refused_or_stays_as_it_is_at_the_second_time(domain: str) -> None:
    try:
        once = to_a_labels(domain)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*", once)
    assert to_a_labels(once) == once


def test_each_recipient_is_told_to_the_server_once() -> None:
    outgoing = an_outgoing(
        to=(Address("Anna", "anna@MÜLLER.example"), Address("", "beat@x.example")),
        cc=(Address("Anna M.", "anna@xn--mller-kva.example"), Address("", "Anna@x.example")),
        bcc=(Address("", "anna@x.example"), Address("", "beat@X.Example")),
    )
    assert recipients_of(outgoing) == (
        "anna@xn--mller-kva.example",
        "beat@x.example",
        "Anna@x.example",
        "anna@x.example",
    )


@pytest.mark.parametrize("field", ["to", "cc", "bcc"])
def test_a_recipient_that_cannot_be_reached_is_named_by_its_field(field: str) -> None:
    outgoing = an_outgoing(**{field: (Address("", "anna@x.example"), Address("", "kaputt"))})
    for refusing in (recipients_of, sent):
        with pytest.raises(BadField) as refused:
            refusing(outgoing)
        assert refused.value.field == field


@pytest.mark.parametrize("field", ["sender", "reply_to", "to", "cc", "bcc"])
def test_only_a_local_part_of_other_letters_needs_smtputf8(field: str) -> None:
    def with_address(email: str) -> dict[str, object]:
        address = Address("Müller", email)
        return {field: address if field == "sender" else (address,)}

    assert not needs_smtputf8(an_outgoing(**with_address("anna@müller.example")))
    assert sent(an_outgoing(**with_address("anna@müller.example"))).isascii()
    assert needs_smtputf8(an_outgoing(**with_address("jürgen@müller.example")))
    raw = sent(an_outgoing(**with_address("jürgen@müller.example")))
    assert ("jürgen@xn--mller-kva.example".encode() in raw) == (field != "bcc")


def test_a_new_id_is_a_new_one_at_the_senders_domain() -> None:
    made = {new_message_id("Müller.example") for _ in range(1000)}
    assert len(made) == 1000
    assert all(re.fullmatch(r"<[0-9a-f]{32}@xn--mller-kva\.example>", found) for found in made)
    sent(an_outgoing(message_id=made.pop()))


@pytest.mark.parametrize("domain", ["", "a b", "x.example\r\nBcc: x", "x@y", "[192.0.2.1]"])
def test_an_id_at_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(BadField, match="domain"):
        new_message_id(domain)


@pytest.mark.parametrize(
    ("message_id", "in_reply_to", "references", "expected"),
    [
        ("<c@x>", "<b@x>", ["<a@x>", "<b@x>"], ("<c@x>", ("<a@x>", "<b@x>", "<c@x>"))),
        ("<c@x>", "", [], ("<c@x>", ("<c@x>",))),
        ("<c@x>", "<b@x>", [], ("<c@x>", ("<b@x>", "<c@x>"))),
        ("<c@x>", "Ihr Mail von gestern <b@x>", [], ("<c@x>", ("<b@x>", "<c@x>"))),
        ("<c@x>", "<a@x> <b@x>", [], ("<c@x>", ("<c@x>",))),
        ("<c@x>", "Ihr Mail von gestern", [], ("<c@x>", ("<c@x>",))),
        ("", "<b@x>", ["<a@x>"], ("", ("<a@x>",))),
        ("", "<b@x>", [], ("", ("<b@x>",))),
        ("", "", [], ("", ())),
        ("<b@x>", "", ["<a@x>", "<b@x>", "<a@x>"], ("<b@x>", ("<a@x>", "<b@x>"))),
    ],
)
def test_an_answer_refers_to_its_parent_and_to_what_that_one_answered(
    message_id: str, in_reply_to: str, references: list[str], expected: tuple[str, tuple[str, ...]]
) -> None:
    assert reply_ids(message_id, in_reply_to, references) == expected
