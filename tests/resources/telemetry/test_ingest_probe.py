"""`IngestProbe` on a real ClickHouse with the users and grants of the local cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from pulumi.dynamic import Config, ConfigureRequest

from resources.base.errors import ResourceError
from resources.sql.database import DatabaseProvider
from resources.sql.migrations import MigrationsProvider, _files
from resources.sql.sql_resource import SqlResourceProvider
from resources.sql.sql_server import SqlServer
from resources.telemetry import statement_proof
from resources.telemetry.ingest_probe import IngestProbeProvider
from resources.telemetry.scratch_database import ScratchDatabase
from resources.telemetry.statement_proof import (
    DEDUPLICATION_SETTINGS,
    VERSIONED_SETTINGS,
    Manifest,
    prove,
)
from resources.telemetry.team_schemas import OLDEST_CLICKHOUSE
from resources.telemetry.worker_build import build_worker
from tests.support.paths import ROOT
from tests.support.running_service import RunningService
from tests.support.sample_rows import columns_of

PASSWORD = "writer-1-Password"
DATABASE = "probed"
SCRATCH = "telemetry_probe_0123456789abcdef"
VARIABLES = {"TTL_DAYS": "30", "PARTITION_DAYS": "1"}


class Probed:
    """A server with the tables of the migrations, and a user that may insert into their copies."""

    def __init__(self, server: RunningService, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.worker = build_worker(ROOT / "worker")
        self.admin = SqlServer(server.url, "default", server.password)
        self.writer = SqlServer(server.url, "probe_writer", PASSWORD)

    def migrate(self, **changes: str) -> None:
        folder = str(ROOT / "migrations")
        props = {
            "database": DATABASE,
            "directory": folder,
            "files": _files(folder),
            "variables": VARIABLES,
            "oldest_server": OLDEST_CLICKHOUSE,
            **changes,
        }
        self.configured(MigrationsProvider()).create({**self.server.connection(), **props})

    def configured(self, provider: SqlResourceProvider) -> SqlResourceProvider:
        cloud = self.server.control_plane.cloud
        settings = {
            "test:clickhouseApiUrl": cloud["url"],
            "test:clickhouseCloudApiKey": cloud["key_id"],
            "test:clickhouseCloudApiSecret": cloud["key_secret"],
        }
        provider.configure(ConfigureRequest(Config(settings, "test")))
        return provider

    def provider(self) -> SqlResourceProvider:
        return self.configured(IngestProbeProvider())

    def manifest(self) -> dict[str, Any]:
        """Return a copy of the worker's manifest, for a test to change."""
        tables = json.loads(Path(self.worker.statements).read_text())
        assert isinstance(tables, dict)
        return tables

    def props(self, manifest: dict[str, Any] | None = None, **changes: str) -> dict[str, Any]:
        """Return the inputs of the resource."""
        statements = self.worker.statements
        if manifest is not None:
            statements = str(self.folder / "statements.json")
            Path(statements).write_text(json.dumps(manifest))
        return {
            **self.server.connection(),
            "database": DATABASE,
            "schema": {"0001.sql": "x"},
            "writer": "probe_writer",
            "writer_password": PASSWORD,
            "statements": statements,
            "statements_sha256": "x",
            "format": "auto",
            "scratch_database": SCRATCH,
            **changes,
        }

    def outputs(self, props: dict[str, Any]) -> dict[str, Any]:
        return dict(self.provider().create(props).outs or {})

    def query(self, sql: str) -> str:
        return self.server.query(sql)


@pytest.fixture(scope="module")
def migrated(server: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probed]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(server.clouds.clouds / "certificates" / "ca.pem"))
        probed = Probed(server, tmp_path_factory.mktemp("probe"))
        probed.migrate()
        probed.query(f"CREATE USER probe_writer IDENTIFIED BY '{PASSWORD}'")
        probed.query(f"GRANT INSERT ON {SCRATCH}.* TO probe_writer")
        yield probed


@pytest.fixture
def probed(migrated: Probed) -> Iterator[Probed]:
    """After every test the copies are dropped, and the tables are unchanged."""
    yield migrated
    assert migrated.query(f"EXISTS DATABASE {SCRATCH}") == "0"
    assert migrated.query(f"SELECT count() FROM {DATABASE}.otel_traces") == "0"
    migrated.query("DROP SETTINGS PROFILE IF EXISTS forced_on_the_writer")


def force(probed: Probed, settings: str) -> None:
    profile = f"CREATE SETTINGS PROFILE forced_on_the_writer SETTINGS {settings} TO probe_writer"
    assert probed.query(profile) == ""


