"""Clients that mean harm, or are broken: each gets the right refusal, and the others go on."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random

import pytest

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.clickhouse_server import ClickHouse
from tests.support.otlp_spans import START_UNIX_NANO, export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Answer, Worker, WorkerFactory
from tests.worker.hostile.sockets import RawAnswer, answer_on, connection, exchange, head

KIB = 1024
MIB = 1024 * KIB
JSON = "application/json"
# Of the Workers host, whatever comes.
MAX_HOST_BYTES = 256_000_000


@pytest.fixture
def lone_worker(make_worker: WorkerFactory) -> Worker:
    """A worker whose ClickHouse is not there: requests are answered all the same."""
    return make_worker(clickhouse_url="http://127.0.0.1:1")


def assert_alive(worker: Worker) -> None:
    """It takes the next good body."""
    answer = worker.post_traces(export_bytes(1, seed=Random().randrange(2**31)))
    assert answer.status == 200, (answer, worker.process.log[-2000:])


def stored_rows(worker: Worker) -> int:
    ((rows,),) = worker.stored("SELECT ifnull(sum(row_count), 0) FROM chunks") or [(0,)]
    assert isinstance(rows, int)
    return rows


# --- HTTP ----------------------------------------------------------------------------------------

EMPTY = head(more=["content-length: 0"])
MALFORMED: dict[str, tuple[bytes, int]] = {
    "two lengths": (head(more=["content-length: 0", "content-length: 5"]) + b"abcde", 400),
    "a negative length": (head(more=["content-length: -1"]), 400),
    "a length in another form": (head(more=["content-length: 1e3"]), 400),
    "a length of 80 bits": (head(more=["content-length: 999999999999999999999999"]), 400),
    "an unknown transfer coding": (head(more=["transfer-encoding: x"]) + b"0\r\n\r\n", 400),
    "a chunk of no size": (head(more=["transfer-encoding: chunked"]) + b"zz\r\n\r\n", 400),
    "a header of 1 MiB": (head(more=[f"x: {'a' * MIB}", "content-length: 0"]), 431),
    "20,000 headers": (head(more=[f"x{number}: a" for number in range(20_000)]), 431),
    "a path of 1 MiB": (head(path=f"/{'a' * MIB}"), 431),
    "a path of 60 KB": (head("GET", f"/{'a' * 60_000}"), 404),
    "a path with a zero": (head("GET", "/v1/traces%00"), 404),
    "a path that climbs": (head("GET", "/v1/../../etc/passwd"), 404),
    "a query of 60 KB": (head("GET", f"/metrics?{'a=b&' * 15_000}", token="no"), 401),
    "no path": (head("GET", "v1/traces"), 400),
    "a header with a zero": (head(more=["x: a\0b", "content-length: 0"]), 400),
    "a header in UTF-8": (head(more=["x: \u00e9", "content-length: 0"]), 200),
    "500 headers": (head(more=[*(f"x{n}: a" for n in range(500)), "content-length: 0"]), 200),
    "DELETE": (head("DELETE", more=["content-length: 0"]), 405),
    "TRACE": (head("TRACE"), 405),
    "another content type, of 60 KB": (head(content_type="x" * 60_000), 415),
    "noise": (bytes(range(256)) * 20, 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), 400),
}


def test_requests_of_another_form_are_refused(lone_worker: Worker) -> None:
    """By the runtime or by us; what is said of a long value is short."""
    for name, (sent, status) in MALFORMED.items():
        answer = exchange(lone_worker, sent)
        assert answer.status == status, (name, answer)
        assert len(answer.text) < 2_000, name
    assert_alive(lone_worker)


def test_two_framings_do_not_smuggle_a_request(lone_worker: Worker) -> None:
    """Length and chunks together: chunks count, and what follows is not read as a request."""
    framings = ["content-length: 5", "transfer-encoding: chunked"]
    hidden = head("GET", "/health")
    for more in (framings, framings[::-1]):
        with connection(lone_worker) as sender:
            sender.sendall(head(more=more) + b"0\r\n\r\n" + hidden)
            assert answer_on(sender).status == 200
            assert answer_on(sender).status == 0
    # And the length does not cut off what the chunks go on with.
    body = export_bytes(400, seed=1)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    answer = exchange(lone_worker, head(more=["content-length: 40000", framings[1]]) + chunked)
    assert answer.status == 200
    assert stored_rows(lone_worker) == 400


@pytest.mark.parametrize("size", [100, 100 * KIB])
def test_lengths_that_lie_store_nothing(lone_worker: Worker, size: int) -> None:
    """Less than was declared is no body; more is the start of another request, and not one."""
    body = export_bytes(1, seed=1) + bytes(2 * size)
    with connection(lone_worker) as sender:
        sender.sendall(head(more=[f"content-length: {len(body) + size}"]) + body)
    answer = exchange(lone_worker, head(more=[f"content-length: {size}"]), body)
    assert answer.status == 400, answer
    assert stored_rows(lone_worker) == 0
    assert_alive(lone_worker)


# --- size and time -------------------------------------------------------------------------------


def chunks(pieces: int, piece: bytes) -> Iterator[bytes]:
    """Of a chunked body, with its end."""
    for _number in range(pieces):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def test_bodies_of_100_megabytes_are_refused(lone_worker: Worker) -> None:
    """The sender hears of it though it writes everything before it reads."""
    declared = f"content-length: {100 * MIB}"
    for more, token, status in (
        ([declared], "a-test-token", 413),
        ([declared, "content-encoding: gzip"], "a-test-token", 413),
        ([declared], "unknown", 401),
    ):
        answer = exchange(lone_worker, head(token=token, more=more), *([bytes(MIB)] * 100))
        assert answer.status == status, answer
    chunked = head(more=["transfer-encoding: chunked"])
    answer = exchange(lone_worker, chunked, *chunks(100, bytes(MIB)))
    assert answer.status == 413, answer
    assert_alive(lone_worker)
    assert peak_bytes(lone_worker) < MAX_HOST_BYTES


SLOW_STARTS = {
    "nothing of a small body": (["content-length: 100"], b""),
    "a byte of a small body": (["content-length: 100"], b"x"),
    "a byte of a large body": (["content-length: 8000000"], b"x"),
    "half of a large body": (["content-length: 8000000"], bytes(4_000_000)),
    "a chunk and no more": (["transfer-encoding: chunked"], b"5\r\nabcde\r\n"),
    "part of an endless chunk": (
        ["transfer-encoding: chunked"],
        b"ffffffffff\r\n" + bytes(100_000),
    ),
}


def test_bodies_that_do_not_come_are_not_waited_for(make_worker: WorkerFactory) -> None:
    """408 after the time there is; and a refusal is not kept back by a body that stops."""
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


def memory(body_bytes: int, **more: int) -> dict[str, int]:
    """Limits with so much memory for large bodies, all of it for any team."""
    return {"BODY_MEMORY_BYTES": body_bytes, "TEAM_BODY_MEMORY_BYTES": body_bytes, **more}


def test_senders_that_stop_leave_memory_to_the_others(make_worker: WorkerFactory) -> None:
    """Large bodies share memory; an upload that stops halfway is ended for one that waits."""
    limits = memory(2 * MIB, SLOW_UPLOAD_MS=200, BODY_MEMORY_WAIT_MS=60_000)
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=limits)
    body = export_bytes(1_000, seed=1)
    assert len(body) > 300_000
    with ExitStack() as stack:
        for _sender in range(20):
            sender = stack.enter_context(connection(worker))
            sender.sendall(head(more=["content-length: 1000000"]) + bytes(200_000))
        assert worker.post_traces(body).status == 200
    assert stored_rows(worker) == 1_000


def test_uploads_that_come_fast_are_not_ended_for_others(make_worker: WorkerFactory) -> None:
    """The waiting upload still has its full upload time."""
    rate = {"MIN_UPLOAD_BYTES_PER_SECOND": 100_000, "SLOW_UPLOAD_MS": 1_500}
    limits = memory(600 * KIB, BODY_MS=8_000, BODY_MEMORY_WAIT_MS=60_000, **rate)
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=limits)
    piece = bytes(256 * KIB)
    with connection(worker) as sender, ThreadPoolExecutor(1) as waiting:
        sender.sendall(head(more=[f"content-length: {10 * len(piece)}"]) + piece)
        time.sleep(0.3)
        answer = waiting.submit(worker.post_traces, export_bytes(1_000, seed=1))
        for _number in range(9):
            time.sleep(0.4)
            sender.sendall(piece)
        assert answer_on(sender).status == 400  # zeros, and read to their end
        assert answer.result().status == 200


def trickle(sender: socket.socket, over: threading.Event) -> None:
    """A body at 175 KB/s, as long as it is read."""
    with contextlib.suppress(OSError):
        while not over.wait(0.1):
            sender.sendall(bytes(17_500))


def test_slow_uploads_of_one_team_keep_no_memory_from_large_bodies(
    make_worker: WorkerFactory,
) -> None:
    """Neither from their own team's nor from another's, with the limits of a deployment."""
    access = access_document(token_entry("another", name="another", team="other"))
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access)
    over = threading.Event()
    with ExitStack() as stack, ThreadPoolExecutor(30) as pool:
        stack.callback(over.set)
        for _sender in range(30):
            sender = stack.enter_context(connection(worker))
            sender.sendall(head(more=[f"content-length: {20 * MIB}"]))
            pool.submit(trickle, sender, over)
        deadline = time.monotonic() + 10
        for seed in count():
            for token, spans in ((TOKEN, 300), (TOKEN, 5_000), ("another", 9_000)):
                body = export_bytes(spans, seed=seed)
                answer = worker.post_traces(body, authorization=f"Bearer {token}")
                assert answer.status == 200, (seed, token, spans, answer)
            if time.monotonic() > deadline:
                break


def pour(
    worker: Worker, authorization: str, bytes_per_second: int, over: threading.Event
) -> Counter[int]:
    """Bodies of 20 MiB at this rate, one after another on new connections."""
    statuses: Counter[int] = Counter()
    start = head(token=authorization, more=[f"content-length: {20 * MIB}"])
    while not over.is_set():
        with contextlib.suppress(OSError), connection(worker) as sender:
            sender.sendall(start)
            trickle_whole(sender, 20 * MIB, bytes_per_second, over)
            statuses[answer_on(sender).status] += 1
    return statuses


def trickle_whole(
    sender: socket.socket, size: int, bytes_per_second: int, over: threading.Event
) -> None:
    """All of a body at this rate, its first MiB at once."""
    sender.sendall(bytes(MIB))
    left = size - MIB
    while left > 0 and not over.wait(0.1):
        piece = min(left, bytes_per_second // 10)
        sender.sendall(bytes(piece))
        left -= piece


def test_one_fast_enough_upload_keeps_no_equal_part_from_another_team(
    make_worker: WorkerFactory,
) -> None:
    """At 1.3 MB/s, above the lowest rate, with the limits of a deployment."""
    access = access_document(token_entry("another", name="another", team="other"))
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access)
    noise = Random(7).randbytes(9 * MIB)  # no OTLP: 400 once it has been read
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        pouring = pool.submit(pour, worker, TOKEN, 1_300_000, over)
        try:
            time.sleep(1)
            statuses = [
                worker.post_traces(noise, authorization="Bearer another").status
                for _body in range(7)
            ]
        finally:
            over.set()
        pouring.result()
    assert statuses == [400] * 7


def test_senders_that_hang_up_release_their_memory(make_worker: WorkerFactory) -> None:
    """In the middle of their body, or after it and before the answer: long before it lapses."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=memory(2 * MIB))
    for seed in range(40):
        body = export_bytes(2_000, seed=seed)
        with connection(worker) as sender:
            sender.sendall(head(more=[f"content-length: {len(body)}"]))
            sender.sendall(body if seed % 2 == 0 else body[: len(body) // 2])
    answer = worker.post_traces(export_bytes(2_000, seed=1_000))
    assert answer.status == 200, answer


def test_without_memory_a_large_body_comes_again_later(make_worker: WorkerFactory) -> None:
    """503 with Retry-After, which exporters obey; a small one needs none of it."""
    limits = memory(600 * KIB, SLOW_UPLOAD_MS=600_000, BODY_MEMORY_WAIT_MS=200)
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=limits)
    with connection(worker) as sender:
        sender.sendall(head(more=["content-length: 1000000"]) + bytes(200_000))
        large = export_bytes(1_000, seed=1)
        answers: list[Answer] = []

        def is_refused() -> bool:
            answers.append(worker.post_traces(large))
            return answers[-1].status == 503

        wait_until("the memory is held", is_refused)
        assert answers[-1].headers["retry-after"] == "1"
        assert worker.post_traces(export_bytes(1, seed=2)).status == 200
    wait_until("memory again", lambda: worker.post_traces(large).status == 200)


# --- compression ---------------------------------------------------------------------------------


def test_gzip_bombs_are_refused(lone_worker: Worker) -> None:
    """A gigabyte in one member or in many, or packed twice: none of it is ever held."""
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
                lone_worker,
                head(
                    path=path,
                    content_type=content_type,
                    more=[f"content-length: {len(bomb)}", "content-encoding: gzip"],
                ),
                bomb,
            )
            assert answer.status == status, (name, path, answer)
    assert_alive(lone_worker)
    assert peak_bytes(lone_worker) < MAX_HOST_BYTES


