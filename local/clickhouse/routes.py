"""Serves each operation of the OpenAPI spec: key, limit, faults, parameters, handler, envelope.

Every response is `{status, requestId, result}` or `{status, requestId, error}`.
"""

from __future__ import annotations

import json
import math
import sys
import uuid
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from local.clickhouse.cloud import ClickHouseCloud
from local.clickhouse.errors import (
    BadRequest,
    ControlPlaneError,
    Forbidden,
    NotFound,
    NotImplementedHere,
    ServerError,
)
from local.clickhouse.faults import ResponseLost
from local.clickhouse.handlers import HANDLERS, Call, Page, Text
from local.clickhouse.key_ring import StoredKey
from local.clickhouse.openapi_spec import Operation
from local.processes.failure_log import log_failure

__all__ = ["authenticated", "json_body", "make_application", "reject_unknown_path"]

Json = Any

_BODY_BYTES = 1 << 20
# The lists that are empty in the organizations that `Faults.other_organizations` adds.
_SERVICE_LISTS = ("instanceGetList", "postgresServiceGetList")


def make_application(cloud: ClickHouseCloud) -> web.Application:
    """Return an application that serves the OpenAPI spec's operations."""
    application = web.Application(client_max_size=_BODY_BYTES, middlewares=[_guard])
    # Fixed paths before those with placeholders: `…/clickpipes/context`.
    ordered = sorted(cloud.spec.operations.values(), key=lambda o: (o.path.count("{"), o.path))
    for operation in ordered:
        application.router.add_route(operation.method, operation.path, _bound(cloud, operation))
    return application


def authenticated(cloud: ClickHouseCloud, request: web.Request) -> StoredKey:
    """Return the API key of a request.

    Raises:
        ControlPlaneError: the request has no key, or a key that this API does not accept.
    """
    key = cloud.keys.authenticate(
        request.headers.get("Authorization"), request.remote or "127.0.0.1"
    )
    if set(key.roles) == {"query_endpoints"}:
        raise Forbidden("The API key is for query endpoints only")
    return key


async def reject_unknown_path(request: web.Request) -> web.StreamResponse:
    """Respond to a path that is not in the OpenAPI spec."""
    raise NotFound(f"{request.method} {request.path} is not an operation of this API")


async def json_body(request: web.Request) -> Json:
    """Return the JSON value of a request's body, with whole numbers as ints; None without a body.

    Raises:
        BadRequest: the body is not JSON.
    """
    raw = await request.read()
    if not raw.strip():
        return None
    try:
        return json.loads(raw, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}") from None


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into the API's envelope."""
    try:
        return await handler(request)
    except ControlPlaneError as error:
        return _error_response(error)
    except ResponseLost:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    except web.HTTPException:
        raise
    except Exception as error:
        # This is the outermost handler. Clients can handle a 500 in the API's envelope.
        log_failure(error)
        return _error_response(ServerError("Internal server error"))


def _error_response(error: ControlPlaneError) -> web.Response:
    body = {"status": error.status, "requestId": _new_request_id(), "error": error.text}
    return web.json_response({**body, **error.fields}, status=error.status, headers=error.headers)


def _new_request_id() -> str:
    return str(uuid.uuid4())


def _bound(cloud: ClickHouseCloud, operation: Operation) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await _carry_out(cloud, operation, request)

    return handle


async def _carry_out(
    cloud: ClickHouseCloud, operation: Operation, request: web.Request
) -> web.StreamResponse:
    key = authenticated(cloud, request)
    cloud.limit.take(key.id)
    cloud.faults.before(operation.id)
    path = _path(cloud, operation, request)
    query = _query(cloud, operation, request)
    body = await _body(cloud, operation, request)
    handler = HANDLERS.get(operation.id)
    if handler is None:
        raise NotImplementedHere(
            f"the local cloud does not have the operation {operation.id} yet; ClickHouse Cloud does"
        )
    organization_id = path.get("organizationId", cloud.organization.id)
    if organization_id != cloud.organization.id:
        if (
            operation.id in _SERVICE_LISTS
            and organization_id in cloud.faults.other_organization_ids()
        ):
            return _response(cloud, operation, [])
        raise NotFound(f"Organization {organization_id} was not found")
    call = Call(
        cloud.organization,
        cloud.keys,
        cloud.services,
        key,
        path,
        query,
        body,
        spec=cloud.spec,
        operation=operation,
        faults=cloud.faults,
        origin=str(request.url.origin()),
    )
    response = _response(cloud, operation, await handler(call))
    return web.Response() if await cloud.faults.after(operation.id) else response


def _response(
    cloud: ClickHouseCloud, operation: Operation, result: Json | Page | Text | None
) -> web.Response:
    if isinstance(result, Text):
        return web.Response(text=result.text, content_type=result.content_type)
    # One operation returns a list without envelope, as Prometheus requires it.
    bare = isinstance(result, list) and (operation.response or {}).get("type") == "array"
    envelope = result if bare else _envelope(result, operation.status)
    if cloud.check_responses:
        _check_response(cloud, operation, envelope)
    return web.json_response(envelope, status=operation.status)


def _envelope(result: Json | Page | None, status: int) -> Json:
    envelope = {"status": status, "requestId": _new_request_id()}
    if isinstance(result, Page):
        return {**envelope, "result": result.result, **result.fields}
    return envelope if result is None else {**envelope, "result": result}


def _path(cloud: ClickHouseCloud, operation: Operation, request: web.Request) -> dict[str, str]:
    values = dict(request.match_info)
    for name, value in values.items():
        if name == "serviceId" and cloud.spec.parameter_fault(operation, name, value):
            raise BadRequest("Invalid service id string")
        _, schema, _ = operation.parameters[name]
        _reject(cloud.spec.parameter_fault(operation, name, _typed([value], schema)))
    return values


def _query(cloud: ClickHouseCloud, operation: Operation, request: web.Request) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for name in dict.fromkeys(request.query):
        where, schema, _ = operation.parameters.get(name, ("", None, False))
        if where != "query":
            raise BadRequest(f"unknown query parameter {name!r}")
        values[name] = _typed(request.query.getall(name), schema)
        _reject(cloud.spec.parameter_fault(operation, name, values[name]))
    for name, (where, _, required) in operation.parameters.items():
        if where == "query" and required and name not in values:
            raise BadRequest(f"query parameter {name!r} is required")
    return values


def _typed(texts: list[str], schema: Json) -> Json:
    """Convert the strings of a parameter to the type in its schema."""
    kind = schema.get("type")
    if kind == "array":
        return texts
    text = texts[-1]
    if kind == "integer" and text.lstrip("-").isdigit():
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


async def _body(cloud: ClickHouseCloud, operation: Operation, request: web.Request) -> Json:
    try:
        body = await json_body(request)
    except web.HTTPRequestEntityTooLarge:
        raise BadRequest(f"the body is larger than {_BODY_BYTES} bytes") from None
    if operation.body is None:
        return None
    body = {} if body is None else body
    _reject(cloud.spec.body_fault(operation, body))
    return body


def _reject(fault: str | None) -> None:
    if fault is not None:
        raise BadRequest(fault)


def _check_response(cloud: ClickHouseCloud, operation: Operation, envelope: Json) -> None:
    fault = cloud.spec.response_fault(operation, envelope)
    if fault is not None:
        message = f"the response of {operation.id} does not fit the OpenAPI spec: {fault}"
        print(message, file=sys.stderr)
        raise ServerError(message)


def _number(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return int(number) if number.is_integer() else number


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not a JSON number")
