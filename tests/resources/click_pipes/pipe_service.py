"""A running service of the local control plane, and the pipes that tests create in it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

from clickhouse_api import Client, models
from clickhouse_api.limiter import RateLimit
from local.stack.paths import StackPaths
from resources.click_pipes.click_pipe_steps import PipeSteps
from tests.support.cloud_apis import ControlPlane

__all__ = ["KAFKA", "POSTGRES", "Service"]

KAFKA = {"kafka": {"format": "JSONEachRow", "brokers": "b:9092", "topics": "t"}}
POSTGRES = {
    "postgres": {
        "host": "h",
        "port": 5432,
        "database": "d",
        "settings": {"replication_mode": "cdc"},
        "table_mappings": [
            {"source_schema_name": "public", "source_table": "a", "target_table": "a"}
        ],
    }
}
NAMES = (f"pipe {number}" for number in itertools.count())


class Service:
    """A running service. Creates pipes in it."""

    def __init__(self, layout: StackPaths) -> None:
        self.plane = ControlPlane(layout)
        cloud = self.plane.cloud
        self.client = Client(
            key_id=cloud["key_id"],
            key_secret=cloud["key_secret"],
            base_url=cloud["url"],
            state_dir=layout.state / "limits",
            rate_limit=RateLimit(requests=100_000),
        )
        self.organization_id = cloud["organization_id"]
        body = {"name": "s", "provider": "aws", "region": "us-east-1", "ipAccessList": []}
        self.id = self.plane.organization("POST", "services", body)["service"]["id"]
        self.until("running")

    def until(self, state: str) -> None:
        """Wait until the service has a state."""
        while self.plane.organization("GET", f"services/{self.id}")["state"] != state:
            time.sleep(0.05)

    def faults(self, **faults: Any) -> None:
        """Set faults, and turn off the rate limit."""
        self.plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})

    def idle(self) -> None:
        """Make the service idle."""
        self.plane.request("POST", f"/local/services/{self.id}/idle")

    def pipe(
        self, source: dict[str, Any], *, on_sleep: Callable[[float], None] = lambda _now: None
    ) -> PipeSteps:
        """Create a pipe. Its steps sleep without delay and report the time to `on_sleep`."""
        destination = {"database": "d"} if source is POSTGRES else {"database": "d", "table": "t"}
        name = next(NAMES)
        request = models.ClickPipePostRequest.model_validate(
            {"name": name, "source": source, "destination": destination}
        )
        created = self.client.click_pipes.click_pipe_create(self.organization_id, self.id, request)
        props = {"organization_id": self.organization_id, "service_id": self.id, "name": name}
        now = 0.0

        def sleep(seconds: float) -> None:
            nonlocal now
            now += seconds
            on_sleep(now)

        return PipeSteps(
            self.client, props, str(created.id), lambda _message: None, lambda: now, sleep
        )
