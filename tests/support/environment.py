"""Settings of a test process. Each process has its own folder and its own Redis, so that workers run side by side."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from deploy.embedded.redis import Redis

DATA = Path(tempfile.mkdtemp(prefix="praxispost-tests-"))
REDIS = Redis(DATA / "redis")  # started by the fixture `redis`

os.environ.update(
    PRAXISPOST_MODE="test",
    PRAXISPOST_KEY="dGVzdHMgb25seSwgdGVzdHMgb25seSwgdGVzdHMgb24=",
    PRAXISPOST_SECRET_KEY="tests-only-" * 5,
    PRAXISPOST_DATA=str(DATA),
    PRAXISPOST_IMAP_HOSTS="127.0.0.1:* private",
    PRAXISPOST_SMTP_HOSTS="127.0.0.1:* private",
    PRAXISPOST_ORIGINS="http://127.0.0.1:8000,http://testserver",
    REDIS_URL=REDIS.url,
    REDIS_BROKER_URL=REDIS.url.replace("/0", "/1"),
)
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
