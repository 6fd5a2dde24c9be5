"""Fixtures of the tests of functions and their attachments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resources.udf.udf_home import Home
from tests.support.local_clouds import local_clouds


@pytest.fixture(scope="module")
def clouds_of_the_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Return one control plane for the tests of a file."""
    with local_clouds(tmp_path_factory.mktemp("clouds")) as layout:
        yield Home(layout)


@pytest.fixture
def home(
    clouds_of_the_file: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:
    """Return it without faults, and with a separate folder for the notes of each test."""
    monkeypatch.setenv("CLICKHOUSE_API_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("CLICKHOUSE_API_REQUESTS_PER_WINDOW", "100000")
    clouds_of_the_file.faults()
    yield clouds_of_the_file
    clouds_of_the_file.faults()
