"""`Udf` and `UdfAttachment`, on the real Pulumi CLI and the local control plane."""

from __future__ import annotations

import urllib.error
import zipfile
from pathlib import Path
from typing import Any

import pytest

from local.stack.paths import StackPaths
from tests.support.program_stack import ProgramStack

CODE = "import sys\nfor line in sys.stdin:\n    print(2 * int(line), flush=True)\n"
TWICE: dict[str, Any] = {
    "runtime": "python3.11",
    "type": "executable_pool",
    "arguments": [{"name": "x", "type": "UInt64"}],
    "return_type": "UInt64",
    "files": {"main.py": CODE},
    "pool_size": 2,
}


@pytest.fixture
def stack(clouds: StackPaths, tmp_path: Path) -> ProgramStack:
    """A stack of a service, a function and its attachment, without a rate limit."""
    unlimited = {
        "CLICKHOUSE_API_REQUESTS_PER_WINDOW": "100000",
        "CLICKHOUSE_API_STATE_DIR": str(tmp_path / "limits"),
    }
    return ProgramStack(clouds, "functions", tmp_path, environment=unlimited)


def functions(stack: ProgramStack) -> dict[str, dict[str, Any]]:
    """Return the newest version of each function of the organization, by name."""
    return {one["functionName"]: one for one in stack.control_plane.organization("GET", "udfs")}


def attached(stack: ProgramStack, function: str) -> tuple[int, str] | None:
    """Return the version and the status of the attachment to the only service."""
    (service,) = stack.services()
    path = f"udfs/{function}/attachments/{service['id']}"
    try:
        shown = stack.control_plane.organization("GET", path)
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise
        return None
    return shown["version"], shown["status"]


def use_faults(stack: ProgramStack, *lost: str, **faults: Any) -> None:
    """Set the faults. One response of each operation in `lost` is lost."""
    rules = [{"operation": operation, "fault": "lost"} for operation in lost]
    body = {"requests_per_window": 0, "rules": rules, **faults}
    stack.control_plane.request("PUT", "/local/faults", body)


def test_a_function_lives_from_create_to_destroy(stack: ProgramStack, tmp_path: Path) -> None:
    """Create; no change; change in place; drift; replacement; deletion outside Pulumi; destroy."""
    stack.configure()
    stack.up()
    (service,) = stack.services()
    stack.control_plane.request("POST", f"/local/services/{service['id']}/idle")
    # The response to the create is lost, and the attachment has to wake the service.
    use_faults(stack, "udfCreate")
    stack.configure(function=TWICE, version="follow")
    stack.up()
    assert functions(stack)["twice"]["poolSize"] == 2
    assert attached(stack, "twice") == (1, "deployed")
    stack.up("--expect-no-changes")

    # Other code from an archive, and one property back to its default: one new version, whose
    # response is lost as well. The attachment follows it.
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("main.py", CODE.replace("2 *", "3 *"))
    changed = {n: v for n, v in TWICE.items() if n not in ("files", "pool_size")}
    changed |= {"archive": str(archive), "deterministic": True}
    stack.configure(function=changed, version="follow")
    use_faults(stack, "udfVersionCreate")
    assert "2 updated" in stack.up()
    made = functions(stack)["twice"]
    assert (made["version"], made["poolSize"], made["deterministic"]) == (2, 3, True)
    assert attached(stack, "twice") == (2, "deployed")
    assert stack.stack.outputs()["version"] == stack.stack.outputs()["attached"] == 2

    # A user detached it. A pinned attachment keeps its version while new versions are published.
    stack.control_plane.organization("DELETE", f"udfs/twice/attachments/{service['id']}")
    stack.configure(function={**changed, "format": "JSONEachRow"}, version=1)
    stack.up("--refresh")
    assert functions(stack)["twice"]["version"] == 3
    assert attached(stack, "twice") == (1, "deployed")

    # Another name replaces the function.
    stack.configure(function={**changed, "function_name": "thrice"})
    assert "2 replaced" in stack.up()
    assert list(functions(stack)) == ["thrice"]
    assert attached(stack, "thrice") == (1, "deployed")
    # Deleted outside Pulumi: a refresh shows it, and nothing is left to delete.
    stack.control_plane.organization("DELETE", "udfs/thrice")
    stack.configure()
    stack.up("--refresh")
    assert functions(stack) == {}


def test_a_failed_build_and_an_interrupted_run_are_continued(stack: ProgramStack) -> None:
    """The error has the reason; the next run continues, and no version is published twice."""
    stack.configure(function={**TWICE, "files": {"main.py": "def"}})
    assert "building version 1 failed: main.py does not compile" in stack.failing_up()
    use_faults(stack, provisioning="stuck")
    stack.configure(function=TWICE)
    stack.up_killed_when(lambda: functions(stack)["twice"]["version"] == 2)
    use_faults(stack)
    stack.up()
    assert functions(stack)["twice"]["version"] == 2
    assert attached(stack, "twice") == (2, "deployed")
