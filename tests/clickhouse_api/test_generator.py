"""The generator: what is committed is what it makes, from a file or a URL, the same every time."""

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
    """What the generator makes of the committed snapshot."""
    return render.generated_files(load(str(SNAPSHOT)))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A checkout of its own, for runs that write."""
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


def test_the_committed_code_is_what_the_generator_makes(files: dict[str, str]) -> None:
    """Byte for byte; `python -m clickhouse_api.generator` repairs it."""
    assert len(files) > 30
    assert sum(text.count("\n") for text in files.values()) > 10_000
    assert render.differences(files) == []


def test_line_one_says_what_made_the_file(files: dict[str, str]) -> None:
    """Generated, from what, by which command."""
    for path, text in files.items():
        first = text.splitlines()[0]
        folder, _, name = path.partition("/")
        source = f"asynchronous/{name}" if folder == "blocking" else "clickhouse_api/openapi.json"
        assert first.startswith(f"# generated from {source} by")
        assert "python -m clickhouse_api.generator" in first


def test_a_differing_missing_or_leftover_file_is_found_and_repaired(copied: Path) -> None:
    """An edit by hand, a deletion and a file of a tag that is gone."""
    before = tree(copied)
    package = copied / "clickhouse_api"
    with (package / "models" / "service.py").open("a") as edited:
        edited.write("# edited by hand\n")
    (package / "operations" / "udf.py").unlink()
    (package / "operations" / "gone.py").write_text("")

    checked = run(copied, "--check")
    assert checked.returncode == 1
    for name in ("models/service.py", "operations/udf.py", "operations/gone.py"):
        assert f"clickhouse_api/{name} differs" in checked.stderr

    repaired = run(copied, seed="12345")  # another order of sets must not show
    assert repaired.returncode == 0, repaired.stderr
    assert tree(copied) == before


def test_a_url_refreshes_the_snapshot_and_the_code(copied: Path, cloud: Cloud) -> None:
    """The vendor's document has prose, which is dropped; new fields and operations are taken."""
    document = load(str(SNAPSHOT))
    list_roles = document["paths"]["/v1/organizations/{organizationId}/roles"]["get"]
    document["paths"]["/v1/organizations/{organizationId}/moons"] = {
        "get": {**list_roles, "operationId": "moonGetList", "tags": ["Moon phases"]}
    }
    service = document["components"]["schemas"]["Service"]["properties"]
    service["moonPhase"] = {"type": "string", "enum": ["new", "full"], "description": "Prose."}
    service["description"] = {"type": "string", "example": "A property, not prose."}
    document["tags"] = [{"name": "Service", "description": "Prose."}]
    cloud.answer = lambda _: Reply(200, json.dumps(document).encode())

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
def test_a_document_that_cannot_be_had_is_one_line(copied: Path, source: str) -> None:
    """And nothing is touched."""
    before = tree(copied)
    done = run(copied, "--from", source)
    assert done.returncode == 2
    assert source in done.stderr
    assert done.stderr.count("\n") == 1
    assert tree(copied) == before


def test_something_that_is_no_document_is_refused(tmp_path: Path) -> None:
    """A login page that happens to be JSON must not empty the client."""
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ValueError, match="not an OpenAPI spec"):
        load(str(tmp_path / "x.json"))


def test_help_names_the_default_url() -> None:
    """Where a refresh comes from."""
    done = run(PACKAGE.parent, "--help")
    assert done.returncode == 0
    assert PUBLISHED_URL in done.stdout.replace("\n", "")


def test_the_snapshot_is_its_own_stripped_form() -> None:
    """So a refresh shows only what the vendor changed."""
    assert dump(strip_prose(load(str(SNAPSHOT)))) == SNAPSHOT.read_text()


def test_each_patch_says_why_and_fails_when_it_has_nothing_to_do() -> None:
    """A patch that outlived its reason must not stay unseen."""
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


def test_only_names_that_can_be_derived_back_go_without_an_alias() -> None:
    """Otherwise the wrong name would go over the wire."""
    assert round_trips("minReplicaMemoryGb")
    for name in ("vpcARN", "max_connections", "from", "$regex", "Resources"):
        assert not round_trips(name)


def test_an_enum_is_named_after_what_its_owners_share() -> None:
    """Or after its shortest owner where that name is ambiguous."""
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
    """It has every function of the asyncio client, without a name or a keyword of asyncio."""
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
