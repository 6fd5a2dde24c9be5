"""The Python code of the README runs unchanged."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

import clickhouse_api
from tests.clickhouse_api.cloud import KEY_ID, KEY_SECRET, Cloud, Received, Reply, ok

README = Path(clickhouse_api.__file__).with_name("README.md").read_text()


def respond(request: Received) -> Reply:
    if request.segments[-1] == "services":
        return ok([{"name": "telemetry", "state": "running", "numReplicas": 3}])
    return ok([{"id": "o-1"}])


def test_every_example_runs(
    cloud: Cloud,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The examples run in order and in one program, with a server."""
    cloud.respond = respond
    monkeypatch.setenv("CLICKHOUSE_API_URL", cloud.base_url)
    monkeypatch.setenv("CLICKHOUSE_CLOUD_API_KEY", KEY_ID)
    monkeypatch.setenv("CLICKHOUSE_CLOUD_API_SECRET", KEY_SECRET)
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path))
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(examples) == 3
    names: dict[str, Any] = {}
    for example in examples:
        exec(example, names)  # noqa: S102 - code of this repository
    assert capsys.readouterr().out == "telemetry running 3\n"
    assert asyncio.run(names["states"]("o-1")) == ["running"]
