"""What the API refuses with: `{"status", "error", "requestId"}`, one class per reason.

ApiError
├── BadRequest        400  the request is wrong in itself, or for this thing
├── Unauthorized      401  no such key, wrong secret, disabled, expired
├── Forbidden         403  the key may not come from this address
├── NotFound          404  no such thing, or no longer
├── Conflict          409  not in the present state
├── FailedDependency  424  the service it is about has to run; carries code and state
├── TooManyRequests   429  carries the seconds until the next request may come
├── ServerError       500  what a fault asked for
└── NotImplementedHere 501  an operation of the document that this cloud does not have
"""

from __future__ import annotations

__all__ = [
    "ApiError",
    "BadRequest",
    "Conflict",
    "FailedDependency",
    "Forbidden",
    "NotFound",
    "NotImplementedHere",
    "ServerError",
    "TooManyRequests",
    "Unauthorized",
]


class ApiError(Exception):
    """An answer other than success.

    Attributes:
        status: of HTTP.
        word: what the message begins with, as the vendor's does.
    """

    status = 500
    word = "INTERNAL_ERROR"

    @property
    def text(self) -> str:
        """The body's `error`."""
        return f"{self.word}: {self}"

    @property
    def headers(self) -> dict[str, str]:
        """Headers that belong to this error."""
        return {}

    @property
    def beside(self) -> dict[str, str | bool]:
        """What the body says beside `error`."""
        return {}


class BadRequest(ApiError):
    """The request is wrong in itself, or for this thing."""

    status = 400
    word = "BAD_REQUEST"


class Unauthorized(ApiError):
    """No such key, or a wrong secret, or a key that is disabled or expired."""

    status = 401
    word = "UNAUTHORIZED"


class Forbidden(ApiError):
    """The key is right, but may not do this, or not from this address."""

    status = 403
    word = "FORBIDDEN"


class NotFound(ApiError):
    """There is no such thing, or no longer."""

    status = 404
    word = "NOT_FOUND"


class Conflict(ApiError):
    """Not in the state that the thing is in."""

    status = 409
    word = "CONFLICT"


class FailedDependency(ApiError):
    """The service has to run for this.

    Args:
        state: of the service.
    """

    status = 424
    word = "FAILED_DEPENDENCY"

    def __init__(self, state: str) -> None:
        super().__init__(f"The service is {state}; it has to run")
        self.state = state

    @property
    def beside(self) -> dict[str, str | bool]:
        """As the document has it for `udfAttach`."""
        codes = {"idle": "SERVICE_IDLE", "stopped": "SERVICE_STOPPED"}
        return {
            "code": codes.get(self.state, "SERVICE_NOT_RUNNING"),
            "serviceState": self.state,
            "canWake": self.state == "idle",
        }


class TooManyRequests(ApiError):
    """The key has used up its requests.

    Args:
        reset_seconds: until the next request may come; None leaves the header out, as the
            vendor's gateways sometimes do.
    """

    status = 429
    word = "TOO_MANY_REQUESTS"

    def __init__(self, reset_seconds: float | None) -> None:
        super().__init__("Too many requests. Please try again later.")
        self.reset_seconds = reset_seconds

    @property
    def headers(self) -> dict[str, str]:
        """Seconds, with fractions."""
        if self.reset_seconds is None:
            return {}
        return {"X-RateLimit-Reset": f"{self.reset_seconds:.3f}"}


class ServerError(ApiError):
    """What a fault asked for."""

    def __init__(self, message: str, *, status: int = 500) -> None:
        super().__init__(message)
        self.status = status


class NotImplementedHere(ApiError):
    """An operation that the vendor has and this cloud has not."""

    status = 501
    word = "NOT_IMPLEMENTED"
