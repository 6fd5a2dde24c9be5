"""Hostile or broken clients get the right rejection, and other clients are not affected."""

from __future__ import annotations

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from random import Random

import pytest

from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Worker, WorkerFactory
from tests.worker.hostile.hostile_requests import JSON, JSON_BOMBS, KIB, MALFORMED, MIB, SLOW_STARTS
from tests.worker.hostile.sockets import RawResponse, answer_on, connection, exchange, head
from tests.worker.hostile.worker_checks import (
    MAX_HOST_BYTES,
    assert_alive,
    peak_bytes,
    stored_rows,
)


def test_malformed_requests_are_rejected(worker_without_clickhouse: Worker) -> None:
    """The runtime or the worker rejects them. The response does not repeat a long value."""
    for name, (sent, status) in MALFORMED.items():
        answer = exchange(worker_without_clickhouse, sent)
        assert answer.status == status, (name, answer)
        assert len(answer.text) < 2_000, name
    assert_alive(worker_without_clickhouse)


def test_two_framings_do_not_smuggle_a_request(worker_without_clickhouse: Worker) -> None:
    """If a request has a length and chunks, the chunks are used. Later bytes are not a request."""
    framings = ["content-length: 5", "transfer-encoding: chunked"]
    hidden = head("GET", "/health")
    for more in (framings, framings[::-1]):
        with connection(worker_without_clickhouse) as sender:
            sender.sendall(head(more=more) + b"0\r\n\r\n" + hidden)
            assert answer_on(sender).status == 200
            assert answer_on(sender).status == 0
    # The length does not cut off the rest of the chunks.
    body = export_bytes(400, seed=1)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    answer = exchange(
        worker_without_clickhouse, head(more=["content-length: 40000", framings[1]]) + chunked
    )
    assert answer.status == 200
    assert stored_rows(worker_without_clickhouse) == 400


@pytest.mark.parametrize("size", [100, 100 * KIB])
def test_bodies_with_a_false_length_are_not_stored(
    worker_without_clickhouse: Worker, size: int
) -> None:
    """The length is too high, so the body is incomplete, or too low, so invalid bytes follow."""
    body = export_bytes(1, seed=1) + bytes(2 * size)
    with connection(worker_without_clickhouse) as sender:
        sender.sendall(head(more=[f"content-length: {len(body) + size}"]) + body)
    answer = exchange(worker_without_clickhouse, head(more=[f"content-length: {size}"]), body)
    assert answer.status == 400, answer
    assert stored_rows(worker_without_clickhouse) == 0
    assert_alive(worker_without_clickhouse)


def chunks(pieces: int, piece: bytes) -> Iterator[bytes]:
    """Yield the chunks of a chunked body, and its end."""
    for _number in range(pieces):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def test_bodies_of_100_megabytes_are_rejected(worker_without_clickhouse: Worker) -> None:
    """The sender receives the response although it writes everything before it reads."""
    declared = f"content-length: {100 * MIB}"
    for more, token, status in (
        ([declared], "a-test-token", 413),
        ([declared, "content-encoding: gzip"], "a-test-token", 413),
        ([declared], "unknown", 401),
    ):
        answer = exchange(
            worker_without_clickhouse, head(token=token, more=more), *([bytes(MIB)] * 100)
        )
        assert answer.status == status, answer
    chunked = head(more=["transfer-encoding: chunked"])
    answer = exchange(worker_without_clickhouse, chunked, *chunks(100, bytes(MIB)))
    assert answer.status == 413, answer
    assert_alive(worker_without_clickhouse)
    assert peak_bytes(worker_without_clickhouse) < MAX_HOST_BYTES


def test_uploads_that_stop_are_ended_at_a_timeout(make_worker: WorkerFactory) -> None:
    """They get a 408 after the timeout. A body that stops does not delay a rejection."""
    limits = {"BODY_MS": 1_000, "DISCARD_MS": 1_000}
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=limits)
    for token, status in (("a-test-token", 408), ("unknown", 401)):
        with ExitStack() as stack:
            senders = {name: stack.enter_context(connection(worker)) for name in SLOW_STARTS}
            for name, (more, start) in SLOW_STARTS.items():
                senders[name].sendall(head(token=token, more=more) + start)
            answers = {name: answer_on(sender) for name, sender in senders.items()}
        assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(
            SLOW_STARTS, status
        )
    assert_alive(worker)


