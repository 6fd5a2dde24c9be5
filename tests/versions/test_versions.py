"""Token, repeat and rows of every statement on several versions of ClickHouse (`install.py`)."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from resources.telemetry.statement_proof import DEDUPLICATION_SETTINGS, VERSIONED_SETTINGS, Manifest
from resources.telemetry.team_schemas import OLDEST_CLICKHOUSE
from resources.telemetry.worker_build import build_worker
from tests.support.paths import ROOT
from tests.versions import install

ENGINE = Path(__file__).with_name("embedded_clickhouse.py")
VERSIONS = install.selected()
# This version is older than `OLDEST_CLICKHOUSE`. Text indexes need a setting there, and the view
# `events_once` has a setting that does not exist there. The tests add the first, omit the second.
TOO_OLD = "26.1"
ALLOWED_THERE = {"enable_full_text_index": "1"}
UNKNOWN_SETTING = ", enable_automatic_decision_for_merging_across_partitions_for_final = 0"
VARIABLES = {"${TTL_DAYS}": "30", "${PARTITION_DAYS}": "1"}
DISABLED = {
    "deduplicate_insert": "disable",
    "deduplicate_insert_select": "disable",
    "max_insert_block_size_bytes": "100",
    "use_strict_insert_block_limits": "1",
    "min_insert_block_size_rows_for_materialized_views": "1",
    "materialized_views_ignore_errors": "1",
}


def tables() -> dict[str, Any]:
    return dict(Manifest.read(build_worker(ROOT / "worker").statements).tables)


@functools.cache
def migrations() -> list[str]:
    files = sorted((ROOT / "migrations").glob("*.sql"))
    return [str(file) for file in files if not file.name.endswith(".down.sql")]


def outcome(
    version: str,
    *,
    settings: Mapping[str, str] = VERSIONED_SETTINGS,
    profile: Mapping[str, str] | None = None,
    before: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the results of the schema and the statements on the version."""
    request = {
        "migrations": migrations(),
        "replaced": {**VARIABLES, **({UNKNOWN_SETTING: ""} if before else {})},
        "tables": tables(),
        "settings": settings,
        "profile": profile or {},
        "before": before or {},
    }
    ran = subprocess.run(
        [sys.executable, "-I", str(ENGINE), str(install.installed(version))],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    found = json.loads(ran.stdout)
    assert found["version"].startswith(f"{version}."), found["version"]
    assert isinstance(found, dict)
    return found


def assert_all_once(found: Mapping[str, Any]) -> None:
    """Check that each statement's rows are as expected after the insert and after its repeat."""
    assert found["schema"] == "applied"
    proved = dict(found["tables"])
    assert proved.pop("behind the view") >= 1
    wanted = {
        f"{table} {form}": entry["rows"]
        for table, entry in tables().items()
        for form in entry["forms"]
    }
    assert set(proved) == set(wanted)
    for where, rows in wanted.items():
        assert "error" not in proved[where], f"{where}: {proved[where]}"
        for when in ("once", "twice"):
            assert sorted(map(str, map(sorted_items, proved[where][when]))) == sorted(
                map(str, map(sorted_items, rows))
            ), f"{where} {when}"


def sorted_items(value: Any) -> Any:
    """Sort the keys of objects, whose order has no meaning in JSON."""
    if isinstance(value, dict):
        return sorted((name, sorted_items(each)) for name, each in value.items())
    return [sorted_items(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("version", VERSIONS)
def test_a_repeated_statement_is_applied_once(version: str) -> None:
    found = outcome(version, before=ALLOWED_THERE if version == TOO_OLD else None)
    assert_all_once(found)
    missing = {"deduplicate_insert"} if version == TOO_OLD else set()
    assert set(found["settings"]) >= DEDUPLICATION_SETTINGS.keys() - missing


@pytest.mark.parametrize("version", VERSIONS)
def test_a_profile_that_disables_deduplication_does_not_matter(version: str) -> None:
    before = ALLOWED_THERE if version == TOO_OLD else None
    assert_all_once(outcome(version, profile=DISABLED, before=before))


@pytest.mark.parametrize("version", VERSIONS)
def test_without_the_settings_such_a_profile_doubles_rows(version: str) -> None:
    """This shows that the two tests above can fail. 26.1 doubles rows without a profile."""
    is_old = version == TOO_OLD
    found = outcome(
        version,
        settings={},
        profile=None if is_old else DISABLED,
        before=ALLOWED_THERE if is_old else None,
    )
    spans = found["tables"]["otel_traces protobuf"]
    assert (len(spans["once"]), len(spans["twice"])) == (2, 4)


@pytest.mark.skipif(TOO_OLD not in VERSIONS, reason="CLICKHOUSE_VERSIONS leaves it out")
def test_a_version_older_than_the_oldest_rejects_the_schema() -> None:
    """`Migrations` raises that error before it applies any file."""
    assert tuple(map(int, TOO_OLD.split("."))) < tuple(map(int, OLDEST_CLICKHOUSE.split(".")))
    assert "UNKNOWN_SETTING" in outcome(TOO_OLD)["schema"]
