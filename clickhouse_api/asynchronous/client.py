"""The client of the control plane, with an attribute for each tag of the OpenAPI spec."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from clickhouse_api.asynchronous.calls import AsyncCaller
from clickhouse_api.asynchronous.transport import AsyncTransport
from clickhouse_api.clock import SYSTEM_CLOCK, Clock
from clickhouse_api.config import (
    DEFAULT_BASE_URL,
    DEFAULT_RETRY_DEADLINE_SECONDS,
    DEFAULT_TIMEOUT_SECONDS,
    Settings,
)
from clickhouse_api.limiter import RateLimit
from clickhouse_api.operations import AsyncOperations

__all__ = ["AsyncClient"]


class AsyncClient(AsyncOperations):
    """Calls the control plane: `await client.service.instance_get(organization_id, service_id)`.

    Path parameters and the body are positional, query parameters are keywords.
    Tasks of one event loop may share a client.
    Close it, or use it in an `async with` statement.

    Args:
        key_id: id of an API key.
        key_secret: secret of the API key.
        base_url: address of the API, with its version.
        timeout_seconds: limit of each attempt.
        retry_deadline_seconds: limit of a call with all its waits and retries.
        state_dir: folder of the rate limit shared with other processes. Default:
            `CLICKHOUSE_API_STATE_DIR`, or the user's cache folder.
        clock: source of times and waits. Tests pass a clock that counts.
        rate_limit: the API's limit for a key.
    Raises:
        ConfigurationError: an argument is invalid. The message is one line that names it.
    """

    def __init__(
        self,
        *,
        key_id: str,
        key_secret: str,
        base_url: str = DEFAULT_BASE_URL,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        retry_deadline_seconds: float = DEFAULT_RETRY_DEADLINE_SECONDS,
        state_dir: Path | None = None,
        clock: Clock = SYSTEM_CLOCK,
        rate_limit: RateLimit | None = None,
    ) -> None:
        self._settings = Settings(
            key_id=key_id,
            key_secret=key_secret,
            base_url=base_url,
            timeout_seconds=timeout_seconds,
            retry_deadline_seconds=retry_deadline_seconds,
            state_dir=state_dir,
        )
        self._transport = AsyncTransport(self._settings, clock=clock, rate_limit=rate_limit)
        self._caller = AsyncCaller(self._transport)

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, clock: Clock = SYSTEM_CLOCK
    ) -> Self:
        """Build a client from environment variables; see `Settings.from_env`."""
        return cls(**_arguments(Settings.from_env(environ)), clock=clock)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient(base_url={self._settings.base_url!r})"


def _arguments(settings: Settings) -> dict[str, Any]:
    arguments = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    limit = RateLimit(requests=arguments.pop("requests_per_window"))
    return {**arguments, "rate_limit": limit}
