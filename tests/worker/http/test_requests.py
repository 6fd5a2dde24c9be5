"""The response of each endpoint to valid and invalid requests."""

from __future__ import annotations

import gzip
import http.client
import json
import random
import zlib

import pytest
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.support.access_binding import TOKEN
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Response, Worker, WorkerFactory

MIB = 1024 * 1024


def status_of(answer: Response) -> Status:
    """Return the protobuf Status that OTLP requires in every rejection."""
    assert answer.headers["content-type"] == "application/x-protobuf"
    return Status.FromString(answer.body)


def test_health_names_each_dependency_and_needs_no_token(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Load balancers have no token. Without ClickHouse the status is 200: bodies are stored."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits={"HEALTH_MS": -1})
    answer = worker.request("GET", "/health")
    healthy = {"status": "ok", "buffer": "ok", "clickhouse": "ok"}
    assert (answer.status, json.loads(answer.body)) == (200, healthy)
    clickhouse.process.kill()
    answer = worker.request("GET", "/health")
    degraded = {"status": "degraded", "buffer": "ok", "clickhouse": "unreachable"}
    assert (answer.status, json.loads(answer.body)) == (200, degraded)


def test_accepted_spans_get_a_protobuf_response(worker_without_clickhouse: Worker) -> None:
    """A full success is an `ExportTraceServiceResponse` without `partial_success`."""
    answer = worker_without_clickhouse.post_traces(export_bytes(3, seed=1))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert not ExportTraceServiceResponse.FromString(answer.body).HasField("partial_success")


def test_empty_export_is_a_success(worker_without_clickhouse: Worker) -> None:
    """A request without rows is valid."""
    assert worker_without_clickhouse.post_traces(b"").status == 200
    assert (
        worker_without_clickhouse.post_traces(
            ExportTraceServiceRequest().SerializeToString()
        ).status
        == 200
    )


@pytest.mark.parametrize("path", ["/v1/traces", "/events"])
@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({}, 401, "authorization: missing"),
        ({"authorization": "Basic abc"}, 401, "not in the form"),
        ({"authorization": "Bearer"}, 401, "not in the form"),
        ({"authorization": "Bearer wrong"}, 401, "is unknown"),
        ({"authorization": f"Bearer {TOKEN}x"}, 401, "is unknown"),
    ],
)
def test_without_a_valid_token_nothing_is_accepted(
    worker_without_clickhouse: Worker, path: str, headers: dict[str, str], status: int, words: str
) -> None:
    """The 401 describes how to send a token, for a missing and an unknown one (RFC 6750)."""
    answer = worker_without_clickhouse.request("POST", path, b"x", **headers)
    assert answer.status == status
    assert words in answer.body.decode(errors="replace")
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nowhere", 404, "/nowhere does not exist; paths: /health"),
        ("GET", "/v1/traces", 405, "GET; /v1/traces accepts POST only"),
        ("PUT", "/events", 405, "PUT; /events accepts POST only"),
        ("POST", "/health", 405, "POST; /health accepts GET, HEAD only"),
    ],
)
def test_unknown_paths_and_methods_list_the_valid_ones(
    worker_without_clickhouse: Worker, method: str, path: str, status: int, words: str
) -> None:
    """The response is one line with the value and the allowed values."""
    answer = worker_without_clickhouse.request(method, path)
    assert answer.status == status
    assert words in answer.body.decode(errors="replace")
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b"", {"content_type": "text/plain"}, 415, "allowed: application/x-protobuf"),
        (b"", {"content_encoding": "br"}, 415, "content-encoding: br is not decoded; send gzip"),
        (b"hello, this is not protobuf", {}, 400, "not an OTLP ExportTraceServiceRequest"),
        (export_bytes(3, seed=1)[:-1], {}, 400, "longer than its message"),
        (b"not gzip", {"content_encoding": "gzip"}, 400, "the body is incomplete or damaged"),
        (gzip.compress(b"x" * 99)[:-9], {"content_encoding": "gzip"}, 400, "incomplete or damaged"),
        (b"\x00" * (20 * MIB + 1), {}, 413, "at most 20971520 bytes"),
        (
            gzip.compress(b"\x00" * (64 * MIB)),
            {"content_encoding": "gzip"},
            413,
            "at most 20971520 bytes",
        ),
        (bytes([0x0A, 2, 0x12, 0]) * 3 + b"\x0a\x04\x12\x02\x12\x01", {}, 400, "ScopeSpans"),
    ],
)
def test_bodies_that_are_not_otlp_are_rejected(
    worker_without_clickhouse: Worker, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    """The response is one line, with a status that senders do not retry. No row is stored."""
    answer = worker_without_clickhouse.post_traces(body, **headers)
    assert answer.status == status
    refusal = status_of(answer)
    assert words in refusal.message
    assert "\n" not in refusal.message
    assert refusal.code != 0
    assert "retry-after" not in answer.headers
    assert worker_without_clickhouse.stored("SELECT count(*) FROM chunks") in ([], [(0,)])


def test_endless_body_is_cut_off(worker_without_clickhouse: Worker) -> None:
    """A sender that declares no length is stopped at the limit."""
    connection = http.client.HTTPConnection("127.0.0.1", worker_without_clickhouse.port, timeout=60)
    chunks = (b"\x00" * MIB for _ in range(64))
    headers = {
        "authorization": f"Bearer {TOKEN}",
        "content-type": "application/x-protobuf",
        "transfer-encoding": "chunked",
    }
    try:
        connection.request("POST", "/v1/traces", chunks, headers, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the connection was closed while the test was sending
    assert status == 413
    assert worker_without_clickhouse.request("GET", "/health").status == 200


def test_a_wrong_checksum_is_rejected(worker_without_clickhouse: Worker) -> None:
    """ClickHouse would reject the whole batch because of one such body."""
    body = bytearray(gzip.compress(export_bytes(100, seed=1)))
    body[-8] ^= 1
    assert worker_without_clickhouse.post_traces(bytes(body), content_encoding="gzip").status == 400
    raw_deflate = zlib.compress(export_bytes(1, seed=1))
    assert worker_without_clickhouse.post_traces(raw_deflate, content_encoding="gzip").status == 400


def test_large_body_arrives(clickhouse: ClickHouse, worker: Worker) -> None:
    """A body longer than one SQLite value is stored in parts and sent whole."""
    request = ExportTraceServiceRequest.FromString(export_bytes(300, seed=4))
    noise = zlib.compress(b"x").hex()
    for index, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.attributes.add(key="noise").value.string_value = (
            noise + random.Random(index).randbytes(10_000).hex()
        )
    body = request.SerializeToString()
    assert len(gzip.compress(body, 1)) > 2_000_000
    assert worker.post_traces(body).status == 200
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == 300
    length = clickhouse.query(
        "SELECT sum(length(SpanAttributes['noise'])) FROM telemetry.otel_traces"
    )
    assert int(length) == 300 * (len(noise) + 20_000)


def test_a_full_buffer_returns_a_retry_time(make_worker: WorkerFactory) -> None:
    """At the limit in bytes, bodies get a 429 with Retry-After. Accepted bodies remain stored."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits={"BUFFER_MAX_BYTES": 100_000})
    statuses = [worker.post_traces(export_bytes(200, seed=seed)).status for seed in range(20)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert statuses == sorted(statuses)
    answer = worker.post_traces(export_bytes(200, seed=99))
    assert int(answer.headers["retry-after"]) > 0
    assert status_of(answer).code == 8
    taken = statuses.count(200)
    assert worker.stored("SELECT sum(row_count) FROM chunks") == [(taken * 200,)]
    worker.restart()
    assert worker.post_traces(export_bytes(200, seed=99)).status == 429


def test_a_full_buffer_accepts_a_repeat_of_a_stored_body(make_worker: WorkerFactory) -> None:
    """The sender lost the first response and would drop a stored body after a rejection."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits={"BUFFER_MAX_BYTES": 10_000})
    assert worker.post_traces(export_bytes(200, seed=1)).status == 200
    assert worker.post_traces(export_bytes(200, seed=2)).status == 429
    assert worker.post_traces(export_bytes(200, seed=1)).status == 200


def test_a_buffer_above_its_maximum_age_rejects_bodies(make_worker: WorkerFactory) -> None:
    """Bodies get a 429 when ClickHouse has been unavailable for longer than the maximum age."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits={"BUFFER_MAX_AGE_MS": 500})
    assert worker.post_traces(export_bytes(10, seed=1)).status == 200
    seeds = iter(range(2, 10_000))
    wait_until(
        "rejected for age",
        lambda: worker.post_traces(export_bytes(10, seed=next(seeds))).status == 429,
    )


def test_a_full_buffer_accepts_bodies_again_after_delivery(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Once ClickHouse is available again, the buffer accepts bodies again."""
    worker = make_worker(clickhouse_url=clickhouse.url, limits={"BUFFER_MAX_BYTES": 50_000})
    clickhouse.process.kill()
    taken = 0
    while worker.post_traces(export_bytes(200, seed=taken)).status == 200:
        taken += 1
    clickhouse.start()
    wait_until(
        "room again",
        lambda: worker.post_traces(export_bytes(200, seed=taken)).status == 200,
    )
    wait_until("drained", worker.is_drained)
    assert clickhouse.count("otel_traces") == (taken + 1) * 200
