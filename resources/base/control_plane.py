"""`ControlPlane`: the API's URL and credentials, from the Pulumi config or the environment.

Credentials are never inputs of a resource, so no state has them. The process that needs them reads
them. `clickhouse_api` is imported when a client is built: a `pulumi up` without changes does not
need it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from resources.base import pulumi_engine as engine

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["VARIABLES", "ControlPlane"]

# Key of the Pulumi config -> environment variable.
VARIABLES = {
    "clickhouseApiUrl": "CLICKHOUSE_API_URL",
    "clickhouseCloudApiKey": "CLICKHOUSE_CLOUD_API_KEY",
    "clickhouseCloudApiSecret": "CLICKHOUSE_CLOUD_API_SECRET",
}


class ControlPlane:
    """Settings of the control plane, from which clients are built.

    Args:
        setting: returns the value of a key of the Pulumi config, or None.
    """

    def __init__(self, setting: Callable[[str], Any] | None = None) -> None:
        self._setting = setting or (lambda _key: None)

    def client(self) -> Client:
        """Return a client, to use as a context manager. Ctrl-C ends its waits.

        Raises:
            clickhouse_api.errors.ConfigurationError: key or secret are not set.
        """
        from clickhouse_api import Client
        from clickhouse_api.clock import interruptible_clock

        found = {name: self._setting(key) for key, name in VARIABLES.items()}
        configured = {name: str(value) for name, value in found.items() if value}
        clock = interruptible_clock(engine.sleep)
        return Client.from_env({**os.environ, **configured}, clock=clock)
