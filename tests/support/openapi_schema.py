"""Schemas of the pinned OpenAPI spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import clickhouse_api


def schema(name: str) -> Any:
    document = json.loads((Path(clickhouse_api.__file__).parent / "openapi.json").read_text())
    return document["components"]["schemas"][name]["properties"]
