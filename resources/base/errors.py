"""What can go wrong in this room; every message is one line and carries no secret.

ResourceError            shown to the user as it is
├── ConfigurationError   a setting is absent or illegal: fix the config, nothing was called
├── WaitFailed           a cloud did not reach the wanted state in time, or gave up
├── Interrupted          somebody pressed Ctrl-C
├── ServiceGone          the service that something lives in is deleted: so that is, too
├── ServiceStopped       it is stopped, and is not started for this
└── SqlError             a ClickHouse server refused a statement (`code`, `message`)
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
    """The root: says what was being done, to which thing, what came back, what to do."""


class ConfigurationError(ResourceError):
    """A setting is absent or illegal; no cloud was called."""


class WaitFailed(ResourceError):
    """A wait ended without the wanted state; carries the last one that was seen."""

    def __init__(self, message: str, *, last_state: str | None) -> None:
        super().__init__(message)
        self.last_state = last_state


class Interrupted(ResourceError):
    """Somebody pressed Ctrl-C; what was begun is found, and gone on with, by the next `up`."""

    def __init__(self) -> None:
        super().__init__("interrupted; the next `pulumi up` goes on from here")


class ServiceGone(ResourceError):
    """The service that something lives in was deleted, and that with it."""


class ServiceStopped(ResourceError):
    """The service that something lives in is stopped, and starting it is not ours to decide."""


class SqlError(ResourceError):
    """A ClickHouse server refused a statement."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class AccessDenied(SqlError):
    """A ClickHouse server rejected the user's credentials, or the user lacks a privilege."""


def one_line(error: BaseException | str) -> str:
    """A server's message without its stack trace, on one line."""
    text = str(error).split("Stack trace", maxsplit=1)[0]
    return " ".join(text.split()) or repr(error)
