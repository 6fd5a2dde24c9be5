"""Client for the ClickHouse Cloud control plane, with strict requests and tolerant responses.

The import of this package loads almost nothing. Each public name is loaded on first use, so a
program that only uses `errors` does not load httpx and pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clickhouse_api import errors, models
    from clickhouse_api.asynchronous.client import AsyncClient
    from clickhouse_api.blocking.client import Client
    from clickhouse_api.config import Settings
    from clickhouse_api.results import Page, all_pages

__all__ = ["AsyncClient", "Client", "Page", "Settings", "all_pages", "errors", "models"]

_HOMES = {
    "AsyncClient": ".asynchronous.client",
    "Client": ".blocking.client",
    "Page": ".results",
    "Settings": ".config",
    "all_pages": ".results",
}

if not TYPE_CHECKING:  # a type checker must still reject unknown names

    def __getattr__(name: str) -> object:
        """Load a public name's module on first use (PEP 562)."""
        if name in ("errors", "models"):
            return import_module(f".{name}", __name__)
        if name in _HOMES:
            return getattr(import_module(_HOMES[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
