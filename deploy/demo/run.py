"""From nothing to a running product, and back to nothing."""

import logging
import signal
import threading
from pathlib import Path
from types import FrameType

from deploy.demo import product
from deploy.demo.home import Home, migrations_stamp
from deploy.demo.lively import Colleague
from deploy.demo.options import DEFAULT_PORT, ROOT, DemoError, Options, Stopped
from deploy.demo.people import DOCTOR, PASSWORD, PRACTICE
from deploy.demo.processes import Processes
from deploy.demo.servers import Servers, newest_change
from deploy.embedded.ports import is_taken
from webmail.preflight import unfit_because

START_S = 60
LOOK_EVERY_S = 1.0


class Demo:
    """One run."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._home = Home(options.home)
        self._stop = threading.Event()
        self._processes = Processes(self._interrupted)
        self._servers = Servers(self._home, options.imap, self._interrupted)
        self._colleague: Colleague | None = None
        self._has_vite = options.dev and options.port == DEFAULT_PORT
        self._env: dict[str, str] = {}

    def run(self) -> None:
        """Until Ctrl-C. Raises DemoError when something is missing or dies; stops everything in any case."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            self._start()
            self._stay()
        except Stopped:
            pass
        finally:
            if self._stop.is_set():
                _say("Stopping …")
            self._end()

    def _start(self) -> None:
        self._prepare()
        _say("Starting the mail server …" if self._options.imap == "dovecot" else "Starting pymap as the mail server …")
        self._servers.start_redis()
        self._servers.start_imap()
        self._servers.start_smtp()
        self._make_database()
        _say("Starting the worker and the web server …")
        worker = self._start_worker()
        self._start_web()
        self._fill()  # while the others come up
        self._processes.wait("web server", lambda: product.is_healthy(self._options.port), START_S)
        self._processes.wait("worker", lambda: "ready." in worker.read_text(errors="replace"), START_S)
        self._start_colleague()
        self._say_where()

    def _prepare(self) -> None:
        """Everything that can be wrong is found before anything is started."""
        self._home.lock()
        if unfit := unfit_because():
            _say(f"Warning: {unfit} Production would not start on it.")
        if not self._has_vite:
            product.check_front_end()
        if is_taken(self._options.port):
            raise DemoError(
                f"Port {self._options.port} is taken by another program: end that, or choose another, for example: "
                f"make demo PORT={self._options.port + 10 if self._options.port < 65000 else DEFAULT_PORT}"
            )
        if self._has_vite and is_taken(product.VITE_PORT):
            raise DemoError(f"Port {product.VITE_PORT}, which the reloading front end needs, is taken: free it first.")
        if self._options.fresh:
            _say("Emptying the demo's folder …")
            self._home.empty()
        logging.basicConfig(
            filename=self._home.log("demo"), filemode="w", level=logging.INFO, format="%(asctime)s %(name)s %(message)s"
        )
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd, which tells every line

    def _make_database(self) -> None:
        self._env = product.environment(
            self._options,
            self._home,
            redis_url=self._servers.redis_url,
            imap_port=self._servers.imap_port,
            smtp_port=self._servers.smtp_port,
        )
        stamp = migrations_stamp()
        if not self._home.is_done("database", stamp):
            _say("Making the database …")
            self._home.drop_database()  # a mirror of the mailboxes: what made it may be older than its migrations
            self._processes.run("The database's set-up", product.MIGRATE, self._env, self._home.log("migrate"))
            self._home.set_done("database", stamp)

    def _fill(self) -> None:
        if how_many := self._servers.fill():
            _say(f"Wrote {how_many} invented messages into two mailboxes.")
        if self._options.imap == "pymap":
            _say("pymap keeps mail in memory: the mailboxes begin anew at every start.")

    def _start_web(self) -> None:
        self._processes.start("web server", product.web_command(self._options), self._env, self._home.log("web"))
        if self._has_vite:
            frontend = ROOT / "frontend"
            self._processes.start("front end", product.VITE, self._env, self._home.log("vite"), cwd=frontend)

    def _start_worker(self) -> Path:
        return self._processes.start("worker", product.WORKER, self._env, self._home.log("worker")).log

    def _start_colleague(self) -> None:
        if not self._options.every_s:
            return
        self._colleague = Colleague(
            imap_port=self._servers.imap_port, smtp_port=self._servers.smtp_port, every_s=self._options.every_s
        )
        self._colleague.start()

    def _say_where(self) -> None:
        port = product.VITE_PORT if self._has_vite else self._options.port
        _say(f"Mail server, where the form asks for it: 127.0.0.1, port {self._servers.imap_port}, no encryption.")
        _say(
            f"Praxispost: http://127.0.0.1:{port} – sign in as {PRACTICE.mail} or {DOCTOR.mail}, "
            f"password {PASSWORD} (Ctrl-C stops)"
        )

    def _stay(self) -> None:
        sources = (ROOT / "sync", ROOT / "webmail")
        seen = newest_change(sources) if self._options.dev else 0.0
        while not self._stop.wait(LOOK_EVERY_S):
            self._processes.check()
            self._servers.check()
            if self._options.dev and (now := newest_change(sources)) > seen:
                seen = now
                self._processes.stop("worker")
                self._start_worker()

    def _end(self) -> None:
        if self._colleague is not None:
            self._colleague.stop()
        self._processes.stop_all()
        self._servers.stop()

    def _interrupted(self) -> None:
        if self._stop.is_set():
            raise Stopped

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Sets a flag only: a second Ctrl-C must not cut the stopping short."""
        self._stop.set()


def _say(text: str) -> None:
    print(text, flush=True)
