"""One list of services for all that a run is about to create, instead of two for each.

Before a service is made, the services there are must be seen: an interrupted run may have left one
(see `ownership`). What such a run left was there before this one began, so one list tells all of
them that there is nothing; ten services cost 1 request and not 20 of the 10 that a key has in 10 s.
Whoever finds something in it, or has a creating request of its own in the air, asks anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from resources.base import pulumi_engine as engine

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["Lists", "lists"]

# A preview and its `up` may share a process, with somebody's thinking in between.
FRESH_SECONDS = 30.0


class Lists:
    """The latest list of each organization's services.

    Args:
        clock: monotonic seconds.
        run: names the run of `pulumi`; outside of one nothing is shared.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        run: Callable[[], str] = engine.run,
    ) -> None:
        self._clock = clock
        self._run = run
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], tuple[float, Sequence[models.Service]]] = {}

    def services(self, client: Client, organization_id: str) -> Sequence[models.Service]:
        """The services of an organization, as they were at some time in the last half minute."""
        if not self._run():
            return client.service.instance_get_list(organization_id)
        key = self._run(), organization_id
        with self._lock:  # many ask at once: one of them asks the API
            asked, found = self._seen.get(key, (float("-inf"), ()))
            if self._clock() - asked > FRESH_SECONDS:
                asked = self._clock()
                found = client.service.instance_get_list(organization_id)
                self._seen[key] = asked, found
        return found


lists = Lists()
"""Of this process: a run's dynamic resources all live in one."""
