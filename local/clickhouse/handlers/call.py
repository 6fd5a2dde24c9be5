"""The argument of a handler and the types of its result."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.clickhouse.errors import BadRequest, FailedDependency
from local.clickhouse.faults import Faults
from local.clickhouse.key_ring import KeyRing, StoredKey
from local.clickhouse.openapi_spec import OpenApiSpec, Operation
from local.clickhouse.service import QUERYABLE, LocalService
from local.clickhouse.service_registry import ServiceRegistry
from local.clickhouse.state import LocalOrganization

__all__ = ["Call", "Handler", "Page", "Text", "page_of"]

Json = Any


@dataclass(frozen=True)
class Call:
    """One authenticated request that fits the OpenAPI spec.

    Attributes:
        path: values of the path's placeholders.
        query: values of the query parameters, with the types of the spec.
        body: whole numbers are ints, also if the client sent `8.0`.
        key: the API key of the request.
        origin: scheme, host and port that the client used.
    """

    organization: LocalOrganization
    keys: KeyRing
    services: ServiceRegistry
    key: StoredKey
    path: Mapping[str, str]
    query: Mapping[str, Json] = field(default_factory=dict)
    body: Json = None
    spec: OpenApiSpec = field(kw_only=True)
    operation: Operation = field(kw_only=True)
    faults: Faults = field(kw_only=True)
    origin: str = field(kw_only=True)

    def fitted(self, value: Json, *, each: bool = False) -> Json:
        """Return a value as this operation returns it; with `each`, as an item of its list."""
        return self.spec.fitted(self.operation, value, each=each)

    @property
    def service(self) -> LocalService:
        """Return the service in the path."""
        return self.services.find(self.path["serviceId"])

    def require_running(self) -> None:
        """Check that the service in the path runs.

        Raises:
            FailedDependency: the service does not run; the error says whether it can be woken.
        """
        if self.service.state not in QUERYABLE:
            raise FailedDependency(self.service.state)


@dataclass(frozen=True)
class Page:
    """A result with additional fields in the envelope."""

    result: Json
    fields: Mapping[str, Json]


@dataclass(frozen=True)
class Text:
    """A response that is not JSON and has no envelope."""

    text: str
    content_type: str = "text/plain"


# A handler returns the `result` of the response, or None to omit it.
Handler = Callable[[Call], Awaitable[Json | Page | Text | None]]


def page_of(items: Sequence[Json], query: Mapping[str, Json]) -> tuple[list[Json], dict[str, Json]]:
    """Return the part of a list that `limit` and `cursor` select, and fields for the envelope."""
    limit, start = query.get("limit", 250), _offset(query.get("cursor"))
    end = start + limit
    following = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else None
    return list(items[start:end]), {"limit": limit, "nextCursor": following}


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    try:
        offset = int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error):
        offset = -1
    if offset < 0:
        raise BadRequest("cursor: this API has not returned it")
    return offset
