"""The schema that the migrations create."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from resources.sql.retention import partition_days
from tests.support.clickhouse_server import DATABASE, TTL_DAYS, ClickHouse
from tests.support.golden.record import SCHEMA, SELECT_SCHEMA
from tests.support.paths import ROOT

FILES = sorted(ROOT.glob("migrations/*.sql"))
UPS = [file for file in FILES if not file.name.endswith(".down.sql")]
# Stored tables; the others are views.
TABLES = [
    "events",
    "ingest_health",
    "otel_logs",
    "otel_metrics_exponential_histogram",
    "otel_metrics_gauge",
    "otel_metrics_histogram",
    "otel_metrics_sum",
    "otel_metrics_summary",
    "otel_traces",
    "otel_traces_trace_id_ts",
]


# The exporter's tables have one day in a partition.
_PARTITION_KEY = re.compile(
    r"toDate\(intDiv\(toUInt16\(toDate\((\w+), .{,2}'UTC.{,2}\)\), 1\) \* 1\)"
)


def statements(file: Path) -> list[str]:
    """Return a file's statements with the values of its variables."""
    text = file.read_text().replace("${TTL_DAYS}", TTL_DAYS).replace("${PARTITION_DAYS}", "1")
    code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [statement.strip() for statement in code.split(";") if statement.strip()]


def shape(clickhouse: ClickHouse) -> str:
    """Return the definition of all tables except the migrations' own."""
    return clickhouse.query(
        "SELECT name, create_table_query FROM system.tables "
        f"WHERE database = '{DATABASE}' AND name != 'schema_versions' ORDER BY name FORMAT TSV"
    )


def test_files_are_numbered_without_gaps_and_each_has_a_down() -> None:
    """`0001_verb_noun.sql` has `0001_verb_noun.down.sql`."""
    assert len(UPS) >= 5
    for number, file in enumerate(UPS, start=1):
        assert re.fullmatch(rf"{number:04d}_[a-z]+_[a-z_]+\.sql", file.name)
        assert file.with_name(f"{file.stem}.down.sql") in FILES


def test_applying_twice_changes_nothing(clickhouse: ClickHouse) -> None:
    """The second run finds no pending file."""
    assert len(clickhouse.migrate()) == len(UPS)
    before = shape(clickhouse)
    assert clickhouse.migrate() == []
    assert shape(clickhouse) == before


def test_every_statement_can_run_twice(clickhouse: ClickHouse) -> None:
    """DDL has no transactions, so an interrupted run is run again."""
    clickhouse.migrate()
    before = shape(clickhouse)
    for file in UPS:
        for statement in statements(file):
            clickhouse.query(statement, database=DATABASE)
    assert shape(clickhouse) == before
    for file in reversed(UPS):
        for statement in statements(file.with_name(f"{file.stem}.down.sql")) * 2:
            clickhouse.query(statement, database=DATABASE)
    assert shape(clickhouse) == ""


def test_a_rolled_back_schema_can_be_applied_again(clickhouse: ClickHouse) -> None:
    """The package's rollback removes all tables, and they can be created again."""
    clickhouse.migrate()
    before = re.sub(r"UUID '[^']+'", "", shape(clickhouse))
    clickhouse.cluster().rollback(
        DATABASE, ROOT / "migrations", to_version=0, multi_statement=True, variables={}
    )
    assert shape(clickhouse) == ""
    clickhouse.migrate()
    assert re.sub(r"UUID '[^']+'", "", shape(clickhouse)) == before


def test_the_tables_of_signals_are_those_of_the_exporter(clickhouse: ClickHouse) -> None:
    """Columns, types, codecs, indexes, keys and the view's query equal the recorded ones."""
    clickhouse.migrate()
    schema = clickhouse.query(SELECT_SCHEMA.format(database=DATABASE))
    ours = _PARTITION_KEY.sub(r"toDate(\1)", schema).splitlines()
    assert sorted(ours) == sorted(SCHEMA.read_text().splitlines())


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_a_ttl_and_deduplication_windows(clickhouse: ClickHouse, table: str) -> None:
    """The tables have the TTL of the config, the three windows, and one file per insert."""
    clickhouse.migrate()
    text = clickhouse.query(f"SHOW CREATE TABLE {DATABASE}.{table} FORMAT TSVRaw")
    assert f"toIntervalDay({TTL_DAYS})" in text
    for setting in (
        "non_replicated_deduplication_window = 10000",
        "replicated_deduplication_window = 10000",
        "replicated_deduplication_window_seconds = 604800",
        "ttl_only_drop_parts = 1",
        "min_bytes_for_wide_part = " if table == "events" else "min_level_for_wide_part = ",
    ):
        assert setting in text


@pytest.mark.parametrize(
    ("table", "columns", "merged"),
    [
        ("otel_traces", "Timestamp, StatusMessage", "Wide"),
        ("events", "timestamp, user_id", "Compact"),
    ],
)
def test_inserts_write_compact_parts_and_merges_wide_ones_except_of_events(
    clickhouse: ClickHouse, table: str, columns: str, merged: str
) -> None:
    """Inserts above ClickHouse's limit of 10 MiB are compact too. Metadata paths are columns."""
    clickhouse.migrate()
    clickhouse.query(
        f"INSERT INTO {DATABASE}.{table} ({columns}) "
        "SELECT now(), repeat(toString(number), 30) FROM numbers(100000) "
        "SETTINGS max_block_size = 1000000"
    )

    def parts() -> list[str]:
        return clickhouse.query(
            "SELECT part_type, data_uncompressed_bytes > 10485760 FROM system.parts "
            f"WHERE database = '{DATABASE}' AND table = '{table}' AND active"
        ).splitlines()

    assert parts() == ["Compact\t1"]
    clickhouse.query(f"OPTIMIZE TABLE {DATABASE}.{table} FINAL")
    assert parts() == [f"{merged}\t1"]


