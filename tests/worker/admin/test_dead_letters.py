"""Thousands of dead letters: filters, limits, and counters."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import time
from typing import Any

import pytest

from tests.support.access_binding import ADMIN, TOKEN, access_document
from tests.support.clickhouse_server import DATABASE, ClickHouse
from tests.support.otlp_spans import export_bytes
from tests.support.paths import ROOT
from tests.support.process import wait_until
from tests.support.prometheus import parse, value_of
from tests.support.worker_runtime import Worker, WorkerFactory

# With one buffer there is one storage to write dead letters to.
ACCESS = access_document(ADMIN, teams=[{"name": "default", "database": DATABASE}])
NOWHERE = "http://127.0.0.1:1"
GZIPPED_TRACES = 1
PARTITIONS = "ClickHouse returned 500: Code: 252. DB::Exception: Too many partitions"
UNREADABLE = "ClickHouse returned 400: Code: 33. DB::Exception: Cannot read all data"
PARSING = "ClickHouse returned 400: Code: 27. DB::Exception: Cannot parse input"
MAX_OPEN_BATCHES = 50
HOUR_MS = 3_600_000


def make(make_worker: WorkerFactory, url: str = NOWHERE, **limits: int) -> Worker:
    """Start a worker with an operator's token and one paused buffer that holds one body."""
    worker = make_worker(clickhouse_url=url, limits=limits, access=ACCESS)
    act(worker, "pause", {})
    assert worker.post_traces(export_bytes(1, seed=10_000)).status == 200
    return worker


def act(worker: Worker, path: str, body: object) -> dict[str, Any]:
    answer = worker.request(
        "POST",
        f"/admin/{path}",
        json.dumps(body).encode(),
        authorization="Bearer admin",
        content_type="application/json",
    )
    assert answer.status == 200, answer.body
    said: dict[str, Any] = json.loads(answer.body)
    return said


def write_letters(
    worker: Worker, count: int, *, error: str = PARTITIONS, age_ms: int = HOUR_MS, first: int = 0
) -> None:
    """Store this many dead letters of one span each, as if ClickHouse had rejected them."""
    worker.process.kill()
    for seed in range(first, first + count):
        body = gzip.compress(export_bytes(1, seed=seed), mtime=0)
        worker.tamper(
            "INSERT INTO dead_letters (stream, table_name, error, at_ms, stored_bytes, piece, "
            "piece_count, body) VALUES (?, 'otel_traces', ?, ?, ?, 0, 1, ?)",
            GZIPPED_TRACES,
            error,
            int(time.time() * 1000) - age_ms,
            len(body),
            body,
        )
    worker.start()


def letters(worker: Worker) -> int:
    return int(str(worker.stored("SELECT count(*) FROM dead_letters")[0][0]))


def dropped(worker: Worker, reason: str) -> float:
    """Return the counter of deleted dead letters for one reason."""
    name = "ingest_dead_letters_dropped_total"
    scraped = worker.request("GET", "/admin/metrics", authorization="Bearer admin").body.decode()
    return value_of(parse(scraped), name, table="otel_traces", reason=reason)


def gauge(worker: Worker, name: str) -> float:
    scraped = worker.request("GET", "/admin/metrics", authorization="Bearer admin").body.decode()
    return value_of(parse(scraped), f"ingest_buffer_dead_letter{name}", buffer="default/0")


