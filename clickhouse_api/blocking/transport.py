# generated from asynchronous/transport.py by `python -m clickhouse_api.generator`; do not edit
"""Send requests and repeat those that failed."""

from __future__ import annotations

import httpx

from clickhouse_api.clock import SYSTEM_CLOCK, Clock
from clickhouse_api.config import Settings
from clickhouse_api.exchange import Failure, Request, Response
from clickhouse_api.limiter import RateLimit
from clickhouse_api.retry import Attempts
from clickhouse_api.sending import Sending, http_options

__all__ = ["Transport"]


class Transport(Sending):
    """Sends requests with authentication, timeouts, the shared rate limit and retries."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = SYSTEM_CLOCK,
        rate_limit: RateLimit | None = None,
    ) -> None:
        super().__init__(settings, clock=clock, rate_limit=rate_limit or RateLimit())
        self._http = httpx.Client(**http_options(settings))

    def send(self, request: Request) -> Response:
        """Send a request until it succeeds or may not be repeated.

        Raises:
            ClickHouseApiError: the request failed; see `errors` for the subclasses.
        """
        attempts = self._attempts(request)
        while True:
            if not self._limiter.wait_for_slot(latest=attempts.latest):
                raise attempts.out_of_time()
            outcome = self._attempt(request, attempts)
            if isinstance(outcome, Response):
                return outcome
            attempts.note(outcome)
            if outcome.rate_limited:
                self._limiter.hold_back(attempts.hold_back_seconds(outcome))
            self._clock.sleep(attempts.pause_after(outcome))

    def _attempt(self, request: Request, attempts: Attempts) -> Response | Failure:
        try:
            response = self._http.request(**self._message(request, attempts))
        except httpx.TransportError as error:
            failure = self._lost(request, error)
            failure.error.__cause__ = error
            return failure
        return self._classify(request, response)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
