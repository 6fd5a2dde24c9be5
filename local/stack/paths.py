"""Paths of the files of a stack and its local clouds."""

from __future__ import annotations

from pathlib import Path

__all__ = ["StackPaths"]


class StackPaths:
    """Paths in one state folder of the checkout, which `make clean` deletes.

    Args:
        root: the checkout.
        state: its git-ignored state folder, `ROOT/.local` unless given.
    """

    def __init__(self, root: Path, state: Path | None = None) -> None:
        self.root = root
        self.state = state or root / ".local"
        self.clouds = self.state / "clouds"
        self.bin = root / ".local" / "bin"
        self.backend = self.state / "pulumi"
        # Plugins are installed once per checkout, also for stacks with a separate state folder.
        self.pulumi_home = root / ".local" / "pulumi-home"
        self.passphrase = self.state / "passphrase"
