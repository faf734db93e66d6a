"""Which build of the front end is being served."""

import json
from functools import cache

from django.conf import settings


@cache
def build_id() -> str:
    """Names the build that is being served; the browser shows that a newer one waits."""
    try:
        found: str = json.loads((settings.FRONTEND / "build.json").read_text())["build"]
    except (OSError, ValueError, KeyError):
        return "dev"
    return found
