"""The prices of Cloudflare and ClickHouse Cloud in dollars, with the amounts that they include.

Read on 2026-11-21, ClickHouse's list of 2026-09-05. Taxes, committed discounts and support are not
included.

- Workers Paid: https://developers.cloudflare.com/workers/platform/pricing/
- Durable Objects, where calls and alarms are requests, and deletions and set alarms are rows
  written: https://developers.cloudflare.com/durable-objects/platform/pricing/
- Workers Logs, where each invocation log is a log event:
https://developers.cloudflare.com/workers/observability/logs/workers-logs/#pricing
- ClickHouse Cloud in AWS us-east-1, units of 8 GiB and 2 vCPU by the minute: from the examples of
  https://clickhouse.com/docs/cloud/manage/billing/overview ($159.66 for one unit of Basic, $436.95
  for two of Scale, a month); storage from https://clickhouse.com/pricing, which agrees with these
  examples
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BASIC",
    "HOURS",
    "OBJECT_GB",
    "SCALE",
    "SECONDS",
    "TB_MONTH_DOLLARS",
    "UNIT_VCPU",
    "CloudflareUsage",
    "Metered",
    "ServiceTier",
    "cloudflare_dollars",
]

# Hours of a month in the examples of both vendors.
HOURS = 730
SECONDS = HOURS * 3600


@dataclass(frozen=True)
class Metered:
    """An amount that each month includes, and the price beyond it."""

    included: float
    dollars_per_million: float

    def dollars(self, amount: float) -> float:
        """Return the price of an amount in a month."""
        return max(0.0, amount - self.included) * self.dollars_per_million / 1e6


PLAN_DOLLARS = 5.00
REQUESTS = Metered(10e6, 0.30)
CPU_MS = Metered(30e6, 0.02)
OBJECT_REQUESTS = Metered(1e6, 0.15)
# An object is charged for 128 MB, even if it uses less.
OBJECT_GB = 0.128
OBJECT_GB_S = Metered(400e3, 12.50)
ROWS_READ = Metered(25e9, 0.001)
LOG_EVENTS = Metered(20e6, 0.60)
ROWS_WRITTEN = Metered(50e6, 1.00)


@dataclass(frozen=True)
class CloudflareUsage:
    """The usage of a month.

    Attributes:
        requests: requests to the Worker.
        cpu_ms: CPU time of the Worker.
        object_requests: calls of objects, and alarms.
        object_seconds: time in which an object had an operation in progress, for all objects.
        rows_written: rows that SQLite wrote, with deletions and set alarms.
        rows_read: rows that SQLite read.
        log_events: events that Workers Logs store.
    """

    requests: float
    cpu_ms: float
    object_requests: float
    object_seconds: float
    rows_written: float
    rows_read: float
    log_events: float = 0.0


def cloudflare_dollars(usage: CloudflareUsage) -> float:
    """Return the bill. The rows in a buffer stay below the 5 GB that are included."""
    return (
        PLAN_DOLLARS
        + REQUESTS.dollars(usage.requests)
        + CPU_MS.dollars(usage.cpu_ms)
        + OBJECT_REQUESTS.dollars(usage.object_requests)
        + OBJECT_GB_S.dollars(usage.object_seconds * OBJECT_GB)
        + ROWS_WRITTEN.dollars(usage.rows_written)
        + ROWS_READ.dollars(usage.rows_read)
        + LOG_EVENTS.dollars(usage.log_events)
    )


@dataclass(frozen=True)
class ServiceTier:
    """A plan of ClickHouse Cloud.

    Attributes:
        name: name of the plan.
        unit_hour_dollars: price of one compute unit for an hour.
        replicas: smallest number of replicas.
        max_tb: most data that it stores.
    """

    name: str
    unit_hour_dollars: float
    replicas: int
    max_tb: float


BASIC = ServiceTier("Basic", 159.66 / HOURS, 1, 1.0)
SCALE = ServiceTier("Scale", 436.95 / 2 / HOURS, 2, float("inf"))
UNIT_VCPU = 2
# The data and one backup, which is always kept.
TB_MONTH_DOLLARS = 2 * 25.30
