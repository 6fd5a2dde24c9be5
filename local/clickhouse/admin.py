"""`/local/…`: what the vendor's API does not have, for tests and for looking at faults.

| request | does |
| --- | --- |
| `GET /local/faults` | shows what is wrong at present |
| `PUT /local/faults` | replaces it; fields as in `local.clickhouse.faults.Faults` |
| `DELETE /local/faults` | everything is well again |
| `POST /local/services/{id}/idle` | puts a running service to sleep now |
| `POST /local/services/{id}/backups` | takes a backup of a service now; answers when it is done |
| `POST /local/invitations/{id}/accept` | makes a member of who was invited |
| `GET /local/counts` | services ever created, answers since the start by operation and status |
| `PUT /local/uploads/{id}` | takes a function's archive, looks into it and forgets it |

Same keys as the API, no rate limit; an upload needs no key, as a presigned address needs none.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from local.clickhouse.cloud import ClickHouseCloud
from local.clickhouse.errors import ApiError, BadRequest, Conflict
from local.clickhouse.faults import Faults
from local.clickhouse.handlers.access import accept_invitation
from local.clickhouse.handlers.udf_archives import archive_contents
from local.clickhouse.rate_limit import REQUESTS
from local.clickhouse.routes import authenticated, error_response, json_body

__all__ = ["add_admin_routes"]

Json = Any


def add_admin_routes(application: web.Application, cloud: ClickHouseCloud) -> None:
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
        service = cloud.services.find(request.match_info["id"])
        await service.become_idle()
        if service.state != "idle":
            raise Conflict(f"the service is {service.state}; a running one can become idle")
        return {"state": service.state}

    async def back_up(request: web.Request) -> Json:
        service = cloud.services.find(request.match_info["id"])
        if not service.record.fields["isPrimary"]:
            raise BadRequest("backups belong to the primary service of the warehouse")
        return await cloud.services.backups.take(service)

    async def accept(request: web.Request) -> Json:
        return accept_invitation(cloud.organization, request.match_info["id"])

    answers: Counter[tuple[str, int]] = Counter()

    async def show_counts(_: web.Request) -> Json:
        created = len(cloud.services.list()) + len(cloud.organization.gone_services)
        shown = [{"operation": o, "status": s, "count": n} for (o, s), n in answers.items()]
        return {"services_created": created, "answers": shown}

    async def take_upload(request: web.Request) -> web.StreamResponse:
        archives = cloud.organization.parts.get("udfArchives", {})
        if request.match_info["id"] not in archives:
            return web.Response(status=404)
        # By the piece: the API's limit for a body is not that of an upload.
        pieces = [piece async for piece in request.content.iter_any()]
        archives[request.match_info["id"]] = archive_contents(b"".join(pieces))
        cloud.organization.save()
        return web.Response()

    application.router.add_route("PUT", "/local/uploads/{id}", take_upload)

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
    route("POST", "/local/services/{id}/backups", back_up)
    route("POST", "/local/invitations/{id}/accept", accept)
    route("GET", "/local/counts", show_counts)
    application.middlewares.append(_counting(answers))


def _counting(answers: Counter[tuple[str, int]]) -> Middleware:
    """Counts what the API answered; one that got lost counts as what it would have been."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        resource = request.match_info.route.resource
        if request.path.startswith("/v1/") and resource is not None:
            answers[f"{request.method} {resource.canonical}", response.status] += 1
        return response

    return count


def _use(cloud: ClickHouseCloud, faults: Faults) -> None:
    cloud.faults = faults
    asked = faults.requests_per_window
    cloud.limit.requests = REQUESTS if asked is None else asked
