"""The generator's output is the committed code, from a file or a URL, in every run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import clickhouse_api
from clickhouse_api.generator import patches, render
from clickhouse_api.generator.document import PUBLISHED_URL, SNAPSHOT, dump, load, strip_prose
from clickhouse_api.generator.enums import hoist_enums
from clickhouse_api.generator.names import common_words, round_trips, snake
from tests.clickhouse_api.cloud import Cloud, Reply

PACKAGE = Path(clickhouse_api.__file__).parent


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Return the generator's output for the committed spec."""
    return render.generated_files(load(str(SNAPSHOT)))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a copy of the package, for runs that write."""
    shutil.copytree(PACKAGE, tmp_path / "clickhouse_api", ignore=shutil.ignore_patterns("__py*"))
    return tmp_path


def run(checkout: Path, *arguments: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clickhouse_api.generator", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONHASHSEED": seed}
    return subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def tree(checkout: Path) -> dict[str, bytes]:
    root = checkout / "clickhouse_api"
    return {
        str(file.relative_to(root)): file.read_bytes()
        for folder in render.GENERATED_FOLDERS
        for file in (root / folder).rglob("*.py")
    }


def test_the_committed_code_is_the_output_of_the_generator(files: dict[str, str]) -> None:
    """Both are equal byte for byte. `python -m clickhouse_api.generator` updates the code."""
    assert len(files) > 30
    assert sum(text.count("\n") for text in files.values()) > 10_000
    assert render.differences(files) == []


def test_line_one_has_the_source_and_the_command(files: dict[str, str]) -> None:
    """A reader must not edit a generated file."""
    for path, text in files.items():
        first = text.splitlines()[0]
        folder, _, name = path.partition("/")
        source = f"asynchronous/{name}" if folder == "blocking" else "clickhouse_api/openapi.json"
        assert first.startswith(f"# generated from {source} by")
        assert "python -m clickhouse_api.generator" in first


def test_a_changed_a_missing_and_an_obsolete_file_are_found_and_repaired(copied: Path) -> None:
    """A manual edit, a deletion and a file of a deleted tag."""
    before = tree(copied)
    package = copied / "clickhouse_api"
    with (package / "models" / "service.py").open("a") as edited:
        edited.write("# edited by hand\n")
    (package / "operations" / "udf.py").unlink()
    (package / "operations" / "obsolete.py").write_text("")

    checked = run(copied, "--check")
    assert checked.returncode == 1
    for name in ("models/service.py", "operations/udf.py", "operations/obsolete.py"):
        assert f"clickhouse_api/{name} differs" in checked.stderr

    repaired = run(copied, seed="12345")  # the order of sets must not affect the output
    assert repaired.returncode == 0, repaired.stderr
    assert tree(copied) == before


def test_a_spec_from_a_url_updates_the_snapshot_and_the_code(copied: Path, cloud: Cloud) -> None:
    """The prose of the vendor's spec is removed. New fields and operations are generated."""
    document = load(str(SNAPSHOT))
    list_roles = document["paths"]["/v1/organizations/{organizationId}/roles"]["get"]
    document["paths"]["/v1/organizations/{organizationId}/moons"] = {
        "get": {**list_roles, "operationId": "moonGetList", "tags": ["Moon phases"]}
    }
    service = document["components"]["schemas"]["Service"]["properties"]
    service["moonPhase"] = {"type": "string", "enum": ["new", "full"], "description": "Prose."}
    service["description"] = {"type": "string", "example": "A property, not prose."}
    document["tags"] = [{"name": "Service", "description": "Prose."}]
    cloud.respond = lambda _: Reply(200, json.dumps(document).encode())

    done = run(copied, "--from", cloud.base_url)
    assert done.returncode == 0, done.stderr
    models = (copied / "clickhouse_api" / "models" / "service.py").read_text()
    assert "class ServiceMoonPhase(StrEnum):" in models
    assert "moon_phase: Open[ServiceMoonPhase] | None = None" in models
    assert "description: str | None = None" in models
    operations = (copied / "clickhouse_api" / "operations" / "moon_phases.py").read_text()
    assert operations.count("def moon_get_list(") == 2
    assert "async def moon_get_list(" in operations
    snapshot = (copied / "clickhouse_api" / "openapi.json").read_text()
    assert "moonPhase" in snapshot
    assert "Prose." not in snapshot
    assert run(copied, "--check").returncode == 0


