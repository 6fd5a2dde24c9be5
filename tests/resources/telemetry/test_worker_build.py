"""When the worker is built, and the messages of a failed build."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pulumi
import pytest

from resources.telemetry.worker_build import BuiltWorker, build_worker

# Appends to a log, so that a test can count builds.
BUILD = (
    "node -e \"const fs = require('fs'); fs.mkdirSync('dist', {recursive: true});"
    " fs.appendFileSync('../builds', 'x');"
    " fs.writeFileSync('dist/index.js', fs.readFileSync('src/index.ts'));"
    " fs.writeFileSync('dist/statements.json', JSON.stringify({otel_traces: {}}))\""
)


@pytest.fixture
def worker(tmp_path: Path) -> Path:
    """Return a worker whose build copies its source."""
    folder = tmp_path / "worker"
    (folder / "src").mkdir(parents=True)
    (folder / "node_modules").mkdir()
    (folder / "src" / "index.ts").write_text("export default {};\n")
    manifest = {"config": {"compatibility_date": "2026-11-01"}, "scripts": {"build": BUILD}}
    (folder / "package.json").write_text(json.dumps(manifest))
    return folder


def builds(worker: Path) -> int:
    return len((worker.parent / "builds").read_text())


def text_of(built: BuiltWorker) -> str:
    """Return the content of the module, after a check of its hash."""
    content = Path(built.file).read_bytes()
    assert built.sha256 == hashlib.sha256(content).hexdigest()
    return content.decode()


def test_it_is_built_only_if_a_source_or_the_result_changed(worker: Path) -> None:
    """A `pulumi up` that changes nothing does not start Node."""
    assert text_of(build_worker(worker)) == "export default {};\n"
    assert build_worker(worker).compatibility_date == "2026-11-01"
    assert builds(worker) == 1
    (worker / "src" / "index.ts").write_text("export default {a: 1};\n")
    assert text_of(build_worker(worker)) == "export default {a: 1};\n"
    assert builds(worker) == 2
    (worker / "dist" / "index.js").write_text("changed by hand")
    assert text_of(build_worker(worker)) == "export default {a: 1};\n"
    assert builds(worker) == 3
    (worker / "dist" / "statements.json").unlink()
    assert build_worker(worker).tables == ("otel_traces",)
    assert builds(worker) == 4


def test_a_missing_node_is_one_line(worker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the missing program and the remedy."""
    monkeypatch.setenv("PATH", str(worker))
    with pytest.raises(pulumi.RunError, match=r"node and npm not found on PATH; install Node.js"):
        build_worker(worker)


def test_missing_npm_packages_are_one_line(worker: Path) -> None:
    """The message names the command `npm ci`."""
    shutil.rmtree(worker / "node_modules")
    with pytest.raises(pulumi.RunError, match="npm ci"):
        build_worker(worker)


def test_the_message_of_a_failed_build_is_one_line(worker: Path) -> None:
    """The line has the bundler's message without line breaks."""
    manifest = json.loads((worker / "package.json").read_text())
    manifest["scripts"]["build"] = "printf 'no\\nsuch module\\n' >&2; exit 1"
    (worker / "package.json").write_text(json.dumps(manifest))
    with pytest.raises(pulumi.RunError, match=r"failed: no such module$"):
        build_worker(worker)
