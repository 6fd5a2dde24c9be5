"""The errors of this package. Every message is one line and has no secret.

ResourceError            shown to the user without a traceback
├── ConfigurationError   a setting is absent or invalid: fix the config; no request was sent
├── WaitFailed           an object did not reach the required state in time, or cannot reach it
├── Interrupted          the user pressed Ctrl-C
├── ServiceGone          the service that contains the object is deleted, and so is the object
├── ServiceStopped       the service that contains the object is stopped, and must not be started
└── SqlError             a ClickHouse server rejected a statement (`code`, `message`)
    └── AccessDenied     it rejected the user's credentials, or the user lacks a privilege
"""

from __future__ import annotations

__all__ = [
    "AccessDenied",
    "ConfigurationError",
    "Interrupted",
    "ResourceError",
    "ServiceGone",
    "ServiceStopped",
    "SqlError",
    "WaitFailed",
    "one_line",
]


class ResourceError(Exception):
    """The root. A message has the operation, the object, the response and what to do."""


class ConfigurationError(ResourceError):
    """A setting is absent or invalid. No request was sent."""


class WaitFailed(ResourceError):
    """A wait ended without the required state. Carries the last observed state."""

    def __init__(self, message: str, *, last_state: str | None) -> None:
        super().__init__(message)
        self.last_state = last_state


class Interrupted(ResourceError):
    """The user pressed Ctrl-C. The next `up` finds and continues the unfinished work."""

    def __init__(self) -> None:
        super().__init__("interrupted; the next `pulumi up` continues from here")


class ServiceGone(ResourceError):
    """The service that contains the object was deleted, and the object with it."""


class ServiceStopped(ResourceError):
    """The service that contains the object is stopped, and this resource must not start it."""


class SqlError(ResourceError):
    """A ClickHouse server rejected a statement."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class AccessDenied(SqlError):
    """A ClickHouse server rejected the user's credentials, or the user lacks a privilege."""


def one_line(error: BaseException | str) -> str:
    """Return a server's message on one line, without its stack trace."""
    text = str(error).split("Stack trace", maxsplit=1)[0]
    return " ".join(text.split()) or repr(error)