def test_every_statement_is_proved_and_the_worker_gets_the_outputs(probed: Probed) -> None:
    """A second `up` runs no proof. After a refresh that finds another server version, it does."""
    provider, props = probed.provider(), probed.props()
    assert provider.check({}, props).failures == []
    outputs = probed.outputs(props)
    assert outputs["insert_format"] == "protobuf"
    settings = outputs["insert_settings"]
    assert settings == {name: VERSIONED_SETTINGS[name] for name in settings}
    assert settings.keys() >= DEDUPLICATION_SETTINGS.keys()
    assert not provider.diff("id", outputs, props).changes
    refreshed = dict(provider.read("id", outputs).outs or {})
    assert not provider.diff("id", refreshed, props).changes
    assert provider.diff("id", {**refreshed, "shown": "27.1.1.1"}, props).changes


@pytest.mark.parametrize("changed", ["statements_sha256", "database", "writer", "format"])
def test_a_change_of_an_input_proves_again(probed: Probed, changed: str) -> None:
    props = probed.props()
    result = probed.provider().diff("id", {**props, changed: "other"}, props)
    assert (result.changes, result.replaces) == (True, [])


def test_without_a_change_clickhouse_gets_no_request(probed: Probed) -> None:
    """An `up` without changes wakes no service."""
    props = probed.props(url="https://127.0.0.1:9")
    outputs = {**props, "shown": "26.7.2.1", "applied": "26.7.2.1"}
    assert probed.provider().check(outputs, props).failures == []
    assert not probed.provider().diff("id", outputs, props).changes


def test_a_build_without_statements_is_rejected_at_preview(probed: Probed) -> None:
    (failure,) = probed.provider().check({}, probed.props(statements="nowhere.json")).failures
    assert "'nowhere.json', allowed: the file statements.json" in failure.reason


def test_an_invalid_format_is_rejected_at_preview(probed: Probed) -> None:
    (failure,) = probed.provider().check({}, probed.props(format="protobufs")).failures
    assert failure.property == "format"
    assert "'protobufs', allowed: auto, protobuf" in failure.reason


def test_a_profile_that_disables_deduplication_does_not_matter(probed: Probed) -> None:
    """The statements set every setting."""
    force(probed, "deduplicate_insert = 'disable', deduplicate_insert_select = 'disable'")
    assert probed.outputs(probed.props())["insert_format"] == "protobuf"


def test_the_error_names_a_profile_that_forbids_deduplication(probed: Probed) -> None:
    force(probed, "deduplicate_insert_select = 'disable' READONLY")
    with pytest.raises(ResourceError, match="deduplicate_insert_select should not be changed") as e:
        probed.outputs(probed.props())
    assert "probe_writer" in str(e.value)
    assert "the worker is not deployed" in str(e.value)


def test_a_repeat_that_doubles_rows_is_found(probed: Probed) -> None:
    """Rows are doubled on ClickHouse 26.1 without the settings."""
    force(probed, "deduplicate_insert_select = 'disable'")
    manifest = Manifest(probed.manifest())
    with pytest.raises(ResourceError, match=r"otel_traces: 4 rows instead of 2 after the insert w"):
        prove(
            ScratchDatabase(probed.admin, SCRATCH),
            probed.writer,
            DATABASE,
            manifest,
            form="protobuf",
            settings={},
        )


def test_a_view_whose_rows_a_repeat_doubles_is_found(probed: Probed) -> None:
    """Rows are doubled if the table behind the view stores no tokens."""
    target = f"ALTER TABLE {DATABASE}.otel_traces_trace_id_ts MODIFY SETTING "
    probed.query(f"{target} non_replicated_deduplication_window = 0")
    try:
        with pytest.raises(ResourceError, match=r"otel_traces: a repeat .* doubled rows of a view"):
            probed.outputs(probed.props())
    finally:
        probed.query(f"{target} non_replicated_deduplication_window = 10000")


def test_a_value_that_the_server_reads_differently_is_found(probed: Probed) -> None:
    manifest = probed.manifest()
    manifest["otel_logs"]["rows"][0]["Body"] = "another line"
    with pytest.raises(ResourceError, match=r"otel_logs: Body is .* instead of 'another line'"):
        probed.outputs(probed.props(manifest))


def test_rowbinary_is_selected_if_protobuf_does_not_work(probed: Probed) -> None:
    """Protobuf fails on a service without the format. The config can force either format."""
    manifest = probed.manifest()
    for entry in manifest.values():
        if "protobuf" in entry["forms"]:
            entry["forms"]["rowbinary"] = deepcopy(entry["forms"]["protobuf"])
            statement = entry["forms"]["protobuf"]["statement"]
            statement["query"] = statement["query"].replace("FORMAT ProtobufList", "FORMAT None")
    assert probed.outputs(probed.props(manifest))["insert_format"] == "rowbinary"
    assert probed.outputs(probed.props(manifest, format="rowbinary"))["insert_format"]
    with pytest.raises(ResourceError, match=r"protobuf: otel_traces: .*UNKNOWN_FORMAT"):
        probed.outputs(probed.props(manifest, format="protobuf"))


