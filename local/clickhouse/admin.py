"""Serves `/local/…`: operations for tests that the vendor's API does not have.

| request | effect |
| --- | --- |
| `GET /local/faults` | shows the faults in use |
| `PUT /local/faults` | replaces the faults; fields as in `local.clickhouse.faults.Faults` |
| `DELETE /local/faults` | causes no more faults |
| `POST /local/services/{id}/idle` | makes a running service idle now |
| `POST /local/services/{id}/backups` | takes a backup of a service; responds when it is complete |
| `POST /local/invitations/{id}/accept` | adds the invited user to the members |
| `GET /local/counts` | services ever created; responses since the start by operation and status |
| `PUT /local/uploads/{id}` | checks the archive of a function, without storing it |

Requests need an API key, except uploads, which emulate a presigned URL. There is no rate limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from local.clickhouse.cloud import ClickHouseCloud
from local.clickhouse.errors import BadRequest, Conflict
from local.clickhouse.faults import Faults
from local.clickhouse.handlers.access import accept_invitation
from local.clickhouse.handlers.udf_archives import archive_contents
from local.clickhouse.rate_limit import REQUESTS
from local.clickhouse.routes import authenticated, json_body

__all__ = ["add_admin_routes"]

Json = Any


class AdminHandlers:
    """Handlers of `/local/…`, for one cloud."""

    def __init__(self, cloud: ClickHouseCloud) -> None:
        self.cloud = cloud
        self.responses: Counter[tuple[str, int]] = Counter()

    async def show_faults(self, _: web.Request) -> Json:
        """Return the faults in use."""
        return self.cloud.faults.to_json()

    async def replace_faults(self, request: web.Request) -> Json:
        """Use the faults of the request's body from now on."""
        return self._use(Faults.from_json(await json_body(request)))

    async def clear_faults(self, _: web.Request) -> Json:
        """Cause no more faults."""
        return self._use(Faults())

    async def make_idle(self, request: web.Request) -> Json:
        """Make a running service idle now."""
        service = self.cloud.services.find(request.match_info["id"])
        await service.become_idle()
        if service.state != "idle":
            raise Conflict(f"the service is {service.state}; a running one can become idle")
        return {"state": service.state}

    async def back_up(self, request: web.Request) -> Json:
        """Take a backup of a service and return its id after it is complete."""
        service = self.cloud.services.find(request.match_info["id"])
        if not service.record.fields["isPrimary"]:
            raise BadRequest("backups belong to the primary service of the warehouse")
        return await self.cloud.services.backups.take(service)

    async def accept(self, request: web.Request) -> Json:
        """Add the invited user to the members."""
        return accept_invitation(self.cloud.organization, request.match_info["id"])

    async def show_counts(self, _: web.Request) -> Json:
        """Return the number of services ever created, and of responses by operation and status."""
        created = len(self.cloud.services.list()) + len(self.cloud.organization.deleted_services)
        shown = [{"operation": o, "status": s, "count": n} for (o, s), n in self.responses.items()]
        return {"services_created": created, "responses": shown}

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Check the archive of a function and store the result. The archive is not stored."""
        organization, upload_id = self.cloud.organization, request.match_info["id"]
        archives = organization.parts.get("udfArchives", {})
        if upload_id not in archives:
            return web.Response(status=404)
        # Read in chunks: `request.read` has the limit of the API's bodies.
        chunks = [chunk async for chunk in request.content.iter_any()]
        archives[upload_id] = archive_contents(b"".join(chunks))
        organization.save()
        return web.Response()

    def _use(self, faults: Faults) -> Json:
        self.cloud.faults = faults
        limit = faults.requests_per_window
        self.cloud.limit.requests = REQUESTS if limit is None else limit
        return faults.to_json()


_ROUTES: tuple[tuple[str, str, Callable[[AdminHandlers, web.Request], Awaitable[Json]]], ...] = (
    ("GET", "/local/faults", AdminHandlers.show_faults),
    ("PUT", "/local/faults", AdminHandlers.replace_faults),
    ("DELETE", "/local/faults", AdminHandlers.clear_faults),
    ("POST", "/local/services/{id}/idle", AdminHandlers.make_idle),
    ("POST", "/local/services/{id}/backups", AdminHandlers.back_up),
    ("POST", "/local/invitations/{id}/accept", AdminHandlers.accept),
    ("GET", "/local/counts", AdminHandlers.show_counts),
)


def add_admin_routes(application: web.Application, cloud: ClickHouseCloud) -> None:
    """Serve `/local/…` in addition to the API's operations."""
    handlers = AdminHandlers(cloud)
    for method, path, act in _ROUTES:
        application.router.add_route(method, path, _authenticating(cloud, partial(act, handlers)))
    application.router.add_route("PUT", "/local/uploads/{id}", handlers.upload)
    # The outermost middleware, so that it also counts the responses that the next middleware
    # creates from exceptions.
    application.middlewares.insert(0, _counting(handlers.responses))


def _authenticating(
    cloud: ClickHouseCloud, act: Callable[[web.Request], Awaitable[Json]]
) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        authenticated(cloud, request)
        return web.json_response(await act(request))

    return handle


def _counting(responses: Counter[tuple[str, int]]) -> Middleware:
    """Count the API's responses. A response that a fault dropped is counted with its status."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        resource = request.match_info.route.resource
        if request.path.startswith("/v1/") and resource is not None:
            responses[f"{request.method} {resource.canonical}", response.status] += 1
        return response

    return count
