"""`Provider`: the base of all dynamic providers: configuration, and errors on one line."""

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
    """A dynamic provider. It runs in a separate process; `pulumi_engine` adds the parts of Pulumi
    that this process lacks."""

    _control_plane: ControlPlane

    def __init_subclass__(cls, **options: Any) -> None:
        """Wrap the methods, so that the user sees the message of an error and nothing else."""
        super().__init_subclass__(**options)
        for name in _METHODS:
            if name in vars(cls):
                setattr(cls, name, _with_plain_errors(vars(cls)[name]))

    def configure(self, req: ConfigureRequest) -> None:
        """Attach the process to the engine, and read the settings of the control plane."""
        engine.attach()
        self._control_plane = ControlPlane(req.config.get)


def _with_plain_errors(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method with errors that the user sees as one line.

    grpc prefixes the message of an exception with "Exception calling application: ", unless the
    call's details are set first. Only the call's context can set them. The SDK's server has the
    context, but does not pass it to providers. So this function takes the context from the local
    variables of its callers. Without a context, the message keeps grpc's prefix.
    """

    @functools.wraps(method)
    def call(*args: Any) -> Any:
        try:
            return method(*args)
        except Exception as error:
            if isinstance(error, ResourceError) or _is_client_error(error):
                _set_details(sys._getframe(), str(error))
            raise

    return call


def _is_client_error(error: Exception) -> bool:
    # Compared by name, so that this module does not import the client.
    return type(error).__module__.endswith("clickhouse_api.errors")


def _set_details(frame: FrameType | None, message: str) -> None:
    while frame is not None:
        context: Any = frame.f_locals.get("context")
        if hasattr(context, "set_details"):
            context.set_details(message)
            return
        frame = frame.f_back
