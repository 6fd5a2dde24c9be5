"""A SQL user that can read every file of its engine finds no rows of another user in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.clickhouse.engine_storage import EngineStorage, PlainData, load_storage_key
from tests.local.clickhouse.control_plane import CloudProcess, Service, kill_engine, native
from tests.support.clickhouse_server import ClickHouse

SECRET = "row-of-another-team"
PASSWORD = "Attacker.1aA~"
# Without compression, so that a file without encryption contains the secret unchanged.
STORED = (
    "CREATE DATABASE other",
    "CREATE TABLE other.rows (a String CODEC(NONE)) ENGINE = MergeTree ORDER BY a",
    f"INSERT INTO other.rows VALUES ('{SECRET}')",
    "CREATE TABLE other.wide (a String CODEC(NONE)) ENGINE = MergeTree ORDER BY a "
    "SETTINGS min_bytes_for_wide_part = 0",
    f"INSERT INTO other.wide VALUES ('{SECRET}')",
    "CREATE TABLE other.log (a String CODEC(NONE)) ENGINE = Log",
    f"INSERT INTO other.log VALUES ('{SECRET}')",
    "CREATE TABLE other.stripe (a String CODEC(NONE)) ENGINE = StripeLog",
    f"INSERT INTO other.stripe VALUES ('{SECRET}')",
    "CREATE TABLE other.joined (a String, b String) ENGINE = Join(ANY, LEFT, a)",
    f"INSERT INTO other.joined VALUES ('{SECRET}', 'b')",
    f"CREATE NAMED COLLECTION other_bucket AS secret_access_key = '{SECRET}'",
)
FOUND = "SELECT path FROM (SELECT arrayJoin({paths}) AS path) WHERE file(path, '') LIKE '%{text}%'"
OWN_TABLE = "mine.t (a String) ENGINE = MergeTree ORDER BY a"

Run = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def attacked(cloud: CloudProcess) -> Iterator[Service]:
    """Yield a service with rows of one team and an account of another team."""
    service = cloud.create_service()
    for statement in (
        *STORED,
        "CREATE DATABASE mine",
        "CREATE TABLE mine.raw (a String) ENGINE = Memory",
        f"CREATE USER attacker IDENTIFIED WITH sha256_password BY '{PASSWORD}'",
        "GRANT SELECT, INSERT, CREATE, DROP ON mine.* TO attacker",
        "GRANT TABLE ENGINE ON MergeTree TO attacker",
    ):
        service.sql(statement)
    kill_engine(service)
    assert service.sql("SELECT a FROM other.wide") == SECRET
    yield service
    service.remove()


@pytest.fixture(params=["https", "native"])
def run(request: pytest.FixtureRequest, attacked: Service) -> Run:
    """Return a function that runs a statement as the attacker, over one of the two protocols."""
    if request.param == "native":
        client = native(attacked, user="attacker", password=PASSWORD, database="mine")
        return lambda statement: [row[0] for row in client.execute(statement) or []]
    return lambda statement: _lines(attacked, statement)


def _lines(service: Service, statement: str) -> list[str]:
    return service.sql(statement, user="attacker", password=PASSWORD).splitlines()


def engine_folder(service: Service) -> Path:
    return service.cloud.state_dir / "services" / service.id / "engine"


def files_of(folder: Path) -> list[str]:
    """Return all files of an engine, more than an attacker can guess."""
    return [str(file) for file in folder.rglob("*") if file.is_file()]


@pytest.fixture
def control(attacked: Service) -> Iterator[Path]:
    """Yield a file with the secret and without encryption: every search must find it."""
    file = engine_folder(attacked) / "control.txt"
    file.write_text(f"before\0{SECRET}\0after")
    yield file
    file.unlink()


def test_file_finds_no_row_in_any_file_of_the_engine(
    attacked: Service, run: Run, control: Path
) -> None:
    paths = files_of(engine_folder(attacked))
    assert len(paths) > 40
    assert run(FOUND.format(paths=paths, text=SECRET)) == [str(control)]


def test_infile_finds_no_row_in_any_file_of_the_engine(attacked: Service, control: Path) -> None:
    """`INSERT … FROM INFILE` needs no privilege on files, only INSERT into a table."""
    for path in files_of(engine_folder(attacked)):
        _lines(attacked, f"INSERT INTO mine.raw FROM INFILE '{path}' FORMAT RawBLOB")
    found = _lines(attacked, f"SELECT a FROM mine.raw WHERE a LIKE '%{SECRET}%'")
    attacked.sql("TRUNCATE TABLE mine.raw")
    assert "\n".join(found).replace("\\0", "\0") == control.read_text()


def test_infile_reads_no_file_over_the_native_protocol(attacked: Service, control: Path) -> None:
    """The engine inserts the rows that the client sends, and does not open the file."""
    client = native(attacked, user="attacker", password=PASSWORD, database="mine")
    client.execute(f"INSERT INTO mine.raw FROM INFILE '{control}' FORMAT RawBLOB", [["sent"]])
    assert client.execute("SELECT a FROM mine.raw") == [("sent",)]
    attacked.sql("TRUNCATE TABLE mine.raw")


def test_the_same_search_finds_rows_in_an_engine_without_encryption(tmp_path: Path) -> None:
    """This shows that the search would find the secret."""
    engine = ClickHouse(tmp_path / "plain")
    engine.start()
    try:
        for statement in STORED:
            engine.query(statement)
        found = engine.query(FOUND.format(paths=files_of(engine.process.folder), text=SECRET))
    finally:
        engine.process.kill()
    assert {Path(path).name for path in found.splitlines()} >= {
        *("a.bin", "data.bin", "1.bin", "other_bucket.sql"),
    }


def test_no_file_and_no_system_table_has_the_key(attacked: Service, run: Run) -> None:
    """A disk that is declared in SQL could read the rows of other tables with the key."""
    key = load_storage_key(attacked.cloud.state_dir / "storage.key")
    assert run(FOUND.format(paths=files_of(engine_folder(attacked)), text=key)) == []
    shown = _system_tables(attacked)
    assert "mine" in shown["tables"]
    assert [name for name, text in shown.items() if key in text] == []
    assert attacked.query("SELECT file('/proc/self/environ')").status_code >= 400


def test_definitions_are_readable(run: Run, attacked: Service) -> None:
    """Readable definitions are a limit that `README.md` documents."""
    definition = engine_folder(attacked) / "data" / "definitions" / "metadata" / "other.sql"
    assert "ATTACH DATABASE" in run(f"SELECT file('{definition}')")[0]


def test_a_table_over_the_files_of_another_table_has_no_rows(attacked: Service) -> None:
    """The user may create tables and has the path of another table."""
    (part,) = (engine_folder(attacked) / "data" / "encrypted").glob("store/*/*/all_1_1_0/a.bin")
    table = part.parent.parent
    relative = table.relative_to(engine_folder(attacked) / "data" / "encrypted")
    for disk in (
        f"type = 'encrypted', disk = 'encrypted_files', path = '{relative}/', "
        "key_hex = 'from_env LOCAL_CLICKHOUSE_STORAGE_KEY'",
        f"type = 'local', path = '{table}/'",
    ):
        rejected = attacked.query(
            f"CREATE TABLE {OWN_TABLE} SETTINGS table_disk = 1, disk = disk({disk})",
            user="attacker",
            password=PASSWORD,
            dynamic_disk_allow_from_env="1",
        )
        assert rejected.status_code >= 400, disk
    attacked.query(
        f"ATTACH TABLE mine.t FROM '{table}' {OWN_TABLE.removeprefix('mine.t ')}",
        user="attacker",
        password=PASSWORD,
    )
    assert SECRET not in attacked.query("SELECT * FROM mine.t").text
    assert attacked.sql("SELECT a FROM other.wide") == SECRET


def test_a_service_with_unencrypted_data_fails_instead_of_starting_empty(
    service: Service,
) -> None:
    """An older version of the local cloud stored such data."""
    service.command("stop")
    service.wait_for("stopped")
    data = engine_folder(service) / "data"
    (data / "encrypted").rename(data / "store-of-before")
    (data / "store").mkdir(exist_ok=True)
    service.command("start")
    service.wait_for("failed")
    with pytest.raises(PlainData, match="older version of the local cloud, without encryption"):
        EngineStorage(data.parent, "00" * 16).prepare()


def test_the_key_is_created_once_and_is_private(tmp_path: Path) -> None:
    key = load_storage_key(tmp_path / "storage.key")
    assert len(bytes.fromhex(key)) == 16
    assert load_storage_key(tmp_path / "storage.key") == key
    assert (tmp_path / "storage.key").stat().st_mode & 0o777 == 0o600


def _system_tables(service: Service) -> dict[str, str]:
    """Return the rows of each system table that the attacker can read."""
    names = service.sql("SELECT name FROM system.tables WHERE database = 'system'").split()
    access: dict[str, Any] = {"user": "attacker", "password": PASSWORD}
    responses = {
        name: service.query(f"SELECT * FROM system.{name} LIMIT 1000", **access)
        for name in names
        if not name.startswith("zero") and name not in ("numbers", "numbers_mt", "primes")
    }
    return {name: r.text for name, r in responses.items() if r.status_code == 200}
