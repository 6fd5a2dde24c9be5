"""One export request with every kind of value that OTLP logs can have."""

from __future__ import annotations

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs

from tests.support.golden.values import (
    START_UNIX_NANO,
    int_value,
    key_values,
    map_value,
    nested,
    random_doubles,
    repeated_keys,
    scalars,
    text_value,
)


def log_request() -> ExportLogsServiceRequest:
    """Return the request; its bytes are the same in every run."""
    return ExportLogsServiceRequest(
        resource_logs=[_everything(), _bodies(), _severities(), ResourceLogs()]
    )


def _record(number: int, **fields: object) -> LogRecord:
    known = {
        "trace_id": number.to_bytes(16, "big"),
        "span_id": number.to_bytes(8, "big"),
        "time_unix_nano": START_UNIX_NANO + number,
        "observed_time_unix_nano": START_UNIX_NANO + number + 1_500,
    }
    return LogRecord(**{**known, **fields})  # type: ignore[arg-type]


def _everything() -> ResourceLogs:
    resource_logs = ResourceLogs(schema_url="https://opentelemetry.io/schemas/1.37.0")
    resource_logs.resource.attributes.extend(
        key_values(
            ("service.name", text_value("everything")),
            ("k8s.pod.name", text_value("pod-1")),
            *scalars(),
            *nested(),
        )
    )
    resource_logs.resource.dropped_attributes_count = 3
    scope_logs = resource_logs.scope_logs.add(schema_url="https://example.com")
    scope_logs.scope.name = "scope"
    scope_logs.scope.version = "1.0"
    scope_logs.scope.dropped_attributes_count = 2
    scope_logs.scope.attributes.extend(key_values(*scalars(), *nested()))
    scope_logs.log_records.extend(
        [
            _record(
                1,
                severity_number=9,
                severity_text="Information",
                body=text_value("it <works> \u2028"),
                attributes=key_values(*scalars()),
                dropped_attributes_count=1,
                flags=257,
                event_name="device.app.lifecycle",
            ),
            _record(2, attributes=key_values(*nested())),
            _record(3, attributes=key_values(*random_doubles())),
            _record(4, attributes=key_values(*repeated_keys())),
            LogRecord(),
            _record(5, time_unix_nano=0),
            _record(6, time_unix_nano=0, observed_time_unix_nano=0),
            _record(7, observed_time_unix_nano=0),
            _record(8, trace_id=bytes(16), span_id=bytes(8)),
            _record(9, trace_id=b"", span_id=b""),
        ]
    )
    resource_logs.scope_logs.add()
    return resource_logs


def _bodies() -> ResourceLogs:
    """Return bodies of each type, which are the types of attributes."""
    resource_logs = ResourceLogs()
    resource_logs.resource.attributes.extend(key_values(("service.name", text_value("bodies"))))
    scope_logs = resource_logs.scope_logs.add()
    values: list[tuple[str, AnyValue]] = [
        *scalars(),
        *nested(),
        ("attributes", map_value(*scalars()[:7], *nested())),
    ]
    for number, (name, value) in enumerate(values):
        scope_logs.log_records.append(_record(100 + number, body=value, event_name=name))
    return resource_logs


def _severities() -> ResourceLogs:
    resource_logs = ResourceLogs()
    resource_logs.resource.attributes.extend(key_values(("service.name", int_value(7))))
    scope_logs = resource_logs.scope_logs.add()
    for severity in (*range(25), 77, 300):
        scope_logs.log_records.append(_record(300 + severity, severity_number=severity))
    for flags in (0, 1, 255, 256, 2**32 - 1):
        scope_logs.log_records.append(_record(700, flags=flags, event_name=str(flags)))
    return resource_logs