# --- JSON ----------------------------------------------------------------------------------------

DEEP = 100_000
JSON_BOMBS = {
    "arrays": b"[" * DEEP + b"]" * DEEP,
    "arrays without an end": b"[" * (4 * MIB),
    "objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "arrays in an unknown field": b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "values of values": b'{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":'
    + b'{"arrayValue":{"values":[' * DEEP
    + b"]}}" * DEEP
    + b"}]}}]}",
    "a number of 4 MB": b'{"x":' + b"9" * (4 * MIB) + b"}",
    "a string without an end": b'{"x":"' + b"a" * (4 * MIB),
    "escapes": b'{"' + b"\\u0061" * 700_000 + b'":[',
    "not UTF-8": b'{"resourceSpans":' + b"\xff" * 1000,
}


def test_json_bombs_are_refused(lone_worker: Worker) -> None:
    """As OTLP, as an event, as many; nothing is nested too deep to be looked at."""
    for name, bomb in JSON_BOMBS.items():
        for path in ("/v1/traces", "/v1/logs", "/v1/metrics", "/events", "/events/bulk", "/event"):
            answer = exchange(
                lone_worker,
                head(path=path, content_type=JSON, more=[f"content-length: {len(bomb)}"]),
                bomb,
            )
            assert answer.status in (400, 413), (name, path, answer)
            assert len(answer.text) < 2_000, (name, path)
    assert stored_rows(lone_worker) == 0
    assert peak_bytes(lone_worker) < MAX_HOST_BYTES


