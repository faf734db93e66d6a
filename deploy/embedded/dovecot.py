"""A private Dovecot in a folder of its own, on a free loopback port: for tests, benches and the demo.

Runs as root (mail then belongs to the system user `dovecot`) and as an ordinary user. Any user may sign in, with any
password where none is given, until `refuse` says otherwise.
"""

import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from deploy.embedded.ports import free_port

BINARY = "/usr/sbin/dovecot"
START_S = 20

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = {protocols}
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = {format}:{folder}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_max_userip_connections = 200
{capability}
passdb {{
  driver = passwd-file
  args = {folder}/refused
  result_success = return-fail
  result_failure = continue
}}
passdb {{
  driver = static
  args = {password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  {folders}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = {tls_listener}
  }}
}}
service anvil {{
  chroot =
  # No growing wait after refused sign-ins: everybody here comes from the same address.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{for_smtp}
"""

# LMTP listens at run/lmtp by itself. Mail to alice@any.example is alice's, and she may sign in by either name.
_FOR_SMTP = """
auth_username_format = %Ln
service auth {
  unix_listener auth-client {
    mode = 0666
  }
}
"""

_SPECIAL = {"Drafts": "\\Drafts", "Sent": "\\Sent", "Trash": "\\Trash", "Junk": "\\Junk", "Archive": "\\Archive"}


class Dovecot:
    """Context manager; `port` is fixed for its life, also over `restart`."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        format: Literal["maildir", "mdbox", "sdbox"] = "maildir",
        capabilities: str = "",
        special_use: bool = True,
        certificate: tuple[Path, Path] | None = None,
        port: int = 0,
        password: str = "",
        for_smtp: bool = False,
    ) -> None:
        """`for_smtp` opens what an SMTP server needs: `lmtp_socket` to deliver, `auth_socket` to check sign-ins."""
        self.folder = folder or Path(tempfile.mkdtemp(prefix="dovecot-"))
        self._own_folder = folder is None
        self._format, self._capabilities, self._special_use = format, capabilities, special_use
        self._certificate, self.for_smtp = certificate, for_smtp
        self._password = password
        self.port = port or free_port()
        self.tls_port = free_port() if certificate else 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, preexec: Callable[[], None] | None = None) -> None:
        """Raises RuntimeError with Dovecot's own words when it does not come up."""
        self._write_config()
        self._process = subprocess.Popen(
            [BINARY, "-F", "-c", str(self.folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=preexec,
        )
        deadline = time.monotonic() + START_S
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (
                    self._process.stderr.read().decode()
                    if self._process.poll() is not None and self._process.stderr
                    else ""
                )
                self.stop()
                raise RuntimeError(f"Dovecot did not start: {said or self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
        if process.stderr is not None:
            process.stderr.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def refuse(self, user: str) -> None:
        """From now on this user's sign-ins fail, as after a revoked token."""
        with (self.folder / "refused").open("a") as refused:
            refused.write(f"{user}:::::::nopassword=y\n")
        self._await_sign_in(user, accepted=False)

    def allow(self, user: str) -> None:
        path = self.folder / "refused"
        path.write_text(
            "".join(f"{line}\n" for line in path.read_text().splitlines() if not line.startswith(f"{user}:"))
        )
        self._await_sign_in(user, accepted=True)

    def _await_sign_in(self, user: str, *, accepted: bool) -> None:
        """Dovecot looks at its passwd-file at most once a second: return when it has seen the change."""
        deadline = time.monotonic() + START_S
        while self._accepts(user) != accepted:
            if time.monotonic() > deadline:
                raise RuntimeError(f"Dovecot did not take up the changed passwd-file: {self.log()}")

    def _accepts(self, user: str) -> bool:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=START_S) as probe:
            try:
                probe.login(user, "probe")
            except imaplib.IMAP4.error:
                return False
            return True

    def kick(self, user: str) -> None:
        """Cut this user's connections, as a server does that is being restarted."""
        subprocess.run(
            ["/usr/bin/doveadm", "-c", str(self.folder / "dovecot.conf"), "kick", "-f", user],
            check=False,
            capture_output=True,
        )

    @property
    def lmtp_socket(self) -> Path:
        return self.folder / "run" / "lmtp"

    @property
    def auth_socket(self) -> Path:
        return self.folder / "run" / "auth-client"

    def mail_of(self, user: str) -> Path:
        return self.folder / "mail" / user

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _write_config(self) -> None:
        user, group, uid, gid = _identity()
        self.folder.chmod(0o755)
        (self.folder / "run").mkdir(exist_ok=True)
        mail = self.folder / "mail"
        mail.mkdir(exist_ok=True)
        os.chown(mail, uid, gid)
        (self.folder / "refused").touch()
        config = _CONFIG.format(
            folder=self.folder,
            format=self._format,
            uid=uid,
            gid=gid,
            user=user,
            group=group,
            port=self.port,
            tls_port=self.tls_port,
            tls=self._tls(),
            password=f"password={self._password}" if self._password else "nopassword=y",
            tls_listener="yes" if self._certificate else "no",
            capability=f"imap_capability = {self._capabilities}" if self._capabilities else "",
            folders=self._folders(),
            protocols="imap lmtp" if self.for_smtp else "imap",
            for_smtp=_FOR_SMTP if self.for_smtp else "",
        )
        (self.folder / "dovecot.conf").write_text(config)

    def _tls(self) -> str:
        if self._certificate is None:
            return "ssl = no"
        return f"ssl = yes\nssl_cert = <{self._certificate[0]}\nssl_key = <{self._certificate[1]}"

    def _folders(self) -> str:
        if not self._special_use:
            return ""
        return "\n  ".join(
            f"mailbox {name} {{\n    auto = subscribe\n    special_use = {use}\n  }}" for name, use in _SPECIAL.items()
        )


def _identity() -> tuple[str, str, int, int]:
    entry = pwd.getpwnam("dovecot") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    return entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name, entry.pw_uid, entry.pw_gid


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 0.5) as line:
            return line.recv(4) == b"* OK"
    except OSError:
        return False
