"""The committed schema equals the schema of the installed package."""

from __future__ import annotations

from local.pulumi_resource_cloudflare.schema_from_sdk import SCHEMA_FILE, build_schema


def test_the_committed_schema_fits_the_package() -> None:
    """Both are equal byte for byte. The module's docstring has the command to rebuild it."""
    assert SCHEMA_FILE.read_text(encoding="utf-8") == build_schema()