def test_gzip_bombs_are_rejected(worker_without_clickhouse: Worker) -> None:
    """A gigabyte in one member or in many, or compressed twice, is never held in memory."""
    zeros = gzip.compress(bytes(16 * MIB), 9)
    bombs = {
        "one member": (gzip.compress(bytes(1024 * MIB), 6), 413),
        "many members": (zeros * 64, 413),
        "members of nothing, then a bomb": (gzip.compress(b"") * 10_000 + zeros * 2, 413),
        "packed twice": (gzip.compress(gzip.compress(bytes(256 * MIB), 6)), 400),
    }
    for name, (bomb, status) in bombs.items():
        assert len(bomb) < 2 * MIB, name
        for path, content_type in (("/v1/logs", "application/x-protobuf"), ("/events/bulk", JSON)):
            answer = exchange(
                worker_without_clickhouse,
                head(
                    path=path,
                    content_type=content_type,
                    more=[f"content-length: {len(bomb)}", "content-encoding: gzip"],
                ),
                bomb,
            )
            assert answer.status == status, (name, path, answer)
    assert_alive(worker_without_clickhouse)
    assert peak_bytes(worker_without_clickhouse) < MAX_HOST_BYTES


def test_json_bombs_are_rejected(worker_without_clickhouse: Worker) -> None:
    """The bombs are OTLP, one event, or many events. Every depth of nesting gets a response."""
    for name, bomb in JSON_BOMBS.items():
        for path in ("/v1/traces", "/v1/logs", "/v1/metrics", "/events", "/events/bulk", "/event"):
            answer = exchange(
                worker_without_clickhouse,
                head(path=path, content_type=JSON, more=[f"content-length: {len(bomb)}"]),
                bomb,
            )
            assert answer.status in (400, 413), (name, path, answer)
            assert len(answer.text) < 2_000, (name, path)
    assert stored_rows(worker_without_clickhouse) == 0
    assert peak_bytes(worker_without_clickhouse) < MAX_HOST_BYTES


def test_a_million_attributes_arrive(clickhouse: ClickHouse, worker: Worker) -> None:
    """The attributes are valid, and 20 KB when compressed."""
    attributes = ",".join(['{"key":"a"}'] * 1_000_000)
    start = f'"startTimeUnixNano":"{START_UNIX_NANO}"'
    spans = f'{{"name":"wide",{start},"attributes":[{attributes}]}}'
    body = gzip.compress(f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}'.encode())
    assert len(body) < 100 * KIB
    answer = worker.post_traces(body, content_type=JSON, content_encoding="gzip")
    assert answer.status == 200, answer
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(0,)]
    found = clickhouse.query("SELECT max(length(SpanAttributes)) FROM telemetry.otel_traces")
    assert found == "1000000"


