"""Bodies of every signal. Each row has the id `<body>-<row>`, so rows can be distinguished."""

from __future__ import annotations

import base64
import gzip
import json
import random
from dataclasses import dataclass

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.access_binding import SIGNALS, TOKEN
from tests.support.otlp_json import json_from
from tests.support.otlp_points import TIME_UNIX_NANO, log_bytes, metric_bytes
from tests.support.otlp_spans import START_UNIX_NANO, export_request

__all__ = ["Body", "make_body", "make_large_body"]

_DAY_NANO = 86_400 * 10**9
# Single rows, a batch of an SDK, and a batch that is long enough to be sent compressed.
_ROWS = (1, 1, 5, 20, 60)
_LARGE_BYTES = 2_000_000


@dataclass(frozen=True)
class Body:
    """A body that a client sends until it is acknowledged, the same bytes each time.

    Attributes:
        number: unique for each body; the first half of the ids of its rows.
        signal: traces, logs, metrics or events.
        rows: number of rows in each of its tables.
        is_gzip: compress again for every attempt, as the OpenTelemetry SDK for Python does.
    """

    number: int
    signal: str
    path: str
    content_type: str
    content: bytes
    rows: int
    is_gzip: bool

    def attempt(self, count: int) -> tuple[bytes, dict[str, str]]:
        """Return bytes and headers of one attempt. Each gzip header has another time."""
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": self.content_type}
        if not self.is_gzip:
            return self.content, headers
        return gzip.compress(self.content, mtime=count), {**headers, "content-encoding": "gzip"}


def make_body(number: int, signal: str, dice: random.Random) -> Body:
    """Build a body with this number. Its rows, encoding and compression are random."""
    assert signal in SIGNALS
    rows = dice.choice(_ROWS)
    is_gzip = dice.random() < 0.5
    if signal == "events":
        path = "/events" if rows == 1 else "/events/bulk"
        content = _events(number, rows)
        return Body(number, signal, path, "application/json", content, rows, is_gzip)
    content_type = "application/x-protobuf"
    if signal == "traces":
        content = _spans(number, rows, days_ago=dice.randrange(3))
    elif signal == "logs":
        content = log_bytes(rows, seed=number)
        if dice.random() < 0.3:
            content_type = "application/json"
            content = json_from(ExportLogsServiceRequest.FromString(content))
    else:
        content = metric_bytes(rows, seed=number)
    return Body(number, signal, f"/v1/{signal}", content_type, content, rows, is_gzip)


def make_large_body(number: int, dice: random.Random) -> Body:
    """Build one log record that does not compress and that fills two values in SQLite."""
    request = ExportLogsServiceRequest.FromString(log_bytes(1, seed=number))
    record = request.resource_logs[0].scope_logs[0].log_records[0]
    noise = base64.b85encode(dice.randbytes(_LARGE_BYTES)).decode()
    record.body.string_value += f"-{noise}"
    content = request.SerializeToString()
    return Body(number, "logs", "/v1/logs", "application/x-protobuf", content, 1, is_gzip=False)


def _spans(number: int, rows: int, *, days_ago: int) -> bytes:
    """Return spans, each in its own trace, so that the view has a row of each as well."""
    start_unix_nano = START_UNIX_NANO - days_ago * _DAY_NANO
    request: ExportTraceServiceRequest = export_request(
        rows, seed=number, start_unix_nano=start_unix_nano
    )
    for index, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.span_id = number.to_bytes(4, "big") + index.to_bytes(4, "big")
        span.trace_id = span.span_id * 2
        if rows > 1 and index % 2:
            span.start_time_unix_nano -= _DAY_NANO  # a second partition
            span.end_time_unix_nano -= _DAY_NANO
    return request.SerializeToString()


def _events(number: int, rows: int) -> bytes:
    events = [
        {
            "event_name": "order",
            "channel": "shop",
            "user_id": f"{number}-{index}",
            "timestamp": TIME_UNIX_NANO // 10**9,
            "metadata": {"items": index},
        }
        for index in range(rows)
    ]
    return json.dumps(events[0] if rows == 1 else events).encode()
