"""Build a request, read a response and classify a failure, without I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx

from clickhouse_api.errors import (
    ClickHouseApiError,
    ConfigurationError,
    ConnectionFailed,
    RateLimited,
    UnreadableResponse,
    status_error,
)
from clickhouse_api.secrets import clean, secret_values

if TYPE_CHECKING:  # building pydantic's first model takes longer than the rest of the import
    from clickhouse_api.base import RequestModel

__all__ = ["Failure", "Operation", "Request", "Response", "failure_of", "failure_without_response"]

PathValue = str | int
QueryValue = str | int | float | bool | date | datetime | Enum | Sequence[str] | None

# Overload and gateway errors, after which another attempt can succeed. 501 is permanent.
_PASSING_STATUSES = frozenset({500, 502, 503, 504})
_LONGEST_MESSAGE = 500


@dataclass(frozen=True)
class Operation:
    """An operation of the OpenAPI spec.

    Attributes:
        id: the operation id (`instanceCreate`), which errors contain.
        repeatable: whether two requests have the same effect as one. A POST that creates is not
            repeatable: a repeat after a lost response creates a second, billed service.
    """

    id: str
    method: str
    path: str
    repeatable: bool

    @property
    def changes(self) -> bool:
        """Whether the operation may change an object."""
        return self.method != "GET"


@dataclass(frozen=True)
class Request:
    """An operation with its values. It can be sent any number of times."""

    operation: Operation
    path: str
    body: Any = None

    @classmethod
    def build(
        cls,
        operation: Operation,
        path: Sequence[PathValue],
        query: Mapping[str, QueryValue],
        body: RequestModel | None,
    ) -> Request:
        """Encode path, query and body. Fields of the body that are not set are not sent."""
        filled = _fill(operation, path)
        pairs = [pair for name, value in query.items() for pair in _query_pairs(name, value)]
        target = f"{filled}?{urlencode(pairs)}" if pairs else filled
        if body is None:
            return cls(operation, target)
        return cls(
            operation, target, body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        )


def _fill(operation: Operation, values: Sequence[PathValue]) -> str:
    remaining = iter(values)

    def segment(match: re.Match[str]) -> str:
        value = str(next(remaining))
        # An empty or dotted segment would silently be another path: the list instead of one
        # object, the service instead of a part of it.
        if value in ("", ".", ".."):
            raise ConfigurationError(f"{match[1]} must not be {value!r}", operation=operation.id)
        return quote(value, safe="")

    return re.sub(r"{(\w+)}", segment, operation.path)


def _query_pairs(name: str, value: QueryValue) -> list[tuple[str, str]]:
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [(name, item) for item in value]
    if isinstance(value, bool):
        return [(name, "true" if value else "false")]
    if isinstance(value, date | datetime):
        return [(name, value.isoformat())]
    return [(name, str(value.value if isinstance(value, Enum) else value))]


@dataclass(frozen=True)
class Response:
    """A successful response.

    Attributes:
        request_id: the API's id of the request, from the envelope or a header.
    """

    operation: Operation
    status: int
    text: str
    request_id: str | None

    @classmethod
    def of(cls, operation: Operation, response: httpx.Response) -> Response:
        """Read a response."""
        return cls(operation, response.status_code, response.text, _request_id(response))

    def json(self) -> Any:
        """Return the body as JSON, or None if there is no body.

        Raises:
            UnreadableResponse: the body is not JSON.
        """
        if not self.text.strip():
            return None
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise self.unreadable("it is not JSON") from error

    def result(self) -> Any:
        """Return the field `result` of the body.

        The result of a change may be None, because deletes and some updates return none. A GET must
        have a result: if a missing list were read as an empty one, callers would create objects
        that already exist.

        Raises:
            UnreadableResponse: the body is not an object, or a GET has no result.
        """
        envelope = self.json()
        if envelope is not None and not isinstance(envelope, dict):
            raise self.unreadable("it is not the object of the OpenAPI spec")
        result = (envelope or {}).get("result")
        if result is None and not self.operation.changes:
            raise self.unreadable("it has no result")
        return result

    def unreadable(self, why: str) -> UnreadableResponse:
        """Return the error for an unusable response. It does not contain the body."""
        return UnreadableResponse(
            f"the response ({self.status}, {len(self.text)} characters) cannot be used: {why}",
            operation=self.operation.id,
            request_id=self.request_id,
            maybe_applied=self.operation.changes,
        )


@dataclass(frozen=True)
class Failure:
    """A failed attempt.

    Attributes:
        error: the error to raise if there is no other attempt.
        repeat: whether another attempt is safe and may succeed.
        rate_limited: whether the API rejected it with 429, so that all senders must wait.
    """

    error: ClickHouseApiError
    repeat: bool
    rate_limited: bool = False


def failure_of(request: Request, response: httpx.Response, secrets: Sequence[str]) -> Failure:
    """Classify a response with an error status."""
    operation, status = request.operation, response.status_code
    passing = status in _PASSING_STATUSES
    code, message = _message(response)
    masked = [*secrets, *secret_values(request.body)]
    error = status_error(status)(
        clean(message, masked),
        status=status,
        code=clean(code, masked) if code else None,
        operation=operation.id,
        request_id=_request_id(response),
        maybe_applied=operation.changes and status >= 500,
    )
    if isinstance(error, RateLimited):
        error.retry_after_seconds = _reset_seconds(response)
    # The API rejects with 429 before it changes anything, so even a create may be repeated.
    limited = isinstance(error, RateLimited)
    return Failure(error, limited or (passing and operation.repeatable), limited)


def _message(response: httpx.Response) -> tuple[str | None, str]:
    envelope = _envelope(response)
    error = envelope.get("error") or envelope.get("message")
    code = envelope.get("code")
    if isinstance(error, dict):
        code, error = error.get("code", code), error.get("message", error)
    text = str(error) if error else response.text if not envelope else response.reason_phrase
    one_line = " ".join(text.split()) or response.reason_phrase
    return (str(code) if code else None), one_line[:_LONGEST_MESSAGE]


def _envelope(response: httpx.Response) -> dict[str, Any]:
    try:
        content = json.loads(response.text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _request_id(response: httpx.Response) -> str | None:
    found = _envelope(response).get("requestId") or response.headers.get("x-request-id")
    return str(found) if found else None


def _reset_seconds(response: httpx.Response) -> float | None:
    try:
        seconds = float(response.headers["X-RateLimit-Reset"])
    except (KeyError, ValueError):
        return None
    return seconds if 0 <= seconds < float("inf") else None


def failure_without_response(
    request: Request, error: httpx.TransportError, base_url: str, secrets: Sequence[str]
) -> Failure:
    """Classify an attempt without a response."""
    never_arrived = isinstance(
        error,
        httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.UnsupportedProtocol,
    )
    reason = clean(" ".join(str(error).split()) or type(error).__name__, secrets)
    untrusted = "CERTIFICATE_VERIFY_FAILED" in reason
    maybe_applied = request.operation.changes and not never_arrived
    return Failure(
        ConnectionFailed(
            _connection_message(base_url, reason, never_arrived, untrusted, maybe_applied),
            operation=request.operation.id,
            maybe_applied=maybe_applied,
        ),
        repeat=(never_arrived or request.operation.repeatable) and not untrusted,
    )


def _connection_message(
    base_url: str, reason: str, never_arrived: bool, untrusted: bool, maybe_applied: bool
) -> str:
    if untrusted:
        return f"{base_url} has a certificate that is not trusted: check SSL_CERT_FILE ({reason})"
    if never_arrived:
        return (
            f"cannot reach {base_url} ({reason}): check CLICKHOUSE_API_URL, "
            "this machine's connection and its proxy settings"
        )
    doubt = "; the request may have been applied" if maybe_applied else ""
    return f"no response from {base_url} ({reason}){doubt}"
