"""Stacks of small programs on local clouds."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import urllib.error
from pathlib import Path
from typing import Any

from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack
from tests.support.cloud_apis import ControlPlane
from tests.support.declared_outputs import missing_outputs
from tests.support.paths import ROOT

__all__ = ["ProgramStack"]

PROGRAMS = ROOT / "tests" / "resources" / "programs"


class ProgramStack:
    """A stack of one of the programs in `tests/resources/programs`.

    Args:
        clouds: where the clouds and Pulumi's state are.
        program: a folder below `programs/`, or the path of another program.
        folder: where the stack's settings file is written.
        name: the stack's name.
    """

    def __init__(
        self,
        clouds: StackPaths,
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
        """Set the config key `args` of the program."""
        self.pulumi("config", "set", "args", json.dumps(args))

    def pulumi(self, *arguments: str, succeeds: bool = True) -> str:
        """Run `pulumi` and return its output."""
        self.stack.release_dead_lock()
        command = self.stack.command(*arguments)
        if arguments[0] == "state":  # this command has no option for a settings file
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
        """Run `pulumi up`, which must succeed and leave no declared output without a value."""
        shown = self.pulumi("up", "--yes", "--skip-preview", *arguments)
        missing = missing_outputs(self.state())
        assert not missing, f"outputs without a value: {missing}"
        return shown

    def failing_up(self, *arguments: str) -> str:
        """Run `pulumi up`, which must fail, and return its output."""
        shown = self.pulumi("up", "--yes", *arguments, succeeds=False)
        assert "Traceback" not in shown, shown
        return shown

    def up_killed_when(self, seen: Any) -> None:
        """Start `pulumi up` and send SIGKILL only to this process as soon as `seen()` is true."""
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
        """Return `TYPE::NAME` -> operation for every resource that a preview would touch."""
        shown = self.pulumi("preview", "--json")
        steps = json.JSONDecoder().raw_decode(shown[shown.index("{") :])[0]["steps"]
        return {step["urn"].rpartition("/")[2]: step["op"] for step in steps}

    def state(self) -> str:
        """Return the saved state as it is on disk."""
        return next(self.stack.layout.backend.rglob(f"{self.stack.name}.json")).read_text()

    def delete_by_hand(self, service_id: str) -> None:
        """Stop and delete a service outside Pulumi, as a user does in the console."""
        self.control_plane.patch_service(service_id, "/state", {"command": "stop"})
        while {service["id"]: service["state"] for service in self.services()}.get(service_id):
            with contextlib.suppress(urllib.error.HTTPError):
                self.control_plane.organization("DELETE", f"services/{service_id}")

    def services(self) -> list[dict[str, Any]]:
        """Return the services that the API lists."""
        return self.control_plane.services()
