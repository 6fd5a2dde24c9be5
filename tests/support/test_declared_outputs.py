"""The check at the end of every `up` finds declared outputs without a value."""

from __future__ import annotations

import json

from tests.support.declared_outputs import missing_outputs


def state(outputs: dict[str, str]) -> str:
    token = {"type": "pulumi-python:dynamic/telemetry:Token", "outputs": outputs}
    return json.dumps({"checkpoint": {"latest": {"resources": [token]}}})


def test_an_output_without_a_value_is_found() -> None:
    """Pulumi's engine drops nulls, so the state does not contain the output."""
    assert missing_outputs(state({"version": "1", "value": "x", "sha256": "y"})) == [
        "Token.previous_sha256"
    ]


def test_an_empty_output_has_a_value() -> None:
    """An empty value is known in a preview."""
    complete = {"version": "1", "value": "x", "sha256": "y", "previous_sha256": ""}
    assert missing_outputs(state(complete)) == []