def test_letters_are_sent_again_by_filter_until_none_is_left(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """A call moves at most the limit of open batches; dead letters with other errors remain."""
    worker = make(make_worker, clickhouse.url)
    write_letters(worker, 70)
    write_letters(worker, 5, error=PARSING, first=100)
    asked = {"team": "default", "code": 252}
    first = act(worker, "dead-letters/redrive", asked)
    (buffer,) = first["buffers"]
    assert buffer["buffer"] == "default/0"
    assert len(buffer["redriven"]) == MAX_OPEN_BATCHES
    assert (buffer["remaining"], first["remaining"]) == (20, 20)
    assert act(worker, "dead-letters/redrive", asked)["buffers"][0]["redriven"] == []
    act(worker, "resume", {})

    def is_done() -> bool:
        again = act(worker, "dead-letters/redrive", {**asked, "older_than": first["older_than"]})
        assert again["older_than"] == first["older_than"]
        return bool(again["remaining"] == 0)

    wait_until("all were sent again", is_done)
    wait_until("all arrived", lambda: clickhouse.count("otel_traces") == 71)
    ids = clickhouse.query("SELECT uniqExact(SpanId) FROM telemetry.otel_traces")
    assert ids == "71"
    assert letters(worker) == 5


@pytest.mark.skipif(shutil.which("jq") is None, reason="the script needs jq")
@pytest.mark.parametrize("team", ["default", "unknown-team"])
def test_the_script_of_the_readme_redrives_all(
    clickhouse: ClickHouse, make_worker: WorkerFactory, team: str
) -> None:
    """The script sends all matching dead letters. A failed call ends it, with its response."""
    worker = make(make_worker, clickhouse.url)
    write_letters(worker, 70, error=UNREADABLE)
    act(worker, "resume", {})
    readme = (ROOT / "worker" / "README.md").read_text()
    script = readme[readme.index("redrive() {") :].partition("```")[0].replace("shop", team)
    environment = {
        **os.environ,
        "INGEST_URL": f"http://127.0.0.1:{worker.port}",
        "ADMIN_TOKEN": "admin",
    }
    run = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, timeout=120
    )
    if team == "default":
        assert (run.returncode, run.stderr) == (0, "")
        wait_until("all arrived", lambda: clickhouse.count("otel_traces") == 71)
    else:
        assert run.returncode != 0
        assert "redrive failed" in run.stderr
        assert '"unknown-team" does not exist; allowed: default' in run.stderr.replace("\\", "")
        assert "expected" not in run.stderr


