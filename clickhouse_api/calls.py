"""What the generated operations call: one method for each kind of answer, sync and async."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from clickhouse_api.exchange import Answer, Operation, PathValue, QueryValue, Request
from clickhouse_api.transport import AsyncTransport, Transport

if TYPE_CHECKING:  # pydantic is loaded with the first model that a program uses
    from pydantic import TypeAdapter

    from clickhouse_api.base import RequestModel, ResponseModel

__all__ = ["AsyncCaller", "Caller", "Operation", "Page"]

Model = TypeVar("Model", bound="ResponseModel")
Item = TypeVar("Item")

_NO_QUERY: Mapping[str, QueryValue] = {}


class Page(list[Item], Generic[Item]):
    """A list as the API gave it, with what stood beside it.

    Attributes:
        next_cursor: pass it as `cursor` to get the next page; None on the last, and for lists
            that come whole.
        total_count: number of things on all pages, if the API said.
        limit: most things a page holds, if the API said.
        api_request_id: the API's id of the request.
    """

    def __init__(
        self,
        items: Sequence[Item] = (),
        *,
        next_cursor: str | None = None,
        total_count: int | None = None,
        limit: int | None = None,
        api_request_id: str | None = None,
    ) -> None:
        super().__init__(items)
        self.next_cursor = next_cursor
        self.total_count = total_count
        self.limit = limit
        self.api_request_id = api_request_id


class Caller:
    """Builds requests, sends them and reads the answers."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def one(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
        answer: type[Model],
    ) -> Model:
        """The envelope's `result` as a model."""
        return _one(self._transport.send(Request.build(operation, path, query, body)), answer)

    def any_of(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
        answer: Any,
    ) -> Any:
        """The envelope's `result` as whichever variant of a union it is."""
        return _any_of(self._transport.send(Request.build(operation, path, query, body)), answer)

    def page(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        answer: Any,
    ) -> Page[Any]:
        """The envelope's `result` as a list."""
        return _page(self._transport.send(Request.build(operation, path, query, None)), answer)

    def items(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        answer: Any,
    ) -> list[Any]:
        """A list that came without an envelope."""
        return _items(self._transport.send(Request.build(operation, path, query, None)), answer)

    def text(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
    ) -> str:
        """The body as it came: Prometheus text, PEM."""
        return self._transport.send(Request.build(operation, path, query, None)).text

    def nothing(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
    ) -> None:
        """An operation that is done when it is answered."""
        self._transport.send(Request.build(operation, path, query, body))


class AsyncCaller:
    """Builds requests, sends them and reads the answers, to be awaited."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def one(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
        answer: type[Model],
    ) -> Model:
        """The envelope's `result` as a model."""
        return _one(await self._transport.send(Request.build(operation, path, query, body)), answer)

    async def any_of(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
        answer: Any,
    ) -> Any:
        """The envelope's `result` as whichever variant of a union it is."""
        request = Request.build(operation, path, query, body)
        return _any_of(await self._transport.send(request), answer)

    async def page(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        answer: Any,
    ) -> Page[Any]:
        """The envelope's `result` as a list."""
        request = Request.build(operation, path, query, None)
        return _page(await self._transport.send(request), answer)

    async def items(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        answer: Any,
    ) -> list[Any]:
        """A list that came without an envelope."""
        request = Request.build(operation, path, query, None)
        return _items(await self._transport.send(request), answer)

    async def text(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
    ) -> str:
        """The body as it came: Prometheus text, PEM."""
        return (await self._transport.send(Request.build(operation, path, query, None))).text

    async def nothing(
        self,
        operation: Operation,
        *,
        path: Sequence[PathValue] = (),
        query: Mapping[str, QueryValue] = _NO_QUERY,
        body: RequestModel | None = None,
    ) -> None:
        """An operation that is done when it is answered."""
        await self._transport.send(Request.build(operation, path, query, body))


def _one(answer: Answer, model: type[Model]) -> Model:
    read: Model = _read(answer, model, answer.result() or {})
    read._api_request_id = answer.request_id
    return read


def _any_of(answer: Answer, union: Any) -> Any:
    from clickhouse_api.base import ResponseModel

    read = _read(answer, union, answer.result() or {})
    if isinstance(read, ResponseModel):
        read._api_request_id = answer.request_id
    return read


def _page(answer: Answer, item: Any) -> Page[Any]:
    envelope = answer.json() or {}
    return Page(
        _read(answer, list[item], answer.result() or []),
        next_cursor=envelope.get("nextCursor"),
        total_count=envelope.get("totalCount"),
        limit=envelope.get("limit"),
        api_request_id=answer.request_id,
    )


def _items(answer: Answer, item: Any) -> list[Any]:
    items: list[Any] = _read(answer, list[item], answer.json())
    return items


def _read(answer: Answer, shape: Any, value: Any) -> Any:
    """Validate; only a value of an altogether different kind (text for an object) can fail."""
    from pydantic import ValidationError

    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        # Not chained: the cause's text would hold the value, which may hold a password.
        why = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise answer.unreadable(f"its result is not what is documented ({why})") from None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(shape)
