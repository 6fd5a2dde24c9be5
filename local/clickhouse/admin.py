"""`/local/…`: what the vendor's API does not have, for tests and for looking at faults.

| request | does |
| --- | --- |
| `GET /local/faults` | shows what is wrong at present |
| `PUT /local/faults` | replaces it; fields as in `local.clickhouse.faults.Faults` |
| `DELETE /local/faults` | everything is well again |
| `POST /local/services/{id}/idle` | puts a running service to sleep now |

Same keys as the API, no rate limit.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from local.clickhouse.errors import ApiError, Conflict
from local.clickhouse.faults import Faults
from local.clickhouse.rate_limit import REQUESTS
from local.clickhouse.routes import Cloud, authenticated, error_response, json_body

__all__ = ["add_admin_routes"]

Json = Any


def add_admin_routes(application: web.Application, cloud: Cloud) -> None:
    """Serve `/local/…` beside the vendor's operations."""

    async def show_faults(_: web.Request) -> Json:
        return cloud.faults.to_json()

    async def replace_faults(request: web.Request) -> Json:
        _use(cloud, Faults.from_json(await json_body(request)))
        return cloud.faults.to_json()

    async def clear_faults(_: web.Request) -> Json:
        _use(cloud, Faults())
        return cloud.faults.to_json()

    async def put_to_sleep(request: web.Request) -> Json:
        service = cloud.fleet.find(request.match_info["id"])
        await service.become_idle()
        if service.state != "idle":
            raise Conflict(f"the service is {service.state}; a running one can become idle")
        return {"state": service.state}

    def route(method: str, path: str, act: Callable[[web.Request], Awaitable[Json]]) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                authenticated(cloud, request)
                return web.json_response(await act(request))
            except ApiError as error:
                return error_response(error, str(uuid.uuid4()))

        application.router.add_route(method, path, answer)

    route("GET", "/local/faults", show_faults)
    route("PUT", "/local/faults", replace_faults)
    route("DELETE", "/local/faults", clear_faults)
    route("POST", "/local/services/{id}/idle", put_to_sleep)


def _use(cloud: Cloud, faults: Faults) -> None:
    cloud.faults = faults
    asked = faults.requests_per_window
    cloud.limit.requests = REQUESTS if asked is None else asked
