"""Every error the client raises, one tree.

    ClickHouseApiError            operation, request_id, maybe_applied
    ├── ConfigurationError        a setting is missing or wrong; nothing was sent
    ├── ConnectionFailed          no answer came; maybe_applied tells whether the request may have
    │                             arrived (answer lost) or never did (refused, unknown host)
    ├── UnreadableAnswer          an answer came, but not one the API's document describes
    ├── DeadlinePassed            the wait was longer than allowed; last_state
    └── ApiStatusError            the API said no: status, code, message
        ├── AuthenticationFailed  401, 403
        ├── NotFound              404
        ├── Conflict              409
        └── RateLimited           429; retry_after_seconds

A class exists because a caller does something different with it. No message carries a secret:
texts that came from outside are cleaned before they get here (see `secrets`).
"""

from __future__ import annotations

__all__ = [
    "ApiStatusError",
    "AuthenticationFailed",
    "ClickHouseApiError",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "DeadlinePassed",
    "NotFound",
    "RateLimited",
    "UnreadableAnswer",
    "status_error",
]


class ClickHouseApiError(Exception):
    """Root of the tree; `str()` is one line: operation, what happened, request id.

    Attributes:
        message: what happened, without operation and request id.
        operation: operation id of the document (`instanceCreate`), None if there was none yet.
        request_id: the API's id of the request, to quote to its support.
        maybe_applied: True when the change may have been made although it failed for us; look
            before trying again.
    """

    # All arguments but the first have defaults because that is how exceptions are unpickled.
    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        request_id: str | None = None,
        maybe_applied: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.request_id = request_id
        self.maybe_applied = maybe_applied

    def __str__(self) -> str:
        subject = f"{self.operation}: " if self.operation else ""
        trailer = f" (request id {self.request_id})" if self.request_id else ""
        return f"{subject}{self._headline()}{trailer}"

    def _headline(self) -> str:
        return self.message


class ConfigurationError(ClickHouseApiError):
    """A setting or an argument is missing or wrong; nothing was sent."""


class ConnectionFailed(ClickHouseApiError):
    """No answer came: refused, unknown host, timed out or cut off."""


class UnreadableAnswer(ClickHouseApiError):
    """The answer is not what the document describes (an HTML page of a proxy, say)."""


class DeadlinePassed(ClickHouseApiError):
    """The time allowed for a call or a wait is over; carries the last state seen."""

    def __init__(
        self,
        message: str,
        *,
        last_state: str | None = None,
        operation: str | None = None,
        request_id: str | None = None,
        maybe_applied: bool = False,
    ) -> None:
        super().__init__(
            message, operation=operation, request_id=request_id, maybe_applied=maybe_applied
        )
        self.last_state = last_state

    def _headline(self) -> str:
        return f"{self.message}; last state: {self.last_state}" if self.last_state else self.message


class ApiStatusError(ClickHouseApiError):
    """The API answered with a status that is not a success.

    Attributes:
        status: HTTP status.
        code: the API's own machine-readable code, where it gives one (`SERVICE_IDLE`).
    """

    hint = ""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str | None = None,
        operation: str | None = None,
        request_id: str | None = None,
        maybe_applied: bool = False,
    ) -> None:
        super().__init__(
            message, operation=operation, request_id=request_id, maybe_applied=maybe_applied
        )
        self.status = status
        self.code = code

    def _headline(self) -> str:
        code = f" {self.code}" if self.code else ""
        return f"{self.status}{code} {self.message}{self.hint}"


class AuthenticationFailed(ApiStatusError):
    """401 or 403: the key is wrong, expired, kept out by its IP list, or may not do this."""

    hint = "; check CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET and the key's roles"


class NotFound(ApiStatusError):
    """404: there is no such thing (any more)."""


class Conflict(ApiStatusError):
    """409: not in the state it is in now."""


class RateLimited(ApiStatusError):
    """429, and waiting for our turn would have passed the deadline.

    Attributes:
        retry_after_seconds: what the API asked for, None if it did not say.
    """

    retry_after_seconds: float | None = None


_BY_STATUS: dict[int, type[ApiStatusError]] = {
    401: AuthenticationFailed,
    403: AuthenticationFailed,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


def status_error(status: int) -> type[ApiStatusError]:
    """The class that stands for an HTTP status."""
    return _BY_STATUS.get(status, ApiStatusError)
