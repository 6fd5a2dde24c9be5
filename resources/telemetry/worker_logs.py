"""`WorkerLogs`: settings of Cloudflare's Workers Logs for the ingest worker.

    logs = WorkerLogs(sampling_rate=0.1, invocation_logs=True)

Pass it to `TelemetryArgs` as `logs`.

Cloudflare charges for each stored log event (`worker/COST.md`). The worker logs errors and warnings
only, and counts requests itself (`ingest_health`), so it needs no event for each request.
"""

from __future__ import annotations

from dataclasses import dataclass

from resources.telemetry import lazy_cloudflare as cloudflare

__all__ = ["WorkerLogs", "worker_observability"]


@dataclass(frozen=True, kw_only=True)
class WorkerLogs:
    """Settings of Workers Logs.

    Attributes:
        sampling_rate: share of requests of which logs are stored, 0 to 1. Default: all.
        invocation_logs: whether each request, and each call and alarm of a buffer, is a log
            event. Default: no.
    """

    sampling_rate: float = 1.0
    invocation_logs: bool = False

    def __post_init__(self) -> None:
        """Reject a rate that Cloudflare would reject.

        Raises:
            ValueError: the rate is not between 0 and 1.
        """
        if not 0 <= self.sampling_rate <= 1:
            raise ValueError(f"sampling_rate is {self.sampling_rate}, allowed: 0 to 1")


def worker_observability(logs: WorkerLogs) -> cloudflare.WorkersScriptObservabilityArgs:
    """Return the settings with every field that Cloudflare would fill in.

    The API returns all of them. A field that is missing here differs after every refresh, and
    the worker would be uploaded again
    (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7155).
    `propagation_policy` of traces is omitted, because accounts without that feature get a 403
    (https://github.com/cloudflare/terraform-provider-cloudflare/pull/7203).
    """
    return cloudflare.WorkersScriptObservabilityArgs(
        enabled=True,
        head_sampling_rate=logs.sampling_rate,
        issues=cloudflare.WorkersScriptObservabilityIssuesArgs(enabled=False),
        logs=cloudflare.WorkersScriptObservabilityLogsArgs(
            enabled=True,
            destinations=[],
            head_sampling_rate=logs.sampling_rate,
            invocation_logs=logs.invocation_logs,
            persist=True,
        ),
        traces=cloudflare.WorkersScriptObservabilityTracesArgs(
            enabled=False, destinations=[], head_sampling_rate=1.0, persist=True
        ),
    )
