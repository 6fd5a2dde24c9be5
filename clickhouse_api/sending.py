"""The parts of sending without I/O: credentials, limiter, retries, classifying a response."""

from __future__ import annotations

import base64
import ssl
from typing import Any

import httpx

from clickhouse_api.clock import Clock
from clickhouse_api.config import Settings
from clickhouse_api.exchange import (
    Failure,
    Request,
    Response,
    failure_of,
    failure_without_response,
)
from clickhouse_api.limiter import RateLimit, SharedLimiter, default_state_dir
from clickhouse_api.retry import Attempts

__all__ = ["Sending", "http_options"]


class Sending:
    """Base class of both transports. It holds the secret, so its repr shows no field."""

    def __init__(self, settings: Settings, *, clock: Clock, rate_limit: RateLimit) -> None:
        self._settings = settings
        self._clock = clock
        self._limiter = SharedLimiter(
            state_dir=settings.state_dir or default_state_dir(),
            base_url=settings.base_url,
            key_id=settings.key_id,
            limit=rate_limit,
            clock=clock,
        )
        basic = base64.b64encode(f"{settings.key_id}:{settings.key_secret}".encode()).decode()
        self._secrets = (settings.key_secret, basic)

    def _attempts(self, request: Request) -> Attempts:
        deadline = self._settings.retry_deadline_seconds
        return Attempts(request.operation, self._clock, deadline_seconds=deadline)

    def _message(self, request: Request, attempts: Attempts) -> dict[str, Any]:
        """Return the arguments of `httpx.Client.request`."""
        return {
            "method": request.operation.method,
            "url": self._settings.base_url + request.path,
            "json": request.body,
            "timeout": attempts.timeout_seconds(self._settings.timeout_seconds),
        }

    def _classify(self, request: Request, response: httpx.Response) -> Response | Failure:
        if response.is_success:
            return Response.of(request.operation, response)
        return failure_of(request, response, self._secrets)

    def _lost(self, request: Request, error: httpx.TransportError) -> Failure:
        return failure_without_response(request, error, self._settings.base_url, self._secrets)


def http_options(settings: Settings) -> dict[str, Any]:
    """Return the arguments of `httpx.Client`."""
    options: dict[str, Any] = {
        "auth": httpx.BasicAuth(settings.key_id, settings.key_secret),
        "headers": {"Accept": "application/json", "User-Agent": "clickhouse-api-python"},
        # A redirect would carry the key to another host.
        "follow_redirects": False,
    }
    if settings.base_url.startswith("http://"):
        # Reading the trust store takes tens of milliseconds, and plain HTTP needs none.
        # This context trusts no certificate.
        options["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return options
