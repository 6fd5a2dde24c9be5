"""A killed plain MergeTree can drop a repeated insert. `insert_tokens.py` repairs that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clickhouse.insert_tokens import drop_tokens_without_part
from tests.support.clickhouse_server import ClickHouse


@pytest.fixture
def clickhouse(tmp_path: Path) -> Iterator[ClickHouse]:
    """Start a server with a table that stores insert tokens."""
    server = ClickHouse(tmp_path / "clickhouse")
    server.start()
    server.query("CREATE DATABASE telemetry ENGINE = Atomic")
    server.query(
        "CREATE TABLE telemetry.rows (id UInt32) ENGINE = MergeTree PARTITION BY id ORDER BY id "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    yield server
    server.process.kill()


def insert(clickhouse: ClickHouse, token: str) -> None:
    """Insert rows of two partitions under one token."""
    sql = "INSERT INTO telemetry.rows SELECT number FROM numbers(2)"
    clickhouse.query(sql, insert_deduplication_token=token)


@pytest.mark.parametrize("mended", [False, True])
def test_a_token_without_a_part_drops_the_repeat_until_it_is_deleted(
    clickhouse: ClickHouse, mended: bool
) -> None:
    """After a kill between two writes, the log has the token and the part has no final name."""
    insert(clickhouse, "first")
    insert(clickhouse, "second")
    clickhouse.process.kill()
    data = clickhouse.process.folder / "data"
    (part,) = data.glob("store/*/*/0_3_3_0")
    part.rename(part.with_name("tmp_insert_0_3_3_0"))
    if mended:
        assert drop_tokens_without_part(logs=data, parts=data) == 1
        assert drop_tokens_without_part(logs=data, parts=data) == 0
    clickhouse.start(mended=mended)
    insert(clickhouse, "first")
    insert(clickhouse, "second")
    assert clickhouse.count("rows") == (4 if mended else 3)
