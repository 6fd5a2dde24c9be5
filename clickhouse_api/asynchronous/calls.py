"""The methods that the generated operations call, one for each type of response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from clickhouse_api.asynchronous.transport import AsyncTransport
from clickhouse_api.exchange import Operation, PathValue, QueryValue, Request
from clickhouse_api.results import Page, items_of, model_of, page_of, variant_of

if TYPE_CHECKING:  # pydantic is loaded with the first model that a program uses
    from clickhouse_api.base import RequestModel, ResponseModel

__all__ = ["AsyncCaller"]

Model = TypeVar("Model", bound="ResponseModel")

_NO_QUERY: Mapping[str, QueryValue] = {}


class AsyncCaller:
    """Sends a request and converts the response, in the way the operation needs."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def one(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
        result: type[Model],
    ) -> Model:
        """Return the `result` of the response as a model."""
        request = Request.build(operation, path, query, body)
        return model_of(await self._transport.send(request), result)

    async def any_of(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
        result: Any,
    ) -> Any:
        """Return the `result` of the response as the variant of a union that it fits."""
        request = Request.build(operation, path, query, body)
        return variant_of(await self._transport.send(request), result)

    async def page(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        result: Any,
    ) -> Page[Any]:
        """Return the `result` of the response as a page of items."""
        request = Request.build(operation, path, query, None)
        return page_of(await self._transport.send(request), result)

    async def items(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        result: Any,
    ) -> list[Any]:
        """Return the items of a response that is a list, not an object with `result`."""
        request = Request.build(operation, path, query, None)
        return items_of(await self._transport.send(request), result)

    async def text(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
    ) -> str:
        """Return the body of the response as a string: Prometheus text, PEM."""
        response = await self._transport.send(Request.build(operation, path, query, None))
        return response.text

    async def nothing(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
    ) -> None:
        """Send a request whose response has no result."""
        await self._transport.send(Request.build(operation, path, query, body))
