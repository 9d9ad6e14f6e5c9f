"""The JSON Schema of a study file, for editors that check while one types."""

from __future__ import annotations

import json

from safety.study.model import Study


def schema_text() -> str:
    """Return the schema as JSON text; `docs/study.schema.json` is its committed copy."""
    schema = Study.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A toxwatch study file",
    }
    return json.dumps({**schema, **head}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
