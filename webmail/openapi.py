"""Prints the OpenAPI document, frames included: what the TypeScript types are generated from.

python -m webmail.openapi > frontend/src/mail/openapi.json
"""

import json
import os
import sys
from typing import Any

import django


def document() -> dict[str, Any]:
    """Endpoints and frames in one document; keys sorted so that only real changes show."""
    from pydantic import TypeAdapter

    from webmail.api.urls import api
    from webmail.wire.frames import Frames

    described: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/"))
    frames = TypeAdapter(Frames).json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas = described["components"]["schemas"]
    for name, schema in frames.pop("$defs", {}).items():
        schemas.setdefault(name, schema)
    schemas["Frames"] = frames
    return described


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")
    django.setup()
    json.dump(document(), sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
