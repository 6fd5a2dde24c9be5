"""Schemas of the pinned OpenAPI spec."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import clickhouse_api


def schemas() -> Any:
    """Return all schemas by name."""
    spec = json.loads((Path(clickhouse_api.__file__).parent / "openapi.json").read_text())
    return spec["components"]["schemas"]


def schema(name: str) -> Any:
    """Return the properties of one schema."""
    return schemas()[name]["properties"]
