"""Runs `pulumi` on a stack: up, down, outputs, and past the lock of a run that was killed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.stack.environment import cloud_environment, pulumi_environment
from local.stack.paths import StackPaths
from local.stack.stray_processes import end_stray_processes

__all__ = ["Stack", "StackFailed", "local_settings"]


class StackFailed(Exception):
    """A `pulumi` command failed; it has already said why."""


def local_settings(layout: StackPaths, file: Path) -> Path:
    """Copy the settings of the `local` stack to `file`, for one more stack beside it."""
    lines = (layout.root / "Pulumi.local.yaml").read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("encryptionsalt:")))
    return file


class Stack:
    """One Pulumi stack of one program, with its state in `layout.backend`.

    Args:
        layout: where the local clouds and the state are.
        name: the stack's name.
        program: folder with the `Pulumi.yaml`, the checkout unless given.
        config_file: the stack's settings, `Pulumi.NAME.yaml` beside the program unless given.
        environment: added to what `local.stack.environment` gives.
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
        """The whole environment of the `pulumi` process."""
        return {
            **os.environ,
            **cloud_environment(self.layout),
            **pulumi_environment(self.layout),
            **self._environment,
        }

    def command(self, *arguments: str) -> list[str]:
        """The command line of `pulumi ARGUMENTS` on this stack."""
        command = ["pulumi", *arguments, "--stack", self.name, "--non-interactive"]
        # The `stack` commands know no other file than the program's own.
        if self._config_file is not None and arguments[0] != "stack":
            command += ["--config-file", str(self._config_file)]
        return command

    def run(self, *arguments: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGUMENTS`; with `capture` what it prints is returned, not shown."""
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
        """`pulumi up`, also after one that was killed.

        Raises:
            StackFailed: `pulumi` said why.
        """
        self.ensure()
        self.release_dead_lock()
        if self.run("up", "--yes", "--skip-preview").returncode != 0:
            raise StackFailed("pulumi up failed, see above")

    def destroy(self) -> None:
        """`pulumi destroy`; a stack that does not exist is already destroyed.

        Raises:
            StackFailed: `pulumi` said why.
        """
        if not self.exists():
            return
        self.release_dead_lock()
        if self.run("destroy", "--yes", "--skip-preview").returncode != 0:
            raise StackFailed("pulumi destroy failed, see above")
        removed = self.run("stack", "rm", "--yes", "--preserve-config", capture=True)
        if removed.returncode != 0:
            raise StackFailed(removed.stderr.strip())
        self._forget_salt()

    def exists(self) -> bool:
        """Whether the backend has a state of this stack."""
        return any(self.layout.backend.glob(f".pulumi/stacks/*/{self.name}.json"))

    def ensure(self) -> None:
        """Make the stack where the backend does not have it.

        Raises:
            StackFailed: `pulumi` could not make it.
        """
        if self.exists():
            return
        self._forget_salt()
        with tempfile.TemporaryDirectory() as folder:
            # `stack init` puts the salt of the passphrase beside the program. Where the settings
            # are elsewhere, it gets a program of its own, and the salt is moved.
            program = self.program if self._config_file is None else Path(folder)
            if self._config_file is not None:
                shutil.copy(self.program / "Pulumi.yaml", program)
            made = self.run("stack", "init", "--cwd", str(program), capture=True)
            if made.returncode != 0:
                raise StackFailed(made.stderr.strip())
            if self._config_file is not None:
                salt = (program / f"Pulumi.{self.name}.yaml").read_text()
                self._config_file.write_text(self._config_file.read_text() + salt)

    def _forget_salt(self) -> None:
        # Pulumi writes the salt of the stack's passphrase into the committed settings file. It
        # means nothing without that stack, and would make the next one refuse its passphrase.
        file = self._config_file or self.program / f"Pulumi.{self.name}.yaml"
        if not file.exists():
            return
        lines = file.read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("encryptionsalt:")]
        if kept != lines:
            file.write_text("".join(kept))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in plain text.

        Raises:
            StackFailed: there is no such stack.
        """
        shown = self.run("stack", "output", "--json", "--show-secrets", capture=True)
        if shown.returncode != 0:
            raise StackFailed(shown.stderr.strip())
        return dict(json.loads(shown.stdout))

    def release_dead_lock(self) -> None:
        """Remove locks whose process is dead; a live one stays, for `pulumi` to report."""
        locks = list(self.layout.backend.glob(f".pulumi/locks/*/*/{self.name}/*.json"))
        for lock in locks:
            if not _holder_lives(lock):
                lock.unlink(missing_ok=True)
        end_stray_processes(self.layout.backend.as_uri())


def _holder_lives(lock: Path) -> bool:
    try:
        holder = json.loads(lock.read_text())
        pid, host = int(holder["pid"]), holder["hostname"]
    except (OSError, ValueError, KeyError):
        # Half written, or another format: it is not ours to judge.
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
