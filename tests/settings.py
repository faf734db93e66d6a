"""The product's settings under the tests' environment; also what the type checker reads."""

import tests.support.environment  # noqa: F401  # before the settings read it
from webmail.settings import *  # noqa: F403
