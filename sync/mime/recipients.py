"""The envelope of a mail to send: whom the server is told, which is not what the header says."""

from sync.mail import Outgoing
from sync.mime.address_syntax import check_address


def recipients_of(outgoing: Outgoing) -> tuple[str, ...]:
    """To, Cc and Bcc as they go into RCPT TO, each once. Raises BadField."""
    fields = (("to", outgoing.to), ("cc", outgoing.cc), ("bcc", outgoing.bcc))
    return tuple(dict.fromkeys(check_address(address.email, name) for name, field in fields for address in field))


def needs_smtputf8(outgoing: Outgoing) -> bool:
    """Whether only a server with SMTPUTF8 (RFC 6531) can take it: domains become A-labels, a local part cannot."""
    everyone = (outgoing.sender, *outgoing.reply_to, *outgoing.to, *outgoing.cc, *outgoing.bcc)
    return any(not address.email.rpartition("@")[0].isascii() for address in everyone)
