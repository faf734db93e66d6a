"""The demo's folder: keys and ports made once, what is filled and migrated, and the lock of the one that runs."""

import base64
import fcntl
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path

import django

from deploy.demo.options import ROOT, DemoError
from deploy.embedded.ports import is_taken

DATABASE = "praxispost.sqlite3"
_LOCK = "lock"
_FIRST_PORT, _LAST_PORT = 14300, 14999  # below the range that outgoing connections take theirs from
_SOCKET_PATH_BYTES = 60  # what Dovecot's sockets leave of the 107 that a socket's path may have


class Home:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: int | None = None

    def lock(self) -> None:
        """Raises DemoError when a demo runs from this folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._held = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise DemoError(f"The demo cannot write to {self.folder} ({error.strerror}): make it writable.") from None
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = os.read(self._held, 20).decode(errors="replace").strip()
            raise DemoError(f"A demo runs from here already (process {pid}): stop it with Ctrl-C first.") from None
        os.ftruncate(self._held, 0)
        os.write(self._held, str(os.getpid()).encode())

    def empty(self) -> None:
        """FRESH=1. The lock stays."""
        shutil.rmtree(self.mail_folder(), ignore_errors=True)
        for entry in self.folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != _LOCK:
                entry.unlink()

    def drop_database(self) -> None:
        for path in self.folder.glob(f"{DATABASE}*"):
            path.unlink()

    def key_file(self) -> Path:
        return self._secret("key", base64.b64encode(secrets.token_bytes(32)).decode())

    def secret_key_file(self) -> Path:
        return self._secret("secret_key", secrets.token_urlsafe(48))

    def port(self, name: str) -> int:
        """The same at every start: accounts are known by their server's port. Raises DemoError when it is taken."""
        path = self.folder / "ports.json"
        ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        if name not in ports:
            free = (
                port for port in range(_FIRST_PORT, _LAST_PORT) if port not in ports.values() and not is_taken(port)
            )
            ports[name] = next(free)
            path.write_text(json.dumps(ports))
        if is_taken(ports[name]):
            raise DemoError(
                f"Port {ports[name]}, where the demo's {name} server was last time, is taken by another program: "
                "end that, or begin anew with: make demo FRESH=1"
            )
        return ports[name]

    def log(self, name: str) -> Path:
        folder = self.folder / "log"
        folder.mkdir(exist_ok=True)
        return folder / f"{name}.log"

    def is_done(self, step: str, stamp: str) -> bool:
        path = self.folder / f"{step}.done"
        return path.exists() and path.read_text() == stamp

    def set_done(self, step: str, stamp: str) -> None:
        (self.folder / f"{step}.done").write_text(stamp)

    def mail_folder(self) -> Path:
        """Dovecot's. Outside where Dovecot could not work inside: as root it reads mail as a user of its own, who must
        be able to get there, and the paths of its sockets must be short."""
        inside = self.folder / "dovecot"
        if len(os.fsencode(inside)) <= _SOCKET_PATH_BYTES and (os.getuid() != 0 or _reachable(self.folder)):
            return inside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/var/tmp") / f"praxispost-demo-{name}"

    def _secret(self, name: str, fresh: str) -> Path:
        path = self.folder / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(fresh)
        return path


def make_private(folder: Path) -> None:
    """A folder of ours. Raises DemoError when somebody else made it before us."""
    folder.mkdir(exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise DemoError(f"{folder} belongs to somebody else: remove it, then start the demo again.")


def migrations_stamp() -> str:
    """Changes whenever a migration does."""
    digest = hashlib.sha256(django.__version__.encode())
    for app in ("sync", "webmail/accounts"):
        for path in sorted((ROOT / app / "migrations").glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _reachable(folder: Path) -> bool:
    """May everybody walk through every folder above?"""
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))
