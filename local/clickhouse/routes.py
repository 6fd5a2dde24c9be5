"""From an HTTP request to its handler: key, limit, faults, document, handler, envelope.

Every answer is `{status, requestId, result}` or `{status, requestId, error}`.
"""

from __future__ import annotations

import json
import math
import sys
import traceback
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from local.clickhouse.cloud import ClickHouseCloud
from local.clickhouse.errors import (
    ApiError,
    BadRequest,
    Forbidden,
    NotFound,
    NotImplementedHere,
    ServerError,
)
from local.clickhouse.faults import AnswerLost
from local.clickhouse.handlers import HANDLERS, Call, Page, Text
from local.clickhouse.key_ring import ApiKey
from local.clickhouse.openapi_spec import Operation

__all__ = ["api", "authenticated", "error_response", "json_body", "unknown_path"]

Json = Any
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

_BODY_BYTES = 1 << 20


def api(cloud: ClickHouseCloud) -> web.Application:
    """The vendor's operations; what else this cloud serves is added by its caller."""
    application = web.Application(client_max_size=_BODY_BYTES)
    # Fixed paths before those with placeholders, as `…/clickpipes/context`.
    ordered = sorted(cloud.spec.operations.values(), key=lambda o: (o.path.count("{"), o.path))
    for operation in ordered:
        application.router.add_route(operation.method, operation.path, _answering(cloud, operation))
    return application


def authenticated(cloud: ClickHouseCloud, request: web.Request) -> ApiKey:
    """The key of a request.

    Raises:
        ApiError: it has none, or none that may be used here.
    """
    key = cloud.keys.authenticate(
        request.headers.get("Authorization"), request.remote or "127.0.0.1"
    )
    if set(key.roles) == {"query_endpoints"}:
        raise Forbidden("The API key is for query endpoints only")
    return key


def error_response(error: ApiError, request_id: str) -> web.Response:
    """The envelope of a refusal."""
    body = {"status": error.status, "requestId": request_id, "error": error.text, **error.beside}
    return web.json_response(body, status=error.status, headers=error.headers)


async def unknown_path(request: web.Request) -> web.StreamResponse:
    """For whatever the document does not have."""
    error = NotFound(f"{request.method} {request.path} is not an operation of this API")
    return error_response(error, str(uuid.uuid4()))


async def json_body(request: web.Request) -> Json:
    """The request's JSON, whole numbers as ints; None where there is no body.

    Raises:
        BadRequest: it is not JSON.
    """
    raw = await request.read()
    if not raw.strip():
        return None
    try:
        return json.loads(raw, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"the body is not JSON: {error}") from None


def _answering(cloud: ClickHouseCloud, operation: Operation) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        request_id = str(uuid.uuid4())
        try:
            return await _carry_out(cloud, operation, request, request_id)
        except ApiError as error:
            return error_response(error, request_id)
        except AnswerLost:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        except Exception:
            # The outermost place: the vendor's clients know what to do with a 500 in its envelope.
            traceback.print_exc()
            return error_response(ServerError("Internal server error"), request_id)

    return answer


async def _carry_out(
    cloud: ClickHouseCloud, operation: Operation, request: web.Request, request_id: str
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
    if path.get("organizationId", cloud.organization.id) != cloud.organization.id:
        raise NotFound(f"Organization {path['organizationId']} was not found")
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
    response = _response(cloud, operation, await handler(call), request_id)
    return web.Response() if await cloud.faults.after(operation.id) else response


def _response(
    cloud: ClickHouseCloud, operation: Operation, result: Json | Page | Text | None, request_id: str
) -> web.Response:
    if isinstance(result, Text):
        return web.Response(text=result.text, content_type=result.content_type)
    # One operation answers with a bare list, as Prometheus wants it.
    bare = isinstance(result, list) and (operation.answer or {}).get("type") == "array"
    envelope = result if bare else _envelope(result, operation.status, request_id)
    if cloud.check_answers:
        _check_answer(cloud, operation, envelope)
    return web.json_response(envelope, status=operation.status)


def _envelope(result: Json | Page | None, status: int, request_id: str) -> Json:
    envelope = {"status": status, "requestId": request_id}
    if isinstance(result, Page):
        return {**envelope, "result": result.result, **result.beside}
    return envelope if result is None else {**envelope, "result": result}


def _path(cloud: ClickHouseCloud, operation: Operation, request: web.Request) -> dict[str, str]:
    values = dict(request.match_info)
    for name, value in values.items():
        if name == "serviceId" and cloud.spec.wrong_parameter(operation, name, value):
            raise BadRequest("Invalid service id string")
        _, schema, _ = operation.parameters[name]
        _refuse(cloud.spec.wrong_parameter(operation, name, _typed([value], schema)))
    return values


def _query(cloud: ClickHouseCloud, operation: Operation, request: web.Request) -> dict[str, Json]:
    values: dict[str, Json] = {}
    for name in dict.fromkeys(request.query):
        where, schema, _ = operation.parameters.get(name, ("", None, False))
        if where != "query":
            raise BadRequest(f"unknown query parameter {name!r}")
        values[name] = _typed(request.query.getall(name), schema)
        _refuse(cloud.spec.wrong_parameter(operation, name, values[name]))
    for name, (where, _, required) in operation.parameters.items():
        if where == "query" and required and name not in values:
            raise BadRequest(f"query parameter {name!r} is required")
    return values


def _typed(texts: list[str], schema: Json) -> Json:
    """Query parameters are text; the document says what they mean."""
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
    _refuse(cloud.spec.wrong_body(operation, body))
    return body


def _refuse(wrong: str | None) -> None:
    if wrong is not None:
        raise BadRequest(wrong)


def _check_answer(cloud: ClickHouseCloud, operation: Operation, envelope: Json) -> None:
    wrong = cloud.spec.wrong_answer(operation, envelope)
    if wrong is not None:
        print(f"{operation.id}: answer does not fit the document: {wrong}", file=sys.stderr)
        raise ServerError(f"the answer of {operation.id} does not fit the document: {wrong}")


def _number(text: str) -> int | float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return int(number) if number.is_integer() else number


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not a JSON number")
