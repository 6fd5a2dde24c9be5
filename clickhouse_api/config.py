"""Read the settings once from the environment, and check them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from clickhouse_api.errors import ConfigurationError

__all__ = ["DEFAULT_BASE_URL", "Settings"]

DEFAULT_BASE_URL = "https://api.clickhouse.cloud/v1"

# A create may take a while. No response of the API is known to take a minute.
DEFAULT_TIMEOUT_SECONDS = 60.0
# One call with its waits and retries: long enough for a full queue of the rate limit (10 requests
# per 10 s) and a reset or two, short enough that a user does not stop the program.
DEFAULT_RETRY_DEADLINE_SECONDS = 180.0
# The vendor's documented limit.
DEFAULT_REQUESTS_PER_WINDOW = 10


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The address of the API and the credentials.

    Attributes:
        key_id: id of an API key, never printed in full.
        key_secret: secret of the key, never in a repr or an error.
        base_url: address with the version: `https://api.clickhouse.cloud/v1`.
        timeout_seconds: limit of each attempt: connecting, sending, and each pause while receiving.
        retry_deadline_seconds: limit of a call with all its waits and retries.
        state_dir: folder of the rate limit that all processes of a user share.
        requests_per_window: requests that the API allows the key in any 10 s.
    """

    key_id: str
    key_secret: str = field(repr=False)
    base_url: str = DEFAULT_BASE_URL
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    retry_deadline_seconds: float = DEFAULT_RETRY_DEADLINE_SECONDS
    state_dir: Path | None = None
    requests_per_window: int = DEFAULT_REQUESTS_PER_WINDOW

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked_url(self.base_url))
        _check_credential("key id", self.key_id, "CLICKHOUSE_CLOUD_API_KEY")
        _check_credential("key secret", self.key_secret, "CLICKHOUSE_CLOUD_API_SECRET")
        if ":" in self.key_id:
            raise ConfigurationError(
                "the API key id contains a colon, which HTTP Basic authentication does not allow"
            )
        for name in ("timeout_seconds", "retry_deadline_seconds"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} must be more than 0, not {getattr(self, name)}")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `CLICKHOUSE_CLOUD_API_KEY`, `…_SECRET`, `CLICKHOUSE_API_URL`, `…_STATE_DIR`.

        Raises:
            ConfigurationError: names each missing variable, or the invalid one.
        """
        environ = os.environ if environ is None else environ
        required = ("CLICKHOUSE_CLOUD_API_KEY", "CLICKHOUSE_CLOUD_API_SECRET")
        missing = [name for name in required if not environ.get(name)]
        if missing:
            raise ConfigurationError(
                f"{' and '.join(missing)} not set: create an API key in the ClickHouse Cloud "
                "console (Organization, API keys) and export both its id and its secret"
            )
        state_dir = environ.get("CLICKHOUSE_API_STATE_DIR")
        return cls(
            key_id=environ[required[0]],
            key_secret=environ[required[1]],
            base_url=environ.get("CLICKHOUSE_API_URL") or DEFAULT_BASE_URL,
            state_dir=Path(state_dir) if state_dir else None,
            requests_per_window=_requests_per_window(environ),
        )


def _requests_per_window(environ: Mapping[str, str]) -> int:
    given = environ.get("CLICKHOUSE_API_REQUESTS_PER_WINDOW") or str(DEFAULT_REQUESTS_PER_WINDOW)
    if not given.isascii() or not given.isdigit() or int(given) < 1:
        raise ConfigurationError(
            f"CLICKHOUSE_API_REQUESTS_PER_WINDOW is {given!r}, allowed: a whole number from 1"
        )
    return int(given)


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    # The message contains the URL only after the check that it has no password.
    if "@" in parts.netloc:
        raise ConfigurationError(
            "CLICKHOUSE_API_URL must not contain a user or password: set "
            "CLICKHOUSE_CLOUD_API_KEY and CLICKHOUSE_CLOUD_API_SECRET instead"
        )
    if not _is_http(parts) or parts.query or parts.fragment:
        raise ConfigurationError(f"CLICKHOUSE_API_URL is not an http(s) URL of an API: {url!r}")
    if not parts.path.rstrip("/").endswith("/v1"):
        raise ConfigurationError(
            f"CLICKHOUSE_API_URL must include the API's version: {url.rstrip('/')}/v1"
        )
    return url.rstrip("/")


def _is_http(parts: SplitResult) -> bool:
    try:
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is not a number, or is too high
        return False


def _check_credential(name: str, value: str, variable: str) -> None:
    if not value:
        raise ConfigurationError(f"the API {name} is empty: set {variable}")
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise ConfigurationError(
            f"the API {name} contains blanks or other characters that no key has: check {variable}"
        )
