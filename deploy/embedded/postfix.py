"""A private Postfix in a folder of its own: the submission server of an embedded Dovecot.

Takes mail only from who signs in (Dovecot is asked) and delivers what is for `domain` into Dovecot by LMTP. Nothing
leaves this machine: mail to anybody else is taken and thrown away, and nobody at REFUSED_DOMAIN is known. Needs root:
its programs run as the system user `postfix`.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.embedded.dovecot import Dovecot
from deploy.embedded.ports import free_port

BINARY = "/usr/sbin/postfix"
START_S = 20
DOMAIN = "praxis.example"
REFUSED_DOMAIN = "nowhere.example"

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.{domain}
mydestination = {domain}
alias_maps =
alias_database =
local_recipient_maps =
local_transport = lmtp:unix:{lmtp}
default_transport = discard:no mail leaves this machine
relay_transport = $default_transport
transport_maps = inline:{{ {{ {refused} = error:5.1.1 Nobody lives here }} }}
message_size_limit = {size_bytes}
mailbox_size_limit = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
in_flow_delay = 0
smtpd_peername_lookup = no
# What is sent is what arrives: nothing added for clients on this machine, no long line broken.
local_header_rewrite_clients =
lmtp_line_length_limit = 0
# The forgiving kind: a bare line feed ends a line, so what would smuggle a second message does.
smtpd_forbid_bare_newline = no
{tls}
"""

_TLS = """
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
"""

# service, type, private, unprivileged, chroot, wake-up, process limit, command
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
{tls_listener}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
showq unix n - n - - showq
error unix - - n - - error
discard unix - - n - - discard
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """Context manager. `port` speaks STARTTLS when there is a certificate, else it takes sign-ins in the clear; with a
    certificate `tls_port` is the one with TLS from the start."""

    def __init__(
        self,
        dovecot: Dovecot,
        *,
        certificate: tuple[Path, Path] | None = None,
        domain: str = DOMAIN,
        size_bytes: int = 50 * 1024 * 1024,
        port: int = 0,
    ) -> None:
        if not dovecot.for_smtp:
            raise ValueError("Postfix needs a Dovecot that was started with for_smtp=True.")
        self.domain, self.size_bytes = domain, size_bytes
        self.port = port or free_port()
        self.tls_port = free_port() if certificate else 0
        self.folder = Path(tempfile.mkdtemp(prefix="postfix-"))
        self._dovecot, self._certificate = dovecot, certificate
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._remove()

    def start(self) -> None:
        """Raises RuntimeError: not root, not installed, or Postfix's own words when it does not come up."""
        if os.getuid() != 0:
            raise RuntimeError("Postfix runs as root only: start the tests as root.")
        if not Path(BINARY).exists():
            raise RuntimeError("No Postfix found. Install it, for example: apt-get install postfix")
        self._write_config()
        self._process = subprocess.Popen(
            [BINARY, "-c", str(self.folder / "conf"), "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_S
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Postfix did not start: {self.log()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the master, which ends its children; the script that started it waits for it."""
        script, self._process = self._process, None
        if script is None:
            return
        master = self._master() or script.pid
        try:
            if script.poll() is None:
                os.kill(master, signal.SIGTERM)
            script.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(master, signal.SIGKILL)
            script.wait(5)
        # Left behind, it would name a stranger's process one day.
        self._pid_file.unlink(missing_ok=True)

    @property
    def _pid_file(self) -> Path:
        return self.folder / "queue" / "pid" / "master.pid"

    def _master(self) -> int:
        """Its process id; 0 before it has started. It leads a process group of its own."""
        text = self._pid_file.read_text().strip() if self._pid_file.exists() else ""
        return int(text or 0)

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_config(self) -> None:
        self.folder.chmod(0o755)
        for name in ("conf", "queue", "data"):
            (self.folder / name).mkdir(exist_ok=True)
        shutil.chown(self.folder / "data", "postfix")
        main = _MAIN.format(
            folder=self.folder,
            domain=self.domain,
            refused=REFUSED_DOMAIN,
            size_bytes=self.size_bytes,
            lmtp=self._dovecot.lmtp_socket,
            auth=self._dovecot.auth_socket,
            tls=self._tls(),
        )
        path = self.folder / "conf" / "main.cf"
        path.write_text(main)
        # A file that is younger than a second could still be written to: every program would wait.
        os.utime(path, (0, 0))
        (self.folder / "conf" / "master.cf").write_text(
            _MASTER.format(port=self.port, tls_listener=self._tls_listener())
        )

    def _tls(self) -> str:
        if self._certificate is None:
            return "smtpd_tls_security_level = none"
        return _TLS.format(certificate=self._certificate[0], key=self._certificate[1])

    def _tls_listener(self) -> str:
        if self._certificate is None:
            return ""
        return f"127.0.0.1:{self.tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as line:
            return b" Postfix" in line.recv(200)
    except OSError:
        return False
