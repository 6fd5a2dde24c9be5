"""What a handler is given, and what it may answer with."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.clickhouse.errors import BadRequest, FailedDependency
from local.clickhouse.faults import Faults
from local.clickhouse.key_ring import ApiKey, KeyRing
from local.clickhouse.openapi_spec import OpenApiSpec, Operation
from local.clickhouse.service import ANSWERING, Service
from local.clickhouse.service_registry import ServiceRegistry
from local.clickhouse.state import Organization

__all__ = ["Call", "Handler", "Page", "Text", "page_of"]

Json = Any


@dataclass(frozen=True)
class Call:
    """One request that was authenticated and fits the document.

    Attributes:
        path: values of the path's placeholders.
        query: with the document's types.
        body: whole numbers are ints, also where the client wrote `8.0`.
        key: whose request it is.
        origin: scheme, host and port that the client used.
    """

    organization: Organization
    keys: KeyRing
    services: ServiceRegistry
    key: ApiKey
    path: Mapping[str, str]
    query: Mapping[str, Json] = field(default_factory=dict)
    body: Json = None
    spec: OpenApiSpec = field(kw_only=True)
    operation: Operation = field(kw_only=True)
    faults: Faults = field(kw_only=True)
    origin: str = field(kw_only=True)

    def fitted(self, thing: Json, *, each: bool = False) -> Json:
        """A thing as this operation shows it; with `each`, as an item of its list."""
        return self.spec.fitted(self.operation, thing, each=each)

    @property
    def service(self) -> Service:
        """The service in the path."""
        return self.services.find(self.path["serviceId"])

    def require_running(self) -> None:
        """The service in the path has to run.

        Raises:
            FailedDependency: it does not; says whether it can be woken.
        """
        if self.service.state not in ANSWERING:
            raise FailedDependency(self.service.state)


@dataclass(frozen=True)
class Page:
    """A result with fields beside it in the envelope."""

    result: Json
    beside: Mapping[str, Json]


@dataclass(frozen=True)
class Text:
    """An answer that is not JSON and has no envelope."""

    text: str
    content_type: str = "text/plain"


# The answer's `result`; None leaves it out.
Handler = Callable[[Call], Awaitable[Json | Page | Text | None]]


def page_of(items: Sequence[Json], query: Mapping[str, Json]) -> tuple[list[Json], dict[str, Json]]:
    """The part of a list that `limit` and `cursor` ask for, and the fields that go beside it."""
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
        raise BadRequest("cursor: not one that this API gave")
    return offset
