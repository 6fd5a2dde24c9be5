"""The engine's process can open only its own folder and a few system files, by any statement."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.clickhouse.engine import find_library
from tests.support.clickhouse_server import ClickHouse
from tests.support.paths import ROOT

SECRET = "of-the-developer"
# These read `{folder}/secret.txt`; `{name}` is different for each folder.
READS = (
    "SELECT file('{folder}/secret.txt')",
    "SELECT * FROM file('{folder}/secret.txt', 'LineAsString')",
    "SELECT * FROM file('{folder}/*.txt', 'LineAsString')",
    "SELECT content FROM filesystem('{folder}')",
    "SELECT * FROM url('file://{folder}/secret.txt', 'LineAsString')",
    "CREATE TABLE {name} (line String) ENGINE = File(LineAsString, '{folder}/secret.txt');"
    "SELECT * FROM {name}",
    "CREATE DATABASE {name} ENGINE = Filesystem('{folder}');SELECT * FROM {name}.`secret.txt`",
)
# These write a file to the folder.
WRITES = (
    "INSERT INTO FUNCTION file('{folder}/new.txt', 'LineAsString') SELECT 'x'",
    "BACKUP DATABASE default TO File('{folder}/new')",
    "CREATE TABLE {name} (line String) ENGINE = File(LineAsString, '{folder}/new.txt');"
    "INSERT INTO {name} VALUES ('x')",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouse]:
    """Yield an engine whose user has all privileges of ClickHouse."""
    engine = ClickHouse(tmp_path_factory.mktemp("fence") / "clickhouse")
    config = engine.process.folder / "config.xml"
    allowed = "<backups><allowed_path>/</allowed_path></backups></clickhouse>"
    config.write_text(config.read_text().replace("</clickhouse>", allowed))
    engine.start()
    yield engine
    engine.process.kill()


def run(engine: ClickHouse, statements: str, folder: Path, name: str) -> str:
    """Return the response of the last statement, or the error that ended them."""
    folder.mkdir(exist_ok=True)
    (folder / "secret.txt").write_text(f"{SECRET}\n")
    response = ""
    try:
        for statement in statements.format(folder=folder, name=name).split(";"):
            response = engine.query(statement, input_format_tsv_detect_header="0")
    except AssertionError as error:
        response = str(error)
    return response


@pytest.mark.parametrize("statements", READS)
def test_sql_reads_files_of_the_engine_and_no_others(engine: ClickHouse, statements: str) -> None:
    """The first file shows that the statement can read files."""
    inside = engine.process.folder / "inside"
    name = f"t{READS.index(statements)}"
    assert SECRET in run(engine, statements, inside, name)
    outside = run(engine, statements, engine.process.folder.parent / "outside", f"{name}_outside")
    assert SECRET not in outside


@pytest.mark.parametrize("statements", WRITES)
def test_sql_writes_files_of_the_engine_and_no_others(
    engine: ClickHouse, statements: str, tmp_path: Path
) -> None:
    """Existing files do not change."""
    inside = engine.process.folder / f"written{WRITES.index(statements)}"
    written = run(engine, statements, inside, inside.name)
    assert len(list(inside.iterdir())) == 2, written
    run(engine, statements, tmp_path, f"{inside.name}_outside")
    assert [file.name for file in tmp_path.iterdir()] == ["secret.txt"]
    assert (tmp_path / "secret.txt").read_text() == f"{SECRET}\n"


def test_the_environment_of_the_engine_cannot_be_read(engine: ClickHouse) -> None:
    """The environment is the developer's and contains credentials of clouds."""
    assert "Permission denied" in run(
        engine, "SELECT file('/proc/self/environ')", engine.process.folder / "inside", ""
    )


_OPEN_ALL = """
import os, sys
sys.path.insert(0, sys.argv[1])
from local.clickhouse.server.file_sandbox import confine
from pathlib import Path
assert confine(Path(sys.argv[2]), readable=[Path(sys.argv[3])])
for file in sys.stdin.read().splitlines():
    try:
        open(file, "rb").close()
        print(file)
    except OSError:
        pass
try:
    os.execv("/bin/sh", ["sh", "-c", "echo executed"])
except PermissionError:
    print("not executed")
"""


def test_a_confined_process_opens_only_listed_files(tmp_path: Path) -> None:
    """The test tries thousands of files of the machine, of users and of this repository."""
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "own").write_text("x")
    (tmp_path / "other").write_text("x")
    library = find_library()
    roots = ("/etc", "/home", "/root", "/var", "/usr/local", "/usr/bin", "/opt", str(ROOT))
    sample = [file for root in roots for file in _some_files(Path(root))]
    assert len(sample) > 1_000
    result = subprocess.run(
        [sys.executable, "-I", "-c", _OPEN_ALL, str(ROOT), str(folder), str(library)],
        input="\n".join([str(folder / "own"), str(tmp_path / "other"), str(library), *sample]),
        capture_output=True,
        text=True,
        check=True,
    )
    opened = result.stdout.splitlines()
    assert opened[:2] == [str(folder / "own"), str(library)]
    assert opened[-1] == "not executed"
    allowed = ("/etc/ssl/", "/etc/pki/")
    others = [file for file in opened[2:-1] if not file.startswith(allowed)]
    assert {Path(file).parent for file in others} <= {Path("/etc")}
    assert not {"passwd", "shadow", "environment"} & {Path(file).name for file in others}


def _some_files(root: Path, most: int = 500) -> list[str]:
    found: list[str] = []
    for folder, _folders, files in os.walk(root):
        paths = [Path(folder) / name for name in files if "\n" not in name]
        found += [str(path) for path in paths if not path.is_symlink()]
        if len(found) > most:
            break
    return found[:most]
