"""The committed schema and the installed package."""

from __future__ import annotations

from local.pulumi_resource_cloudflare.schema_from_sdk import SCHEMA_FILE, build_schema


def test_the_committed_schema_is_what_the_package_says() -> None:
    """Byte for byte; the docstring of the module names the command that rebuilds it."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == build_schema()