@pytest.mark.parametrize("source", ["no-such-file.json", "http://no-such-host.invalid/v1"])
def test_an_unreadable_spec_is_one_line(copied: Path, source: str) -> None:
    """No file changes."""
    before = tree(copied)
    done = run(copied, "--from", source)
    assert done.returncode == 2
    assert source in done.stderr
    assert done.stderr.count("\n") == 1
    assert tree(copied) == before


def test_json_that_is_not_a_spec_is_rejected(tmp_path: Path) -> None:
    """A JSON response of a login page must not delete the client's code."""
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ValueError, match="not an OpenAPI spec"):
        load(str(tmp_path / "x.json"))


def test_help_names_the_default_url() -> None:
    """The default of `--from` is the published spec."""
    done = run(PACKAGE.parent, "--help")
    assert done.returncode == 0
    assert PUBLISHED_URL in done.stdout.replace("\n", "")


def test_the_snapshot_has_no_prose() -> None:
    """Without prose, the diff of an update has only the vendor's changes."""
    assert dump(strip_prose(load(str(SNAPSHOT)))) == SNAPSHOT.read_text()


def test_each_patch_has_a_reason_and_fails_if_it_has_no_effect() -> None:
    """A patch that is no longer needed must be noticed."""
    assert patches.PATCHES
    for patch in patches.PATCHES:
        assert patch.__doc__
    document = load(str(SNAPSHOT))
    patches.apply_patches(document)
    with pytest.raises((ValueError, KeyError)):
        patches.apply_patches(document)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("minReplicaMemoryGb", "min_replica_memory_gb"),
        ("clickStackListAlerts", "click_stack_list_alerts"),
        ("Query API endpoints", "query_api_endpoints"),
        ("UDF", "udf"),
        ("from", "from_"),
        ("vpcARN", "vpc_arn"),
        ("startHourUtc", "start_hour_utc"),
    ],
)
def test_names_become_snake_case(name: str, expected: str) -> None:
    """Words, acronyms, blanks and keywords."""
    assert snake(name) == expected


def test_only_names_that_can_be_derived_have_no_alias() -> None:
    """Without an alias for the others, the client would send a different name."""
    assert round_trips("minReplicaMemoryGb")
    for name in ("vpcARN", "max_connections", "from", "$regex", "Resources"):
        assert not round_trips(name)


def test_an_enum_is_named_after_the_common_words_of_its_owners() -> None:
    """If that name is ambiguous, it is named after its shortest owner."""
    assert common_words(["ServicePostRequest", "ServicePatchRequest"]) == "Service"
    assert common_words(["ServerX", "ServiceY"]) == ""

    def owner(*values: str) -> dict[str, Any]:
        return {"properties": {"kind": {"type": "string", "enum": list(values)}}}

    schemas = {
        "PipeA": owner("x", "y"),
        "PipePatchA": owner("y", "x"),
        "PipeB": owner("p", "q"),
        "PipePatchB": owner("p", "q"),
        "Tank": owner("t", "u"),
    }
    hoist_enums({"components": {"schemas": schemas}, "paths": {}})
    assert {name for name in schemas if "enum" in schemas[name]} == {
        "PipeAKind",
        "PipeBKind",
        "TankKind",
    }


def test_the_blocking_client_has_no_coroutine(files: dict[str, str]) -> None:
    """The client has every function of the asyncio client, without its names and keywords."""
    sources = sorted((PACKAGE / "asynchronous").glob("*.py"))
    assert {f"blocking/{source.name}" for source in sources} == {
        path for path in files if path.startswith("blocking/")
    }
    for source in sources:
        blocking = files[f"blocking/{source.name}"].partition("\n")[2]
        assert not re.search("async|await|__a(enter|exit)__", blocking, re.IGNORECASE)
        written = re.findall(r"def (\w+)", source.read_text())
        assert re.findall(r"def (\w+)", blocking) == [
            re.sub("^__a(enter|exit)__$", r"__\1__", name) for name in written
        ]
