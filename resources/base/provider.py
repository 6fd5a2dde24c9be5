"""What every dynamic provider of this room has in common: how it is pickled, whom it belongs to."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from pulumi.dynamic import ConfigureRequest

from resources.base import pulumi_engine as engine
from resources.base.control_plane import ControlPlane
from resources.base.errors import ResourceError
from resources.base.pickled_by_name import PickledByName

__all__ = ["Provider"]

_METHODS = ("check", "diff", "create", "read", "update", "delete")


class Provider(PickledByName):
    """A provider in a process of its own; see `engine` for what that lacks."""

    _control_plane: ControlPlane

    def __init_subclass__(cls, **options: Any) -> None:
        """Have the user read our errors as they are."""
        super().__init_subclass__(**options)
        for name in _METHODS:
            if name in vars(cls):
                setattr(cls, name, _in_its_own_words(vars(cls)[name]))

    def configure(self, req: ConfigureRequest) -> None:
        """Tie the process to the engine; remember where the control plane is."""
        engine.attach()
        self._control_plane = ControlPlane(req.config.get)


def _in_its_own_words(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method, whose errors arrive as their own one line.

    grpc puts "Exception calling application: " before what an exception says, unless the call was
    given its details by then. Only the call's context can do so, and the SDK's server, which has
    it, does not hand it on: it is a local variable of our caller. Where it is not, the error has
    grpc's words before its own, as it would have anyway.
    """

    @functools.wraps(method)
    def call(*args: Any) -> Any:
        try:
            return method(*args)
        except Exception as error:
            if isinstance(error, ResourceError) or _is_of_the_client(error):
                _tell(sys._getframe(), str(error))
            raise

    return call


def _is_of_the_client(error: Exception) -> bool:
    # By name: it is loaded by then, or it is not one of its errors.
    return type(error).__module__.endswith("clickhouse_api.errors")


def _tell(frame: FrameType | None, message: str) -> None:
    while frame is not None:
        context: Any = frame.f_locals.get("context")
        if hasattr(context, "set_details"):
            context.set_details(message)
            return
        frame = frame.f_back