def test_every_stored_table_is_tested(clickhouse: ClickHouse) -> None:
    """A new table must be added to the tests of the TTL and of the deduplication windows."""
    clickhouse.migrate()
    stored = clickhouse.query(
        f"SELECT name FROM system.tables WHERE database = '{DATABASE}' "
        "AND engine LIKE '%MergeTree' AND name != 'schema_versions' ORDER BY name"
    )
    assert stored.splitlines() == TABLES


def test_writer_inserts_spans_and_reads_none(clickhouse: ClickHouse) -> None:
    """The writer has only INSERT on the database. The view behind the table needs no more."""
    clickhouse.migrate()

    def run_as_writer(sql: str) -> int:
        request = Request(
            clickhouse.url,
            data=sql.encode(),
            headers={"x-clickhouse-user": "writer", "x-clickhouse-key": "writer"},
        )
        try:
            with urlopen(request, timeout=30) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code

    insert = f"INSERT INTO {DATABASE}.otel_traces (Timestamp, TraceId) VALUES (now(), 'a')"
    assert run_as_writer(insert) == 200
    assert clickhouse.count("otel_traces_trace_id_ts") == 1
    assert run_as_writer(f"SELECT count() FROM {DATABASE}.otel_traces") != 200
    assert run_as_writer(f"SELECT TraceId FROM {DATABASE}.otel_traces_trace_id_ts") != 200
    assert run_as_writer(f"ALTER TABLE {DATABASE}.otel_traces DELETE WHERE 1") != 200


def test_trace_view_survives_a_restart(clickhouse: ClickHouse) -> None:
    """ClickHouse looks up the view's definer when rows arrive."""
    clickhouse.migrate()
    clickhouse.process.kill()
    clickhouse.start()
    clickhouse.query(f"INSERT INTO {DATABASE}.otel_traces (Timestamp, TraceId) VALUES (now(), 'a')")
    assert clickhouse.count("otel_traces_trace_id_ts") == 1


@pytest.mark.parametrize("ttl_days", [1, 30, 35, 36, 70, 71, 400, 3650])
def test_a_table_has_few_partitions_whatever_its_retention(
    clickhouse: ClickHouse, ttl_days: int
) -> None:
    """The table has a row of each day of the worker's window."""
    days = partition_days(ttl_days)
    assert days == 1 or ttl_days > 35
    database = f"kept_{ttl_days}_days"
    clickhouse.migrate(ttl_days=str(ttl_days), database=database)
    # One insert has all rows. A TTL could drop rows before they are counted, so it is removed.
    clickhouse.query(f"ALTER TABLE {database}.otel_logs REMOVE TTL")
    clickhouse.query(
        f"INSERT INTO {database}.otel_logs (Timestamp) "
        f"SELECT now() + toIntervalDay(1 - number) FROM numbers({ttl_days} + 2) "
        "SETTINGS max_partitions_per_insert_block = 0"
    )
    count, oldest = clickhouse.query(
        "SELECT uniqExact(partition), min(toDate(partition)) FROM system.parts "
        f"WHERE active AND database = '{database}' AND table = 'otel_logs'"
    ).split()
    assert int(count) <= 38
    assert clickhouse.query(f"SELECT today() - toDate('{oldest}') < {ttl_days + days + 1}") == "1"


def test_a_query_reads_only_partitions_of_its_time(clickhouse: ClickHouse) -> None:
    """Partitions of several days are excluded by the times of their rows."""
    clickhouse.migrate(ttl_days="400", database="wide")
    clickhouse.query(
        "INSERT INTO wide.otel_logs (Timestamp) "
        "SELECT now() - toIntervalDay(number) FROM numbers(399)"
    )
    plan = clickhouse.query(
        "EXPLAIN indexes = 1 SELECT count() FROM wide.otel_logs "
        "WHERE Timestamp > now() - toIntervalDay(3) AND Body != 'x'"
    )
    first = re.search(r"Parts: (\d+)/(\d+)", plan)
    assert first is not None
    assert int(first[1]) <= 2 < 30 < int(first[2])


def test_a_part_is_dropped_when_its_last_row_has_expired(clickhouse: ClickHouse) -> None:
    """A row can outlive its retention by the number of days in its partition."""
    clickhouse.migrate(ttl_days="400", database="wide")
    clickhouse.query("SYSTEM STOP TTL MERGES wide.otel_logs")
    clickhouse.query(
        "INSERT INTO wide.otel_logs (Timestamp) "
        "SELECT now() - toIntervalDay(370 + number) FROM numbers(60)"
    )
    clickhouse.query("SYSTEM START TTL MERGES wide.otel_logs")
    clickhouse.query("OPTIMIZE TABLE wide.otel_logs FINAL")
    oldest = clickhouse.query("SELECT dateDiff('day', min(Timestamp), now()) FROM wide.otel_logs")
    kept = clickhouse.query("SELECT count() FROM wide.otel_logs")
    assert 399 <= int(oldest) < 400 + partition_days(400)
    assert int(kept) == int(oldest) - 370 + 1
