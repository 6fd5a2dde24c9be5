"""Runs `pulumi` on a stack: up, destroy, outputs. Removes the lock of a run that was killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.stack.environment import cloud_environment, pulumi_environment
from local.stack.paths import StackPaths
from local.stack.stray_processes import end_stray_processes

__all__ = ["Stack", "StackFailed", "local_settings"]


class StackFailed(Exception):
    """A `pulumi` command failed and has printed the reason."""


@contextmanager
def _interrupts_for_pulumi_only() -> Iterator[None]:
    """Ignore SIGINT in this process, so that it waits until `pulumi` has ended its run.

    A terminal sends SIGINT to `pulumi` as well. `subprocess.run` would kill `pulumi` 0.25 s after a
    KeyboardInterrupt. The handler is a function, because `pulumi` would inherit SIG_IGN.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread receives signals and may set handlers
        return
    previous = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def local_settings(layout: StackPaths, file: Path) -> Path:
    """Copy the settings of the `local` stack to `file`, for another stack."""
    lines = (layout.root / "Pulumi.local.yaml").read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("encryptionsalt:")))
    return file


class Stack:
    """One Pulumi stack of one program, with its state in `layout.backend`.

    Args:
        layout: paths of the local clouds and the state.
        name: the stack's name.
        program: folder with the `Pulumi.yaml`, the checkout unless given.
        config_file: the stack's settings; by default `Pulumi.NAME.yaml` in the program's folder.
        environment: variables in addition to those of `local.stack.environment`.
    """

    def __init__(
        self,
        layout: StackPaths,
        name: str,
        *,
        program: Path | None = None,
        config_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.layout = layout
        self.name = name
        self.program = program or layout.root
        self._config_file = config_file
        self._environment = dict(environment or {})

    @property
    def environment(self) -> dict[str, str]:
        """Return all variables of the `pulumi` process."""
        return {
            **os.environ,
            **cloud_environment(self.layout),
            **pulumi_environment(self.layout),
            **self._environment,
        }

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of `pulumi ARGUMENTS` on this stack."""
        command = ["pulumi", *arguments, "--stack", self.name, "--non-interactive"]
        # The `stack` commands accept no other settings file than the program's.
        if self._config_file is not None and arguments[0] != "stack":
            command += ["--config-file", str(self._config_file)]
        return command

    def run(self, *arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGUMENTS`. With `capture`, return the output instead of showing it."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.program,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.PIPE if capture else None,
            text=True,
            check=False,
        )

    def up(self) -> None:
        """Run `pulumi up`, even if the previous run was killed.

        Raises:
            StackFailed: `pulumi` failed and has printed the reason.
        """
        self.ensure()
        self.release_dead_lock()
        with _interrupts_for_pulumi_only():
            result = self.run("up", "--yes", "--skip-preview")
        if result.returncode != 0:
            raise StackFailed("pulumi up failed, see above")

    def destroy(self) -> None:
        """Run `pulumi destroy`, if the stack exists.

        Raises:
            StackFailed: `pulumi` failed and has printed the reason.
        """
        if not self.exists():
            return
        self.release_dead_lock()
        with _interrupts_for_pulumi_only():
            result = self.run("destroy", "--yes", "--skip-preview")
        if result.returncode != 0:
            raise StackFailed("pulumi destroy failed, see above")
        removed = self.run("stack", "rm", "--yes", "--preserve-config", capture=True)
        if removed.returncode != 0:
            raise StackFailed(removed.stderr.strip())
        self._remove_salt()

    def exists(self) -> bool:
        """Return whether the backend has a state of this stack."""
        return any(self.layout.backend.glob(f".pulumi/stacks/*/{self.name}.json"))

    def ensure(self) -> None:
        """Create the stack if the backend does not have it.

        Raises:
            StackFailed: `pulumi` could not create it.
        """
        if self.exists():
            return
        self._remove_salt()
        with tempfile.TemporaryDirectory() as folder:
            # `stack init` writes the salt of the passphrase to the program's folder. If the
            # settings are elsewhere, it runs on a separate program, and the salt is moved.
            program = self.program if self._config_file is None else Path(folder)
            if self._config_file is not None:
                shutil.copy(self.program / "Pulumi.yaml", program)
            made = self.run("stack", "init", "--cwd", str(program), capture=True)
            if made.returncode != 0:
                raise StackFailed(made.stderr.strip())
            if self._config_file is not None:
                salt = (program / f"Pulumi.{self.name}.yaml").read_text()
                self._config_file.write_text(self._config_file.read_text() + salt)

    def _remove_salt(self) -> None:
        # Pulumi writes the salt of the stack's passphrase into the committed settings file. It has
        # no use without that stack, and the next stack would reject its passphrase because of it.
        file = self._config_file or self.program / f"Pulumi.{self.name}.yaml"
        if not file.exists():
            return
        lines = file.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("encryptionsalt:")]
        if kept != lines:
            file.write_text("".join(kept))

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs, with secrets in plain text.

        Raises:
            StackFailed: the stack does not exist.
        """
        shown = self.run("stack", "output", "--json", "--show-secrets", capture=True)
        if shown.returncode != 0:
            raise StackFailed(shown.stderr.strip())
        return dict(json.loads(shown.stdout))

    def release_dead_lock(self) -> None:
        """Remove locks of processes that ended. `pulumi` reports the others."""
        locks = list(self.layout.backend.glob(f".pulumi/locks/*/*/{self.name}/*.json"))
        for lock in locks:
            if not _holder_runs(lock):
                lock.unlink(missing_ok=True)
        end_stray_processes(self.layout.backend.as_uri())


def _holder_runs(lock: Path) -> bool:
    try:
        holder = json.loads(lock.read_text())
        pid, host = int(holder["pid"]), holder["hostname"]
    except (OSError, ValueError, KeyError):
        # The file is incomplete or has another format, so `pulumi` decides.
        return True
    if host != socket.gethostname():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    command = Path(f"/proc/{pid}/cmdline")
    return not command.exists() or b"pulumi" in command.read_bytes()
