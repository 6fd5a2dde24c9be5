"""The facts about ClickHouse that exactly-once delivery relies on, checked on ClickHouse."""

from __future__ import annotations

import socket
from urllib.parse import urlencode

import pytest

from tests.support.clickhouse_server import DATABASE, ClickHouse

LINES = b"".join(
    b'{"event_name": "e%d", "timestamp": "2026-11-20 00:00:00"}\n' % number for number in range(5)
)
INSERT = {
    "query": "INSERT INTO events (event_name, timestamp) FORMAT JSONEachRow",
    "database": DATABASE,
    "async_insert": "0",
}


def answer_to_half_a_request(clickhouse: ClickHouse, headers: str, body: bytes) -> bytes:
    """Send a request, close within the body, and return the status line."""
    with socket.create_connection(("127.0.0.1", clickhouse.port), timeout=60) as connection:
        head = (
            f"POST /?{urlencode(INSERT)} HTTP/1.1\r\nHost: localhost\r\n"
            f"X-ClickHouse-User: owner\r\nX-ClickHouse-Key: owner\r\n{headers}\r\n\r\n"
        )
        connection.sendall(head.encode() + body)
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096).split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (f"Content-Length: {2 * len(LINES)}", LINES),
        ("Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(LINES), LINES)),
    ],
    ids=["declared length", "chunked"],
)
def test_half_a_request_inserts_nothing(clickhouse: ClickHouse, headers: str, body: bytes) -> None:
    """This holds even between two rows. Otherwise the token would represent half a batch."""
    assert b" 500 " in answer_to_half_a_request(clickhouse, headers, body)
    assert clickhouse.count("events") == 0


def insert_span(clickhouse: ClickHouse, token: str) -> None:
    clickhouse.query(
        f"INSERT INTO {DATABASE}.otel_traces (Timestamp, TraceId) VALUES (now(), 'a'), "
        "(now() - INTERVAL 1 DAY, 'b')",
        insert_deduplication_token=token,
        async_insert="0",
        deduplicate_blocks_in_dependent_materialized_views="1",
    )


def test_a_token_survives_a_kill(clickhouse: ClickHouse) -> None:
    """It survives in every partition, and in the table behind the materialized view."""
    insert_span(clickhouse, "token 1")
    for _again in range(2):
        clickhouse.process.kill()
        clickhouse.start()
        insert_span(clickhouse, "token 1")
    assert clickhouse.count("otel_traces") == 2
    assert clickhouse.count("otel_traces_trace_id_ts") == 2
    insert_span(clickhouse, "token 2")
    assert clickhouse.count("otel_traces") == 4
    assert clickhouse.count("otel_traces_trace_id_ts") == 4


def test_a_token_identifies_a_batch_whatever_its_rows(clickhouse: ClickHouse) -> None:
    """The worker must never use one token for different rows, because rows would be lost."""
    insert_span(clickhouse, "token 1")
    clickhouse.query(
        f"INSERT INTO {DATABASE}.otel_traces (Timestamp, TraceId) VALUES (now(), 'other')",
        insert_deduplication_token="token 1",
        async_insert="0",
    )
    assert clickhouse.query(f"SELECT count() FROM {DATABASE}.otel_traces") == "2"
