"""Convert the response to an operation into a model, a page or a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from clickhouse_api.exchange import Response

if TYPE_CHECKING:  # pydantic is loaded with the first model that a program uses
    from pydantic import TypeAdapter

    from clickhouse_api.base import ResponseModel

__all__ = ["Page", "all_pages", "items_of", "model_of", "page_of", "variant_of"]

Model = TypeVar("Model", bound="ResponseModel")
Item = TypeVar("Item")


class Page(list[Item], Generic[Item]):
    """A list from the API, with the paging fields of its response.

    Attributes:
        next_cursor: pass it as `cursor` to get the next page. None on the last page, and for lists
            without pages.
        total_count: number of items on all pages, if the API returned it.
        limit: maximum number of items on a page, if the API returned it.
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


def all_pages(get_page: Callable[..., Page[Item]]) -> list[Item]:
    """Return the items of all pages of a list.

    Args:
        get_page: a list operation; it is called with `cursor` for each page after the first.
    """
    page = get_page()
    items = list(page)
    while page.next_cursor:
        page = get_page(cursor=page.next_cursor)
        items += page
    return items


def model_of(response: Response, model: type[Model]) -> Model:
    """Return the `result` of the response as a model."""
    read: Model = _read(response, model, response.result() or {})
    read._api_request_id = response.request_id
    return read


def variant_of(response: Response, union: Any) -> Any:
    """Return the `result` of the response as the variant of a union that it fits."""
    from clickhouse_api.base import ResponseModel

    read = _read(response, union, response.result() or {})
    if isinstance(read, ResponseModel):
        read._api_request_id = response.request_id
    return read


def page_of(response: Response, item: Any) -> Page[Any]:
    """Return the `result` of the response as a page of items."""
    envelope = response.json() or {}
    return Page(
        _read(response, list[item], response.result() or []),
        next_cursor=envelope.get("nextCursor"),
        total_count=envelope.get("totalCount"),
        limit=envelope.get("limit"),
        api_request_id=response.request_id,
    )


def items_of(response: Response, item: Any) -> list[Any]:
    """Return the items of a response that is a list, not an object with `result`."""
    items: list[Any] = _read(response, list[item], response.json())
    return items


def _read(response: Response, shape: Any, value: Any) -> Any:
    """Validate a value. Only another JSON type, such as a string for an object, fails."""
    from pydantic import ValidationError

    try:
        return _adapter(shape).validate_python(value)
    except ValidationError as error:
        # The error is not chained: its message contains the value, which may contain a password.
        why = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise response.unreadable(f"its result does not match the OpenAPI spec ({why})") from None


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(shape)
