"""Sends requests: authentication, timeouts, the shared rate limit and retries, sync and async."""

from __future__ import annotations

import base64
import ssl
from typing import Any

import httpx

from clickhouse_api.clock import SYSTEM_CLOCK, Clock
from clickhouse_api.config import Settings
from clickhouse_api.exchange import (
    Answer,
    Failure,
    Request,
    failure_of,
    failure_without_answer,
)
from clickhouse_api.limiter import RateLimit, SharedLimiter, default_state_dir
from clickhouse_api.retry import Attempts

__all__ = ["AsyncTransport", "Transport"]


class _Sending:
    """What both transports share; holds the secret, so its repr shows nothing."""

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
        """Arguments of httpx's `request`."""
        return {
            "method": request.operation.method,
            "url": self._settings.base_url + request.path,
            "json": request.body,
            "timeout": attempts.timeout_seconds(self._settings.timeout_seconds),
        }

    def _judge(self, request: Request, response: httpx.Response) -> Answer | Failure:
        if response.is_success:
            return Answer.of(request.operation, response)
        return failure_of(request, response, self._secrets)

    def _lost(self, request: Request, error: httpx.TransportError) -> Failure:
        return failure_without_answer(request, error, self._settings.base_url, self._secrets)


class Transport(_Sending):
    """Blocking; may be used by several threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = SYSTEM_CLOCK,
        rate_limit: RateLimit | None = None,
    ) -> None:
        super().__init__(settings, clock=clock, rate_limit=rate_limit or RateLimit())
        self._http = httpx.Client(**_http_options(settings))

    def send(self, request: Request) -> Answer:
        """Send until there is an answer.

        Raises:
            ClickHouseApiError: there was none, or it was no; see `errors`.
        """
        attempts = self._attempts(request)
        while True:
            if not self._limiter.wait_turn(latest=attempts.latest):
                raise attempts.out_of_time()
            outcome = self._attempt(request, attempts)
            if isinstance(outcome, Answer):
                return outcome
            attempts.note(outcome)
            if outcome.rate_limited:
                self._limiter.hold_back(attempts.hold_back_seconds(outcome))
            self._clock.sleep(attempts.pause_after(outcome))

    def _attempt(self, request: Request, attempts: Attempts) -> Answer | Failure:
        try:
            response = self._http.request(**self._message(request, attempts))
        except httpx.TransportError as error:
            failure = self._lost(request, error)
            failure.error.__cause__ = error
            return failure
        return self._judge(request, response)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncTransport(_Sending):
    """For coroutines; a cancelled task stops waiting at once."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = SYSTEM_CLOCK,
        rate_limit: RateLimit | None = None,
    ) -> None:
        super().__init__(settings, clock=clock, rate_limit=rate_limit or RateLimit())
        self._http = httpx.AsyncClient(**_http_options(settings))

    async def send(self, request: Request) -> Answer:
        """Send until there is an answer.

        Raises:
            ClickHouseApiError: there was none, or it was no; see `errors`.
        """
        attempts = self._attempts(request)
        while True:
            if not await self._limiter.wait_turn_async(latest=attempts.latest):
                raise attempts.out_of_time()
            outcome = await self._attempt(request, attempts)
            if isinstance(outcome, Answer):
                return outcome
            attempts.note(outcome)
            if outcome.rate_limited:
                await self._limiter.hold_back_async(attempts.hold_back_seconds(outcome))
            await self._clock.sleep_async(attempts.pause_after(outcome))

    async def _attempt(self, request: Request, attempts: Attempts) -> Answer | Failure:
        try:
            response = await self._http.request(**self._message(request, attempts))
        except httpx.TransportError as error:
            failure = self._lost(request, error)
            failure.error.__cause__ = error
            return failure
        return self._judge(request, response)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _http_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "auth": httpx.BasicAuth(settings.key_id, settings.key_secret),
        "headers": {"Accept": "application/json", "User-Agent": "clickhouse-api-python"},
        # A redirect would carry the key to another host.
        "follow_redirects": False,
    }
    if settings.base_url.startswith("http://"):
        # Reading the trust store takes tens of milliseconds and a plain connection needs none;
        # this context trusts nobody, should it be used after all.
        options["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return options
