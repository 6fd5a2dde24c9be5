"""A ClickHouse Cloud service and its lifecycle."""

from typing import TYPE_CHECKING

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Resolve the provider that older states look for here (`resources/retired_providers`)."""
        from resources import provider_class

        return provider_class(name)
