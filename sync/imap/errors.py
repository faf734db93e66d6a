"""Everything that can go wrong with a server, as four kinds. Each answers "what now?"."""


class ImapError(Exception):
    """Base. `code` is short, safe to store and to show; the text never quotes mail."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TryAgain(ImapError):
    """The network, a time-out, BYE, or a server that is busy: close this connection, back off, connect again."""


class NotNow(TryAgain):
    """NO to this command with a code that may pass (RFC 5530). The connection is still good: others may fare better."""


class SignInRefused(ImapError):
    """User name or secret are not accepted: make no further attempt until a person gave another secret."""


class CommandRefused(ImapError):
    """NO or BAD to this command: it will not get better by repeating. The connection is still good."""


class FolderRefused(CommandRefused):
    """NO to SELECT: the folder is not there, or not for us, whatever LIST shows."""


class Nonsense(ImapError):
    """An answer that cannot be read, or is too large: put this folder or message aside and go on with others."""
