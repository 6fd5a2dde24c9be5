"""`Retention` on a real ClickHouse: the TTL of the tables of one database."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from resources.sql.retention import RetentionProvider
from tests.support.running_service import RunningService

PLACE = {"url": "https://localhost", "admin_user": "default", "admin_password": "p"}


def test_days_outside_the_bounds_are_rejected() -> None:
    """The number becomes a part of a statement."""
    inputs = {**PLACE, "database": "d"}
    for days in (0, 3651, "1; DROP", None):
        failures = RetentionProvider().check({}, {**inputs, "days": days}).failures
        assert [failure.property for failure in failures] == ["days"]
    assert RetentionProvider().check({}, {**inputs, "days": 30.0}).failures == []


def test_the_ttl_of_tables_is_changed_and_drift_is_seen(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table without a TTL keeps its rows. Deleting the resource leaves the TTL as it is."""
    server.query("CREATE DATABASE retention")
    columns = "(t DateTime) ENGINE = MergeTree ORDER BY t"
    server.query(f"CREATE TABLE retention.logs {columns} TTL t + toIntervalDay(7)")
    server.query(f"CREATE TABLE retention.kept {columns}")

    def ttls() -> list[str]:
        query = "SELECT create_table_query FROM system.tables WHERE database = 'retention'"
        found = server.query(f"{query} ORDER BY name FORMAT TSVRaw").splitlines()
        return [line.partition(" TTL ")[2].partition(" SETTINGS")[0] for line in found]

    def inputs(days: int) -> dict[str, Any]:
        given = {**server.connection(cloud=False), "database": "retention", "days": days}
        return dict(provider.check({}, given).inputs)

    authority = server.clouds.clouds / "certificates" / "ca.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    provider = RetentionProvider()
    provider.configure(ConfigureRequest(Config({}, "test")))
    created = provider.create(inputs(30))
    assert ttls() == ["", "t + toIntervalDay(30)"]
    state = dict(created.outs or {})
    assert not provider.diff(created.id, state, inputs(30)).changes

    server.query("ALTER TABLE retention.logs MODIFY TTL t + toIntervalDay(1)")
    seen = dict(provider.read(created.id, state).outs or {})
    assert seen["days"] == 1
    assert provider.diff(created.id, seen, inputs(30)).changes
    assert provider.diff(created.id, state, {**inputs(30), "database": "d"}).replaces
    provider.update(created.id, seen, inputs(90))
    assert ttls() == ["", "t + toIntervalDay(90)"]
    provider.delete(created.id, inputs(90))
    assert ttls() == ["", "t + toIntervalDay(90)"]
    server.query("DROP DATABASE retention")
