"""Uploads share a memory budget: slow uploads are ended when others wait for memory."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from random import Random

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.otlp_spans import export_bytes
from tests.support.process import wait_until
from tests.support.worker_runtime import Response, Worker, WorkerFactory
from tests.worker.hostile.hostile_requests import KIB, MIB
from tests.worker.hostile.sockets import answer_on, connection, head
from tests.worker.hostile.worker_checks import (
    stored_rows,
)


def memory(body_bytes: int, **more: int) -> dict[str, int]:
    """Return limits with this memory for large bodies, all of which any team may use."""
    return {"BODY_MEMORY_BYTES": body_bytes, "TEAM_BODY_MEMORY_BYTES": body_bytes, **more}


def test_senders_that_stop_leave_memory_to_the_others(make_worker: WorkerFactory) -> None:
    """An upload that stops halfway is ended when another one waits for memory."""
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


def test_fast_uploads_are_not_ended_for_others(make_worker: WorkerFactory) -> None:
    """The upload that waits still has its full upload time."""
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
        assert answer_on(sender).status == 400  # zeros, which were read to the end
        assert answer.result().status == 200


def trickle(sender: socket.socket, over: threading.Event) -> None:
    """Send a body at 175 KB/s until the connection closes."""
    with contextlib.suppress(OSError):
        while not over.wait(0.1):
            sender.sendall(bytes(17_500))


def test_slow_uploads_of_one_team_keep_no_memory_from_large_bodies(
    make_worker: WorkerFactory,
) -> None:
    """Large bodies of the same and of another team are accepted, with a deployment's limits."""
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
    """Send bodies of 20 MiB at this rate, one after another on new connections."""
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
    """Send a whole body at this rate, except for its first MiB."""
    sender.sendall(bytes(MIB))
    left = size - MIB
    while left > 0 and not over.wait(0.1):
        piece = min(left, bytes_per_second // 10)
        sender.sendall(bytes(piece))
        left -= piece


def test_one_fast_enough_upload_keeps_no_equal_part_from_another_team(
    make_worker: WorkerFactory,
) -> None:
    """The upload runs at 1.3 MB/s, above the minimum rate, with a deployment's limits."""
    access = access_document(token_entry("another", name="another", team="other"))
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", access=access)
    noise = Random(7).randbytes(9 * MIB)  # not OTLP: a 400 once it has been read
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
    """They hang up within the body or before the response. No timeout has to pass first."""
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=memory(2 * MIB))
    for seed in range(40):
        body = export_bytes(2_000, seed=seed)
        with connection(worker) as sender:
            sender.sendall(head(more=[f"content-length: {len(body)}"]))
            sender.sendall(body if seed % 2 == 0 else body[: len(body) // 2])
    answer = worker.post_traces(export_bytes(2_000, seed=1_000))
    assert answer.status == 200, answer


def test_without_free_memory_a_large_body_gets_a_retry_time(make_worker: WorkerFactory) -> None:
    """The body gets a 503 with Retry-After, which exporters respect. A small body is accepted."""
    limits = memory(600 * KIB, SLOW_UPLOAD_MS=600_000, BODY_MEMORY_WAIT_MS=200)
    worker = make_worker(clickhouse_url="http://127.0.0.1:1", limits=limits)
    with connection(worker) as sender:
        sender.sendall(head(more=["content-length: 1000000"]) + bytes(200_000))
        large = export_bytes(1_000, seed=1)
        answers: list[Response] = []

        def is_refused() -> bool:
            answers.append(worker.post_traces(large))
            return answers[-1].status == 503

        wait_until("the memory is held", is_refused)
        assert answers[-1].headers["retry-after"] == "1"
        assert worker.post_traces(export_bytes(1, seed=2)).status == 200
    wait_until("memory again", lambda: worker.post_traces(large).status == 200)
