"""Spans of a real OpenTelemetry SDK arrive exactly once, also if processes are killed."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.e2e.attributes import rendered
from tests.support.deployment import Deployment

SPANS = 10_000


def kill_nothing(_: Deployment) -> None:
    """Kill nothing."""


def kill_clickhouse(deployment: Deployment) -> None:
    """Send SIGKILL to the service's ClickHouse."""
    deployment.kill_engine("clickhouse", "*.pid")


def kill_workerd(deployment: Deployment) -> None:
    """Send SIGKILL to workerd."""
    deployment.kill_engine("cloudflare", "*.pid")


@pytest.mark.parametrize(
    "kills",
    [(kill_nothing,), (kill_clickhouse, kill_workerd)],
    ids=["undisturbed", "ClickHouse, then workerd, killed during the run"],
)
def test_every_span_arrives_once(
    deployment: Deployment, kills: tuple[Callable[[Deployment], None], ...]
) -> None:
    """10,000 spans become 10,000 rows with 10,000 different ids and all attributes."""
    run = f"run-{kills[0].__name__}-{os.getpid()}"
    application = deployment.application("span_app", run, str(SPANS))
    assert application.stdout is not None
    pending = list(kills)
    for line in application.stdout:
        if line.startswith("sent ") and int(line.split()[1]) >= SPANS // 4 and pending:
            pending.pop(0)(deployment)
    assert application.wait() == 0
    assert not pending

    where = f"FROM otel_traces WHERE ServiceName = '{run}'"
    deployment.wait_for(
        "all spans are in ClickHouse",
        lambda: int(deployment.query(f"SELECT count() AS n {where}")[0]["n"]) >= SPANS,
    )
    rows = deployment.query(
        "SELECT SpanName, SpanAttributes, ResourceAttributes, ScopeName, SpanKind, "
        f"Events.Name AS EventNames, Duration > 0 AS Lasted, SpanId {where}"
    )
    assert len(rows) == SPANS
    assert len({row["SpanId"] for row in rows}) == SPANS
    by_name = {row["SpanName"]: row for row in rows}
    for number in range(SPANS):
        row = by_name[f"span {number}"]
        assert row["SpanAttributes"] == rendered(number)
        assert row["EventNames"] == (["checkpoint"] if number % 10 == 0 else [])
        assert row["ScopeName"] == "span_app"
        assert row["SpanKind"] == "Server"
        assert row["Lasted"]
    assert rows[0]["ResourceAttributes"]["service.version"] == "1.2.3"
    assert rows[0]["ResourceAttributes"]["host.cpus"] == "2"
