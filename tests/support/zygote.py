"""The product's own processes, made by fork from one that has loaded everything: each is there within a tenth of a
second, and can be killed for real. `python -m tests.support.zygote` reads what to become, line by line, and answers
with the new process's id.

    web PORT    the web server
    worker      a worker without Celery: SIGUSR1 is the wake-up, so that a test can lose it or ring twice
"""

import os
import signal
import sys
import traceback
from importlib import import_module
from typing import Any

import django

LOOK_EVERY_S = 0.2  # the net under lost wake-ups: five seconds in the product
TICK_S = 0.05


def main() -> None:
    django.setup()
    for name in ("uvicorn", "webmail.asgi", "sync.tasks", "sync.worker.runtime", "uvicorn.protocols.http.h11_impl"):
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    # Rung before it listens, a worker would die of it.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(line.split())
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _become(words: list[str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        _serve(int(words[1])) if words[0] == "web" else _work()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _serve(port: int) -> None:
    import_module("uvicorn").run(
        "webmail.asgi:application",
        host="127.0.0.1",
        port=port,
        ws="websockets-sansio",
        lifespan="off",
        access_log=False,
    )


def _work() -> None:
    runtime: Any = import_module("sync.worker.runtime")
    leases, database_error = import_module("sync.store.leases"), import_module("django.db").Error
    runtime.LOOK_EVERY_S, runtime.TICK_S = LOOK_EVERY_S, TICK_S

    def ring(*_: object) -> None:
        try:
            for account_id in leases.accounts_of(running.shards):
                running.poke(account_id, "actions")
        except database_error:
            pass  # as a wake-up that is lost

    running = runtime.start()
    signal.signal(signal.SIGUSR1, ring)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
