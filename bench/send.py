"""A tap on "Send" until an SMTP server has taken the mail, the time to undo left out.

The reference is Python's own smtplib handing a mail of that kind to the same server.
"""

import json
import smtplib
import time
from email.message import EmailMessage
from queue import Queue

from bench.chromium import Eyes, sign_in
from bench.figure import Figure, p50
from bench.progress import say
from bench.setting import USER, setting
from deploy.embedded.smtp import SmtpSink
from tests.support.composer import Composer

MESSAGES = 200
MAILS = 20
_NO_UNDO = json.dumps({"undoSeconds": 0})
_PATIENCE_S = 30


def measure() -> list[Figure]:
    taken: Queue[float] = Queue()
    with SmtpSink(lambda _recipient, _raw: taken.put(time.time() * 1000)) as sink, setting(MESSAGES) as at:
        app = at.chromium.new_app()
        app.context.add_init_script(f"localStorage['praxispost-settings'] ??= {_NO_UNDO!r}")
        sign_in(app, USER)
        app.expect_cached()
        eyes = Eyes(app.page)
        took: list[float] = []
        for number in range(MAILS + 1):
            letter = Composer.new(app).address("anna@muster.example").write("Guten Tag\n", subject=f"Mail {number}")
            letter.send()
            if number == 0:
                letter.tell_server(sink.port)
            hand, accepted = eyes.hand(), taken.get(timeout=_PATIENCE_S)
            letter.expect_closed()
            app.expect_settled()
            if number:  # the first one asks which server
                took.append(accepted - hand)
                say(f"  {number}/{MAILS}: {took[-1]:.0f} ms")
        bare = [_bare(sink.port) for _ in range(MAILS)]
    return [Figure("send.p50", p50(took), "ms", p50(bare), 250)]


def _bare(port: int) -> float:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{USER}@praxis.example", "anna@muster.example", "Mail"
    mail.set_content("Guten Tag\n")
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as line:
        line.login(USER, "secret")
        line.send_message(mail)
    return (time.perf_counter() - began) * 1000
