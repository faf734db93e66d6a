"""Is this Python fit for mail? Asked by behaviour, not by version number: distributions patch old versions."""

import imaplib
import io
import sys
from email.generator import BytesGenerator
from email.message import EmailMessage, Message


def unfit_because() -> str:
    """Which fixes against mail injection this Python lacks, as a sentence; "" when it has them."""
    missing = [name for name, has in (("imaplib", _imaplib_refuses()), ("email", _email_refuses())) if not has]
    if not missing:
        return ""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return (
        f"Python {version} lacks the fixes against mail injection in {' and '.join(missing)}. "
        "Install the newest patch release of Python (or of your distribution's package)."
    )


def _imaplib_refuses() -> bool:
    """A command with a line break must not reach the wire."""

    class Probe(imaplib.IMAP4):
        def __init__(self) -> None:
            self.state, self.tagnum, self.literal = "AUTH", 0, None
            self.tagpre, self.debug, self.is_readonly = b"T", 0, False  # type: ignore[assignment]  # typeshed says str
            self._mode_ascii()
            self.untagged_responses, self.tagged_commands, self.sent = {}, {}, b""

        def send(self, data: object) -> None:
            self.sent += bytes(data)  # type: ignore[call-overload]

        def _log(self, line: object) -> None:
            return

    probe = Probe()
    try:
        probe._command("CREATE", "a\r\nT2 LOGOUT")
    except ValueError:
        return True
    except Exception:  # noqa: BLE001, RUF100  # whatever it does instead, it did not refuse
        return False
    return b"\r\nT2" not in probe.sent


def _email_refuses() -> bool:
    """A header with a line break must not be written."""
    message: Message[str, str] = Message()
    message["Subject"] = "a\r\n\r\nb"
    out = io.BytesIO()
    try:
        BytesGenerator(out, policy=EmailMessage().policy).flatten(message)
    except ValueError:
        return True
    except Exception:  # noqa: BLE001, RUF100
        return True
    return b"\n\nb" not in out.getvalue().replace(b"\r", b"")
