"""What every dynamic provider of this room has in common: how it is pickled, whom it belongs to."""

from __future__ import annotations

from pulumi.dynamic import ConfigureRequest, ResourceProvider

from resources import engine
from resources.control_plane import ControlPlane

__all__ = ["Provider"]


class Provider(ResourceProvider):
    """A provider in a process of its own; see `engine` for what that lacks."""

    # Nothing secret is pickled into it, and as a plain value it costs no decryption.
    serialize_as_secret_always = False

    _control_plane: ControlPlane

    def configure(self, req: ConfigureRequest) -> None:
        """Tie the process to the engine; remember where the control plane is."""
        engine.attach()
        self._control_plane = ControlPlane(req.config.get)