def test_a_million_attributes_arrive(clickhouse: ClickHouse, worker: Worker) -> None:
    """Legal, and 20 KB on the wire; and so is a span of a hundred thousand others' keys."""
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


def test_odd_keys_and_values_of_events_are_kept(clickhouse: ClickHouse, worker: Worker) -> None:
    """Names of JavaScript's own, a key twice, half of a surrogate pair, endless numbers."""
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


# --- many ----------------------------------------------------------------------------------------

CLIENTS = 1_000


def test_a_thousand_clients_at_once_are_all_answered(
    clickhouse: ClickHouse, worker: Worker
) -> None:
    """Every one is connected before the first sends; each body arrives once."""
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


# --- all at once ---------------------------------------------------------------------------------

BOMB = gzip.compress(bytes(64 * MIB), 6)
HOSTILE_SEED = 20261121
GOOD_BODIES = 80
SMALL_SPANS, LARGE_SPANS = 5, 250


def slow(worker: Worker, chance: Random) -> RawAnswer:
    """Stops somewhere in its body, and hears what comes of it."""
    more, start = chance.choice(list(SLOW_STARTS.values()))
    return exchange(worker, head(more=more) + start)


def gone(worker: Worker, chance: Random) -> None:
    """Hangs up in the middle, or before the answer."""
    body = export_bytes(50, seed=chance.randrange(2**31))
    with connection(worker) as sender:
        sender.sendall(head("POST", "/v1/logs", more=[f"content-length: {len(body)}"]))
        sender.sendall(body[: chance.choice([0, 10, len(body) // 2])])


def bomb(worker: Worker, _chance: Random) -> RawAnswer:
    more = [f"content-length: {len(BOMB)}", "content-encoding: gzip"]
    return exchange(worker, head(more=more), BOMB)


def huge(worker: Worker, chance: Random) -> RawAnswer:
    """More than is taken, or as much as is, of noise."""
    size = chance.choice([100, 8]) * MIB
    return exchange(
        worker, head(more=[f"content-length: {size}"]), *([chance.randbytes(MIB)] * (size // MIB))
    )


def nested(worker: Worker, chance: Random) -> RawAnswer:
    body = chance.choice(list(JSON_BOMBS.values()))
    path = chance.choice(["/v1/traces", "/events/bulk"])
    more = [f"content-length: {len(body)}"]
    return exchange(worker, head(path=path, content_type=JSON, more=more), body)


def malformed(worker: Worker, chance: Random) -> RawAnswer:
    sent, _status = chance.choice(list(MALFORMED.values()))
    return exchange(worker, sent)


HOSTILE: tuple[Callable[[Worker, Random], RawAnswer | None], ...] = (
    *[slow] * 8,
    *[gone] * 2,
    *[bomb] * 2,
    *[huge] * 3,
    *[nested] * 2,
    malformed,
)


def test_among_hostile_clients_a_good_one_loses_nothing(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """Its bodies, small and large, all arrive once; the host stays small, and the same process."""
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
    # 0: hung up on while sending; everything else is a refusal, or one of the few legal requests.
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
    """As an exporter does: a 503 is tried again."""
    for _attempt in count():
        answer = worker.post_traces(body)
        if answer.status == 200:
            return
        assert (answer.status, "retry-after" in answer.headers) == (503, True), answer


def peak_bytes(worker: Worker) -> int:
    """The most memory its process ever had."""
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * KIB


def test_nothing_is_said_of_a_token_in_a_refusal(lone_worker: Worker) -> None:
    """Not even of a wrong one, which may be right elsewhere."""
    for token in ("secret-of-somebody", "x" * 60_000):
        answer = lone_worker.request("POST", "/events", b"{}", authorization=f"Bearer {token}")
        assert answer.status == 401
        assert token not in json.dumps([answer.body.decode(), dict(answer.headers)])
    assert "secret-of-somebody" not in lone_worker.process.log


# --- CPU -----------------------------------------------------------------------------------------

COLLIDING = 60_000
# Their values are the same in all the bits that tell one place of a table of 2^14 from another.
STEP = 2**14


def numerals(prefix: str = "") -> list[str]:
    """Strings that are array indexes to V8, whose hash would be the number itself."""
    return [f'"{prefix}{number * STEP}"' for number in range(1, COLLIDING + 1)]


def event_with(values: list[str]) -> bytes:
    return f'[{{"event_name":"numbers","metadata":{{"list":[{",".join(values)}]}}}}]'.encode()


def span_with_map(values: list[str]) -> bytes:
    """An attribute that is a map, whose keys they are."""
    pairs = ",".join(f'{{"key":{key},"value":{{"intValue":1}}}}' for key in values)
    attribute = f'{{"key":"a","value":{{"kvlistValue":{{"values":[{pairs}]}}}}}}'
    span = f'{{"name":"x","startTimeUnixNano":"{START_UNIX_NANO}","attributes":[{attribute}]}}'
    return f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{span}]}}]}}]}}'.encode()