def test_unusual_keys_and_values_of_events_are_stored(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Examples are names of JavaScript's properties, duplicate keys and half surrogate pairs."""
    for number, metadata in enumerate(
        (
            '{"__proto__":{"event_name":"x"},"constructor":{"prototype":1},"toString":null}',
            '{"hasOwnProperty":1,"length":-1,"then":{}}',
            '{"a":1,"a":{"b":2},"":3}',
            '{"\\ud800":"\\udc00","\\u0000":"\\u0000"}',
            '{"n":1e308,"m":-0,"k":' + "9" * 300 + "}",
            "{" + ",".join(f'"k{key}":{key}' for key in range(3_000)) + "}",
        )
    ):
        own = "" if "__proto__" in metadata else '"__proto__":{"a":1},'
        event = f'{{"event_name":"odd{number}",{own}"metadata":{metadata}}}'
        answer = worker.post_event(event.encode())
        assert answer.status == 200, (metadata[:80], answer)
    assert worker.post_event(b'{"__proto__":{"event_name":"inherited"}}').status == 400
    assert worker.post_event({"event_name": "after"}).status == 200
    wait_until("drained", worker.is_drained, log_of=worker.process)
    assert worker.stored("SELECT count(*) FROM dead_letters") == [(0,)]
    names = clickhouse.query("SELECT groupArraySorted(9)(event_name) FROM telemetry.events")
    assert names == "['after','odd0','odd1','odd2','odd3','odd4','odd5']"


CLIENTS = 1_000


def test_a_thousand_clients_at_once_all_get_a_response(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """All clients connect before the first one sends; each body arrives once."""
    with ExitStack() as stack:
        senders = [stack.enter_context(connection(worker)) for _client in range(CLIENTS)]
        for seed, sender in enumerate(senders):
            body = export_bytes(2, seed=seed)
            sender.sendall(head(more=[f"content-length: {len(body)}"]) + body)
        statuses = Counter(answer_on(sender).status for sender in senders)
    assert statuses == {200: CLIENTS}
    wait_until("drained", worker.is_drained, log_of=worker.process)
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    assert counts == f"{2 * CLIENTS}\t{2 * CLIENTS}"


BOMB = gzip.compress(bytes(64 * MIB), 6)
HOSTILE_SEED = 20261121
GOOD_BODIES = 80
SMALL_SPANS, LARGE_SPANS = 5, 250


def slow(worker: Worker, chance: Random) -> RawResponse:
    """Stop within the body and wait for the response."""
    more, start = chance.choice(list(SLOW_STARTS.values()))
    return exchange(worker, head(more=more) + start)


def gone(worker: Worker, chance: Random) -> None:
    """Close the connection within the body or before the response."""
    body = export_bytes(50, seed=chance.randrange(2**31))
    with connection(worker) as sender:
        sender.sendall(head("POST", "/v1/logs", more=[f"content-length: {len(body)}"]))
        sender.sendall(body[: chance.choice([0, 10, len(body) // 2])])


def bomb(worker: Worker, _chance: Random) -> RawResponse:
    more = [f"content-length: {len(BOMB)}", "content-encoding: gzip"]
    return exchange(worker, head(more=more), BOMB)


def huge(worker: Worker, chance: Random) -> RawResponse:
    """Send random bytes, above the size limit or at it."""
    size = chance.choice([100, 8]) * MIB
    return exchange(
        worker, head(more=[f"content-length: {size}"]), *([chance.randbytes(MIB)] * (size // MIB))
    )


def nested(worker: Worker, chance: Random) -> RawResponse:
    body = chance.choice(list(JSON_BOMBS.values()))
    path = chance.choice(["/v1/traces", "/events/bulk"])
    more = [f"content-length: {len(body)}"]
    return exchange(worker, head(path=path, content_type=JSON, more=more), body)


def malformed(worker: Worker, chance: Random) -> RawResponse:
    sent, _status = chance.choice(list(MALFORMED.values()))
    return exchange(worker, sent)


HOSTILE: tuple[Callable[[Worker, Random], RawResponse | None], ...] = (
    *[slow] * 8,
    *[gone] * 2,
    *[bomb] * 2,
    *[huge] * 3,
    *[nested] * 2,
    malformed,
)


def test_a_valid_client_among_hostile_ones_loses_nothing(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Each body of the valid client arrives once, and the host stays small and is not restarted."""
    limits = {"BODY_MS": 2_000, "SLOW_UPLOAD_MS": 500, "DISCARD_MS": 2_000}
    worker = make_worker(clickhouse_url=clickhouse.url, limits=limits)
    pid = worker.process.pid
    over = threading.Event()
    answered: Counter[int] = Counter()

    def harass(client: int) -> None:
        chance = Random(f"{HOSTILE_SEED}/{client}")
        while not over.is_set():
            answer = HOSTILE[client](worker, chance)
            answered[-1 if answer is None else answer.status] += 1

    with ThreadPoolExecutor(len(HOSTILE)) as clients:
        harassing = [clients.submit(harass, client) for client in range(len(HOSTILE))]
        try:
            for seed in range(GOOD_BODIES):
                send_until_taken(worker, export_bytes(spans_of(seed), seed=seed))
        finally:
            over.set()
        for each in harassing:
            each.result()
    # 0: the connection was closed while sending. 200: one of the few valid requests.
    assert answered.keys() <= {-1, 0, 200, 400, 401, 404, 405, 408, 413, 415, 431, 503}, answered
    wait_until("drained", worker.is_drained, log_of=worker.process)
    counts = clickhouse.query("SELECT count(), uniqExact(SpanId) FROM telemetry.otel_traces")
    expected = sum(spans_of(seed) for seed in range(GOOD_BODIES))
    assert counts == f"{expected}\t{expected}"
    assert worker.process.pid == pid
    assert_alive(worker)
    assert peak_bytes(worker) < MAX_HOST_BYTES, answered


def spans_of(seed: int) -> int:
    return LARGE_SPANS if seed % 5 == 0 else SMALL_SPANS


def send_until_taken(worker: Worker, body: bytes) -> None:
    """Send a body as an exporter does, which retries after a 503."""
    for _attempt in count():
        answer = worker.post_traces(body)
        if answer.status == 200:
            return
        assert (answer.status, "retry-after" in answer.headers) == (503, True), answer


def test_a_rejection_does_not_contain_the_token(worker_without_clickhouse: Worker) -> None:
    """This includes an invalid token, because it may be valid elsewhere."""
    for token in ("secret-of-another-service", "x" * 60_000):
        answer = worker_without_clickhouse.request(
            "POST", "/events", b"{}", authorization=f"Bearer {token}"
        )
        assert answer.status == 401
        assert token not in json.dumps([answer.body.decode(), dict(answer.headers)])
    assert "secret-of-another-service" not in worker_without_clickhouse.process.log