def test_a_writer_without_the_right_is_an_error(
    probed: Probed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The probe retries first, because another replica may receive the grant later."""
    monkeypatch.setattr(statement_proof, "_NOT_YET_SECONDS", 0.0)
    probed.query(f"REVOKE INSERT ON {SCRATCH}.* FROM probe_writer")
    try:
        with pytest.raises(ResourceError, match="ACCESS_DENIED"):
            probed.outputs(probed.props())
    finally:
        probed.query(f"GRANT INSERT ON {SCRATCH}.* TO probe_writer")


def test_a_view_that_fills_a_table_of_another_database_is_not_copied(probed: Probed) -> None:
    """If it were copied, the rows of the probe would be in that table."""
    probed.query("CREATE DATABASE elsewhere")
    probed.query("CREATE TABLE elsewhere.names (name String) ENGINE = MergeTree ORDER BY name")
    probed.query(
        f"CREATE MATERIALIZED VIEW {DATABASE}.names_mv TO elsewhere.names "
        f"AS SELECT SpanName AS name FROM {DATABASE}.otel_traces"
    )
    try:
        probed.outputs(probed.props())
        assert probed.query("SELECT count() FROM elsewhere.names") == "0"
    finally:
        probed.query(f"DROP VIEW {DATABASE}.names_mv")


def test_copies_of_a_killed_run_are_dropped_first(probed: Probed) -> None:
    copies = ScratchDatabase(probed.admin, SCRATCH)
    with copies.created():
        probed.query(f"CREATE TABLE {SCRATCH}.otel_traces (a Int8) ENGINE = MergeTree ORDER BY a")
        assert probed.outputs(probed.props())["insert_format"] == "protobuf"


@pytest.mark.parametrize("comment", ["", "COMMENT 'copies of last year'"])
def test_a_database_of_that_name_that_the_probe_did_not_create_keeps_its_rows(
    probed: Probed, comment: str
) -> None:
    table = f"{SCRATCH}.otel_traces"
    probed.query(f"CREATE DATABASE {SCRATCH} {comment}")
    try:
        probed.query(f"CREATE TABLE {table} (a Int8) ENGINE = MergeTree ORDER BY a")
        probed.query(f"INSERT INTO {table} VALUES (1), (2)")
        with pytest.raises(ResourceError, match=f"{SCRATCH} at https.* was not created by Ingest"):
            probed.outputs(probed.props())
        assert probed.query(f"SELECT count() FROM {table}") == "2"
    finally:
        probed.query(f"DROP DATABASE {SCRATCH} SYNC")


def test_a_database_that_changes_hands_during_the_proof_is_not_dropped(probed: Probed) -> None:
    scratch = ScratchDatabase(probed.admin, SCRATCH)
    try:
        with pytest.raises(ResourceError, match="its comment is 'mine now'"), scratch.created():
            probed.query(f"ALTER DATABASE {SCRATCH} MODIFY COMMENT 'mine now'")
        assert probed.query(f"EXISTS DATABASE {SCRATCH}") == "1"
    finally:
        probed.query(f"DROP DATABASE {SCRATCH} SYNC")


def test_a_users_database_called_ingest_probe_is_not_touched(probed: Probed) -> None:
    probed.query("CREATE DATABASE ingest_probe")
    probed.outputs(probed.props())
    assert probed.query("EXISTS DATABASE ingest_probe") == "1"


@pytest.mark.parametrize("provider", [DatabaseProvider, MigrationsProvider, IngestProbeProvider])
def test_a_database_with_a_name_of_the_probe_is_rejected_at_preview(
    probed: Probed, provider: type[SqlResourceProvider]
) -> None:
    props = probed.props(database=SCRATCH, name=SCRATCH, writer="w", directory="migrations")
    failures = provider().check({}, {**props, "files": {}}).failures
    assert [failure.property for failure in failures] in (["name"], ["database"])
    assert "or IngestProbe (telemetry_probe_ and 16 hexadecimal digits)" in failures[0].reason


def test_only_a_reserved_name_is_used_for_the_copies(probed: Probed) -> None:
    (failure,) = probed.provider().check({}, probed.props(scratch_database=DATABASE)).failures
    assert failure.property == "scratch_database"


def test_an_older_server_is_rejected_before_any_file_is_applied(probed: Probed) -> None:
    version = probed.query("SELECT version()")
    with pytest.raises(ResourceError) as rejected:
        probed.migrate(database="too_old", oldest_server="26.100")
    assert "too_old needs ClickHouse 26.100 or newer" in str(rejected.value)
    assert f"runs {version}: upgrade the service" in str(rejected.value)
    assert probed.query("EXISTS DATABASE too_old") == "0"


def test_the_expected_rows_have_every_column_of_the_statement(probed: Probed) -> None:
    """An error in a column without an expected value would not be found."""
    for table, entry in probed.manifest().items():
        assert entry["rows"], table
        for insert in entry["forms"].values():
            columns = columns_of(insert["statement"]["query"])
            assert all(sorted(row) == sorted(columns) for row in entry["rows"]), table