def span_with_unknown(values: list[str]) -> bytes:
    """Unknown fields with these strings as names."""
    fields = ",".join(f"{name}:1" for name in values)
    return f'{{"resourceSpans":[{{{fields}}}]}}'.encode()


BUSY = {
    "values of an event": ("/events/bulk", event_with, ""),
    "values of an event, escaped": ("/events/bulk", event_with, "\\u003"),
    "keys of a map": ("/v1/traces", span_with_map, ""),
    "names of unknown fields, escaped": ("/v1/traces", span_with_unknown, "\\u003"),
}


# --- values that become strings ------------------------------------------------------------------

MAX_CPU_RATIO = 6


def length_prefixed(number: int, content: bytes) -> bytes:
    """A field of protobuf that has a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    encoded = b""
    while value > 127:
        encoded += bytes([value & 127 | 128])
        value >>= 7
    return encoded + bytes([value])


def entry(value: bytes, key: bytes = b"k", before: bytes = b"") -> bytes:
    return length_prefixed(1, length_prefixed(1, key) + before + length_prefixed(2, value))


def nested_pairs(text: bytes) -> bytes:
    """18 maps in each other, each with an empty value before the real one."""
    value = length_prefixed(1, text)
    for _level in range(18):
        value = length_prefixed(6, entry(value, before=length_prefixed(2, b"")))
    return value


def map_of(value: bytes) -> bytes:
    return length_prefixed(6, entry(value))


def span_with_value(value: bytes) -> bytes:
    """An export request with one span and one attribute."""
    time_field = b"\x39" + START_UNIX_NANO.to_bytes(8, "little")
    span = time_field + length_prefixed(9, length_prefixed(1, b"x") + length_prefixed(2, value))
    return length_prefixed(1, length_prefixed(2, length_prefixed(2, span)))


def many_keys() -> bytes:
    one = [
        entry(b"\x18\x01", key=b"%06d" % (number * 7_919 % 900_000)) for number in range(900_000)
    ]
    return length_prefixed(6, b"".join(one))


GROWING: dict[str, Callable[[], bytes]] = {
    "maps of two values, 18 deep": lambda: nested_pairs(b"a" * (15 * MIB)),
    "900,000 keys": many_keys,
    "control characters": lambda: map_of(length_prefixed(1, b"\x01" * (19 * MIB))),
    "line separators": lambda: map_of(length_prefixed(1, "\u2028".encode() * (6 * MIB))),
    "bytes that are no UTF-8": lambda: map_of(length_prefixed(1, b"\xff" * (19 * MIB))),
    "15 MiB of bytes": lambda: map_of(length_prefixed(7, bytes(15 * MIB))),
    "1,800,000 empty values": lambda: length_prefixed(5, b"\x0a\x00" * 1_800_000),
}


def plain_strings() -> bytes:
    """An array of short strings, 15 MiB of it."""
    return length_prefixed(5, length_prefixed(1, length_prefixed(1, b"a" * 20)) * (15 * MIB // 24))


@pytest.mark.parametrize("name", list(GROWING))
def test_values_that_grow_as_strings_cost_little_cpu_and_memory(
    lone_worker: Worker, name: str
) -> None:
    """A few KB of gzip took 7 to 37 s of CPU or over 1 GB of memory."""

    def cost(value: bytes) -> float:
        before = cpu_seconds(lone_worker)
        body = gzip.compress(span_with_value(value), 6)
        answer = lone_worker.post_traces(body, content_encoding="gzip")
        assert answer.status in (200, 413), answer
        return cpu_seconds(lone_worker) - before

    ordinary = min(cost(plain_strings()) for _time in range(2))
    value = GROWING[name]()
    assert cost(value) < MAX_CPU_RATIO * ordinary + 0.5
    for _time in range(3):
        cost(value)
    assert_alive(lone_worker)
    assert peak_bytes(lone_worker) < MAX_HOST_BYTES


def cpu_seconds(worker: Worker) -> float:
    """Of its process, so far."""
    stat = Path(f"/proc/{worker.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", list(BUSY))
def test_strings_whose_hashes_collide_cost_no_more_than_others(
    lone_worker: Worker, name: str
) -> None:
    """In V8's tables they would take 4 to 15 s of CPU; others of the same length take a tenth."""
    path, body_with, prefix = BUSY[name]

    def cost(values: list[str]) -> float:
        before = cpu_seconds(lone_worker)
        body = gzip.compress(body_with(values))
        more = [f"content-length: {len(body)}", "content-encoding: gzip"]
        answer = exchange(lone_worker, head(path=path, content_type=JSON, more=more), body)
        assert answer.status in (200, 400, 413), answer
        return cpu_seconds(lone_worker) - before

    ordinary = min(cost([f'"{value[1:-1]}x"' for value in numerals(prefix)]) for _time in range(2))
    assert cost(numerals(prefix)) < 3 * ordinary + 0.5
