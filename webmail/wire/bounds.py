"""What a value from a browser may be at most."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, StringConstraints

API_VERSION = 1

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Line = Annotated[str, StringConstraints(max_length=500)]
MAX_TARGETS = 500
MAX_ACTIONS = 100
MAX_BODIES = 20
MAX_WINDOWS = 600
MAX_AGO_MS = 30 * 24 * 3_600_000
MAX_RECIPIENTS = 200
MAX_TEXT = 600_000
MAX_FILES = 100
MAX_NUMBER = 2**53 - 1  # what a browser counts to


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")
