"""The tree of the errors that the client raises.

    ClickHouseApiError            operation, request_id, maybe_applied
    ├── ConfigurationError        a setting is missing or invalid; no request was sent
    ├── ConnectionFailed          no response; maybe_applied is True if the request may have
    │                             arrived (response lost), False if not (unknown host)
    ├── UnreadableResponse        the response does not match the OpenAPI spec
    ├── DeadlinePassed            the wait was longer than allowed; last_state
    └── ApiStatusError            the API returned an error: status, code, message
        ├── AuthenticationFailed  401, 403
        ├── NotFound              404
        ├── Conflict              409
        └── RateLimited           429; retry_after_seconds

A class exists because a caller handles it differently. No message contains a secret: strings from
outside are cleaned before an error is created (see `secrets`).
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
    "UnreadableResponse",
    "status_error",
]


class ClickHouseApiError(Exception):
    """Root of the tree. `str()` is one line with the operation, the message and the request id.

    Attributes:
        message: description of the error, without operation and request id.
        operation: operation id in the OpenAPI spec (`instanceCreate`), None before a request.
        request_id: the API's id of the request, for its support.
        maybe_applied: whether the change may have been applied although the call failed. Read
            the object before another attempt.
    """

    # All arguments except the first have defaults, because exceptions are unpickled with one.
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
    """A setting or an argument is missing or invalid. No request was sent."""


class ConnectionFailed(ClickHouseApiError):
    """No response: connection refused, unknown host, timeout or lost connection."""


class UnreadableResponse(ClickHouseApiError):
    """The response does not match the OpenAPI spec, for example the HTML page of a proxy."""


class DeadlinePassed(ClickHouseApiError):
    """A call or a wait took longer than allowed.

    Attributes:
        last_state: the last observed state of the object, if the wait observed one.
    """

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
    """The API returned an error status.

    Attributes:
        status: HTTP status.
        code: the API's machine-readable code (`SERVICE_IDLE`), if the response has one.
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
    """401 or 403: the key is invalid, expired, excluded by its IP list, or lacks the right."""

    hint = "; check CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET and the key's roles"


class NotFound(ApiStatusError):
    """404: the object does not exist, or was deleted."""


class Conflict(ApiStatusError):
    """409: the object's current state does not allow the operation."""


class RateLimited(ApiStatusError):
    """429, and the next slot of the rate limit is after the deadline.

    Attributes:
        retry_after_seconds: the wait that the API requires, None if the response has none.
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
    """Return the class for an HTTP status."""
    return _BY_STATUS.get(status, ApiStatusError)
