"""`SettingsProfile`, on the real Pulumi CLI and a real ClickHouse."""

from __future__ import annotations

from pathlib import Path

from tests.support.running_service import RunningService


def test_the_lifecycle_of_a_settings_profile(server: RunningService, tmp_path: Path) -> None:
    """The profile is adopted, applies its limits, is changed, repaired, replaced, deleted."""
    server.query("CREATE USER profile_user IDENTIFIED BY 'x'")
    stack = server.stack(tmp_path, "profile")

    def setting(extra: str = "") -> str:
        query = f"SELECT getSetting('max_block_size') {extra}"
        return server.query(query, user="profile_user", password="x")

    server.query("CREATE SETTINGS PROFILE profile_life SETTINGS max_block_size = 1")
    settings = {
        "max_block_size": {"value": 700, "max": 800},
        "max_memory_usage": {"value": "10G", "readonly": True},
        "allow_ddl": False,
    }
    wanted = {"name": "profile_life", "settings": settings, "to": ["profile_user"]}
    stack.makes(profile=wanted)
    assert setting() == "700"
    assert setting("SETTINGS max_block_size = 750") == "750"
    assert "SETTING_CONSTRAINT_VIOLATION" in setting("SETTINGS max_block_size = 801")
    assert "SETTING_CONSTRAINT_VIOLATION" in setting("SETTINGS max_memory_usage = 5")

    wanted["settings"] = {"max_block_size": 600}
    stack.updates(profile=wanted)
    assert setting("SETTINGS max_memory_usage = 5000000000") == "600"
    server.query("ALTER SETTINGS PROFILE profile_life SETTINGS max_block_size = 5 TO NONE")
    stack.refreshed()
    assert setting() == "600"
    server.query("DROP SETTINGS PROFILE profile_life")
    stack.refreshed()
    assert setting() == "600"

    stack.replaces(profile={**wanted, "name": "profile_new"})
    assert server.query("SHOW SETTINGS PROFILES") == "profile_new"
    assert setting() == "600"
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert server.query("SHOW SETTINGS PROFILES") == ""
    assert setting() != "600"
