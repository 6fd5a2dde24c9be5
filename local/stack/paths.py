"""Where a stack and its local clouds keep their files."""

from __future__ import annotations

from pathlib import Path

__all__ = ["StackPaths"]


class StackPaths:
    """Where things are: one state folder in the checkout, removed by `make clean`.

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
        # Plugins are installed once a checkout, also for stacks with a state folder of their own.
        self.pulumi_home = root / ".local" / "pulumi-home"
        self.passphrase = self.state / "passphrase"
