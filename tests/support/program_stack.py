"""Stacks of small programs on local clouds, and what tests do to them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import urllib.error
from pathlib import Path
from typing import Any

from local.environment import Layout
from local.stack import Stack
from tests.support.cloud_apis import ControlPlane
from tests.support.declared_outputs import missing_outputs
from tests.support.paths import ROOT

__all__ = ["ProgramStack"]

PROGRAMS = ROOT / "tests" / "resources" / "programs"


class ProgramStack:
    """A stack of one of the programs beside this file.

    Args:
        clouds: where the clouds and Pulumi's state are.
        program: folder under `programs/`, or any other.
        folder: where the stack's settings file goes.
        name: the stack's name.
    """

    def __init__(
        self,
        clouds: Layout,
        program: str | Path,
        folder: Path,
        *,
        name: str = "test",
        environment: dict[str, str] | None = None,
    ) -> None:
        self.settings = folder / f"Pulumi.{name}.yaml"
        self.settings.write_text("config: {}\n")
        self.control_plane = ControlPlane(clouds)
        self.stack = Stack(
            clouds,
            name,
            program=PROGRAMS / program,
            config_file=self.settings,
            environment={"PYTHONPATH": str(clouds.root), **(environment or {})},
        )
        self.stack.ensure()

    def configure(self, **args: Any) -> None:
        """Set the program's `args`."""
        self.pulumi("config", "set", "args", json.dumps(args))

    def pulumi(self, *arguments: str, succeeds: bool = True) -> str:
        """Run `pulumi`; returns what it printed."""
        self.stack.release_dead_lock()
        command = self.stack.command(*arguments)
        if arguments[0] == "state":  # knows nothing of settings files
            command.remove("--config-file")
            command.remove(str(self.settings))
        result = subprocess.run(
            command,
            cwd=self.stack.program,
            env=self.stack.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        shown = result.stdout + result.stderr
        assert (result.returncode == 0) is succeeds, shown
        return shown

    def up(self, *arguments: str) -> str:
        """`pulumi up`, which must succeed and leave no declared output without a value."""
        shown = self.pulumi("up", "--yes", "--skip-preview", *arguments)
        missing = missing_outputs(self.state())
        assert not missing, f"outputs without a value: {missing}"
        return shown

    def failing_up(self, *arguments: str) -> str:
        """`pulumi up`, which must fail; returns the errors, a line each."""
        shown = self.pulumi("up", "--yes", *arguments, succeeds=False)
        assert "Traceback" not in shown, shown
        return shown

    def up_killed_when(self, seen: Any) -> None:
        """Start `pulumi up` and SIGKILL it, and nothing else, as soon as `seen()` is true."""
        process = subprocess.Popen(
            self.stack.command("up", "--yes", "--skip-preview"),
            cwd=self.stack.program,
            env=self.stack.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not seen():
            assert process.poll() is None, "pulumi ended before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def preview(self) -> dict[str, str]:
        """`TYPE::NAME` -> operation, of everything that a preview would touch."""
        shown = self.pulumi("preview", "--json")
        steps = json.JSONDecoder().raw_decode(shown[shown.index("{") :])[0]["steps"]
        return {step["urn"].rpartition("/")[2]: step["op"] for step in steps}

    def state(self) -> str:
        """The saved state, as it is on disk."""
        return next(self.stack.layout.backend.rglob(f"{self.stack.name}.json")).read_text()

    def delete_by_hand(self, service_id: str) -> None:
        """Stop and delete a service as somebody does in the console."""
        self.control_plane.patch_service(service_id, "/state", {"command": "stop"})
        while {service["id"]: service["state"] for service in self.services()}.get(service_id):
            with contextlib.suppress(urllib.error.HTTPError):
                self.control_plane.organization("DELETE", f"services/{service_id}")

    def services(self) -> list[dict[str, Any]]:
        """What the API has."""
        return self.control_plane.services()