def test_a_letter_that_comes_back_is_not_what_the_filter_meant(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The loop over `remaining` ends even if ClickHouse rejects every body again."""
    worker = make(make_worker, clickhouse.url)
    write_letters(worker, 3)
    worker.process.kill()
    worker.tamper("UPDATE dead_letters SET body = x'00', stored_bytes = 1")
    worker.start()
    act(worker, "resume", {})
    first = act(worker, "dead-letters/redrive", {"table": "otel_traces"})
    assert (len(first["buffers"][0]["redriven"]), first["remaining"]) == (3, 0)
    wait_until("all came back", lambda: letters(worker) == 3)
    asked = {"table": "otel_traces", "older_than": first["older_than"]}
    assert act(worker, "dead-letters/redrive", asked)["remaining"] == 0
    assert letters(worker) == 3


def test_letters_are_dropped_by_filter_and_counted(make_worker: WorkerFactory) -> None:
    """Filters select by age, part of the error, table or code. The metrics count the result."""
    worker = make(make_worker)
    write_letters(worker, 4, age_ms=30 * HOUR_MS)
    write_letters(worker, 3, error=PARSING, first=10)
    write_letters(worker, 2, first=20)

    def drop(**asked: object) -> int:
        said = act(worker, "dead-letters/drop", {"buffer": "default/0", **asked})
        assert said["remaining"] == 0
        return len(said["buffers"][0]["dropped"])

    day_ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86_400))
    assert drop(table="otel_logs") == 0
    assert drop(error="Cannot parse", older_than=day_ago) == 0
    assert drop(older_than=day_ago) == 4
    assert drop(error="Cannot parse") == 3
    assert drop(code=25) == 0
    assert drop(code=252, table="otel_traces") == 2
    assert letters(worker) == 0
    assert dropped(worker, "operator") == 9


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "body: {}; allowed: ids and buffer, or at least one of buffer, team"),
        ({"ids": ["1-1"]}, "buffer: missing; ids are valid within one buffer"),
        ({"buffer": "default/0", "ids": ["1-1"], "code": 1}, "code: 1; allowed: ids, or filters"),
        ({"buffer": "default/0", "team": "default"}, 'team: "default"; allowed: a buffer or a te'),
        ({"older_than": "yesterday"}, 'older_than: "yesterday"; allowed: RFC 3339'),
        ({"older_than": "2026-13-01T00:00:00Z"}, "allowed: a time like 2026-11-21T00:00:00Z"),
        ({"error": ""}, 'error: ""; allowed: any part of ClickHouse\'s error message'),
    ],
)
def test_a_filter_that_means_nothing_or_everything_is_rejected(
    make_worker: WorkerFactory, body: object, words: str
) -> None:
    """No request deletes dead letters by accident."""
    worker = make_worker(clickhouse_url=NOWHERE, access=ACCESS)
    for action in ("drop", "redrive"):
        answer = worker.request(
            "POST",
            f"/admin/dead-letters/{action}",
            json.dumps(body).encode(),
            authorization="Bearer admin",
            content_type="application/json",
        )
        assert answer.status == 400
        assert words in json.loads(answer.body)["error"]


def test_letters_take_nothing_from_what_the_buffer_has_for_bodies(
    make_worker: WorkerFactory,
) -> None:
    """Invalid bodies of one sender do not fill the buffer of other senders."""
    worker = make(make_worker, BUFFER_MAX_BYTES=10_000)
    write_letters(worker, 40)
    assert letters(worker) * len(gzip.compress(export_bytes(1, seed=0))) > 10_000
    assert worker.post_traces(export_bytes(1, seed=5_000)).status == 200
    assert gauge(worker, "s") == 40


def test_the_oldest_letters_are_deleted_at_the_end_of_their_age_and_counted(
    make_worker: WorkerFactory,
) -> None:
    """The default age is a month. Before that, the metrics show the age of the oldest."""
    worker = make(make_worker, DEAD_LETTER_MAX_AGE_MS=10 * HOUR_MS)
    write_letters(worker, 3, age_ms=20 * HOUR_MS)
    write_letters(worker, 2, age_ms=5 * HOUR_MS, first=10)
    assert gauge(worker, "s_used_ratio") >= 2
    act(worker, "resume", {})
    wait_until("the oldest are deleted", lambda: letters(worker) == 2)
    assert dropped(worker, "age") == 3
    assert 0.5 <= gauge(worker, "s_used_ratio") < 0.51
    assert 5 * 3600 <= gauge(worker, "_oldest_age_seconds") < 5 * 3600 + 600


def test_an_idle_buffer_wakes_for_letters_that_expire(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The buffer's own alarm deletes them, without a request."""
    worker = make(make_worker, clickhouse.url, DEAD_LETTER_MAX_AGE_MS=HOUR_MS + 8_000)
    write_letters(worker, 2, age_ms=HOUR_MS)
    act(worker, "resume", {})
    wait_until("the body is delivered", lambda: clickhouse.count("otel_traces") == 1)
    wait_until("they are deleted", lambda: letters(worker) == 0)
    assert dropped(worker, "age") == 2


@pytest.mark.parametrize("limits", [{"DEAD_LETTERS_MAX": 4}, {"DEAD_LETTERS_MAX_BYTES": 2_500}])
def test_of_too_many_letters_the_oldest_are_deleted_and_counted(
    make_worker: WorkerFactory, limits: dict[str, int]
) -> None:
    """The limits are a number and bytes. The newest remain, and the metrics count the deleted."""
    worker = make(make_worker, NOWHERE, **limits)
    write_letters(worker, 10)
    assert gauge(worker, "s_used_ratio") > 1
    act(worker, "resume", {})
    wait_until("the oldest are deleted", lambda: letters(worker) <= 5)
    left = letters(worker)
    assert 0 < left < 10
    newest = worker.stored("SELECT id FROM dead_letters ORDER BY id")
    assert [int(str(row[0])) for row in newest] == list(range(11 - left, 11))
    assert dropped(worker, "space") == 10 - left
    assert gauge(worker, "s_used_ratio") <= 1


def test_a_letter_in_several_pieces_is_one(
    clickhouse: ClickHouse, make_worker: WorkerFactory
) -> None:
    """The dead letter is counted, found and sent again as a whole."""
    worker = make(make_worker, clickhouse.url)
    body = gzip.compress(export_bytes(2_000, seed=1), mtime=0)
    write_letters(worker, 1, first=50)
    worker.process.kill()
    cut = len(body) // 2
    for piece, part in enumerate((body[:cut], body[cut:])):
        worker.tamper(
            "INSERT INTO dead_letters (stream, table_name, error, at_ms, stored_bytes, piece, "
            "piece_count, body) VALUES (?, 'otel_traces', ?, 1, ?, ?, 2, ?)",
            GZIPPED_TRACES,
            PARSING,
            len(part),
            piece,
            part,
        )
    worker.start()
    assert gauge(worker, "s") == 2
    act(worker, "resume", {})
    said = act(worker, "dead-letters/redrive", {"team": "default", "code": 27})
    assert said["buffers"][0]["redriven"] == ["2-1"]
    wait_until("it arrived whole", lambda: clickhouse.count("otel_traces") == 2_001)
    assert letters(worker) == 1


def test_the_admin_api_still_needs_its_scope(make_worker: WorkerFactory) -> None:
    """A sender's token drops nothing."""
    worker = make_worker(clickhouse_url=NOWHERE, access=ACCESS)
    answer = worker.request(
        "POST",
        "/admin/dead-letters/drop",
        b'{"team": "default"}',
        authorization=f"Bearer {TOKEN}",
        content_type="application/json",
    )
    assert answer.status == 403
