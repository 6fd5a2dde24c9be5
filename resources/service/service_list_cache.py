"""`ServiceListCache`: one list of services for all resources that a run is about to create.

Before a service is created, the existing services are listed: an interrupted run may have left an
unfinished one (see `ownership`). That service existed before this run began. So one list serves all
resources of the run that have no unfinished service. Ten services then cost 1 request instead of
20, and an API key may send 10 in 10 s. A resource that finds an unfinished service in the list, or
that has a create request in flight, requests another list.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from resources.base import pulumi_engine as engine

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["ServiceListCache", "service_lists"]

# A preview and its `up` may share a process, and the user may think for a while in between.
FRESH_SECONDS = 30.0


class ServiceListCache:
    """The latest list of each organization's services.

    Args:
        clock: monotonic seconds.
        run: returns an id of the run of `pulumi`; outside of a run, nothing is cached.
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
        """Return the services of an organization from a list that is at most 30 seconds old."""
        if not self._run():
            return client.service.instance_get_list(organization_id)
        key = self._run(), organization_id
        with self._lock:  # one of the threads that wait here sends the request
            listed, found = self._seen.get(key, (float("-inf"), ()))
            if self._clock() - listed > FRESH_SECONDS:
                listed = self._clock()
                found = client.service.instance_get_list(organization_id)
                self._seen[key] = listed, found
        return found


service_lists = ServiceListCache()
"""The cache of this process, which runs all dynamic resources of a `pulumi up`."""
