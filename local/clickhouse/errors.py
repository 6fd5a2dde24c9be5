"""The API's errors, `{"status", "error", "requestId"}`: one class per reason.

ControlPlaneError
├── BadRequest        400  the request is invalid in general, or for this object
├── Unauthorized      401  unknown key, other secret, disabled, expired
├── Forbidden         403  the key may not use the operation, or not from this address
├── NotFound          404  the object does not exist, or was deleted
├── Conflict          409  the object's current state does not allow the operation
├── FailedDependency  424  the service has to run; has a code and the state
├── TooManyRequests   429  has the seconds until the next request is accepted
├── ServerError       500  a requested fault, or an unexpected exception
└── NotImplementedHere 501  an operation of the spec that this cloud does not have
"""

from __future__ import annotations

__all__ = [
    "BadRequest",
    "Conflict",
    "ControlPlaneError",
    "FailedDependency",
    "Forbidden",
    "NotFound",
    "NotImplementedHere",
    "ServerError",
    "TooManyRequests",
    "Unauthorized",
]


class ControlPlaneError(Exception):
    """A response other than success.

    Attributes:
        status: the HTTP status.
        word: the first word of the message, as in the vendor's messages.
    """

    status = 500
    word = "INTERNAL_ERROR"

    @property
    def text(self) -> str:
        """Return the body's `error`."""
        return f"{self.word}: {self}"

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of this error."""
        return {}

    @property
    def fields(self) -> dict[str, str | bool]:
        """Return the fields of the body in addition to `error`."""
        return {}


class BadRequest(ControlPlaneError):
    """The request is invalid, or invalid for this object."""

    status = 400
    word = "BAD_REQUEST"


class Unauthorized(ControlPlaneError):
    """The key is unknown, disabled or expired, or the secret does not match."""

    status = 401
    word = "UNAUTHORIZED"


class Forbidden(ControlPlaneError):
    """The key is valid, but may not use the operation, or not from this address."""

    status = 403
    word = "FORBIDDEN"


class NotFound(ControlPlaneError):
    """The object does not exist, or was deleted."""

    status = 404
    word = "NOT_FOUND"


class Conflict(ControlPlaneError):
    """The object's current state does not allow the operation."""

    status = 409
    word = "CONFLICT"


class FailedDependency(ControlPlaneError):
    """The operation needs a running service.

    Args:
        state: the service's state.
    """

    status = 424
    word = "FAILED_DEPENDENCY"

    def __init__(self, state: str) -> None:
        super().__init__(f"The service is {state}; it has to run")
        self.state = state

    @property
    def fields(self) -> dict[str, str | bool]:
        """Return the fields that the OpenAPI spec has for `udfAttach`."""
        codes = {"idle": "SERVICE_IDLE", "stopped": "SERVICE_STOPPED"}
        return {
            "code": codes.get(self.state, "SERVICE_NOT_RUNNING"),
            "serviceState": self.state,
            "canWake": self.state == "idle",
        }


class TooManyRequests(ControlPlaneError):
    """The key has used up its requests.

    Args:
        reset_seconds: time until the next request is accepted; None omits the header, as
            the vendor's gateways sometimes do.
    """

    status = 429
    word = "TOO_MANY_REQUESTS"

    def __init__(self, reset_seconds: float | None) -> None:
        super().__init__("Too many requests. Please try again later.")
        self.reset_seconds = reset_seconds

    @property
    def headers(self) -> dict[str, str]:
        """Return the header with the seconds, with fractions."""
        if self.reset_seconds is None:
            return {}
        return {"X-RateLimit-Reset": f"{self.reset_seconds:.3f}"}


class ServerError(ControlPlaneError):
    """A requested fault, or an unexpected exception."""

    def __init__(self, message: str, *, status: int = 500) -> None:
        super().__init__(message)
        self.status = status


class NotImplementedHere(ControlPlaneError):
    """An operation of the OpenAPI spec that this cloud does not have."""

    status = 501
    word = "NOT_IMPLEMENTED"
