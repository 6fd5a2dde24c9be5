"""Returns lists in pages: `?page=` from 1, `?per_page=`, and an empty page after the last one.

Clients read a list until a page is empty. If a server ignored `page`, a client would never stop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from local.cloudflare.errors import CloudflareError
from local.cloudflare.responses import success

__all__ = ["page_response"]

_DEFAULT_PER_PAGE = 20
_MAX_PER_PAGE = 1000


def page_response(
    request: web.Request,
    items: Sequence[Any],
    *,
    shape: Callable[[list[Any]], object] = lambda page: page,
) -> web.Response:
    """Return the page of `items` that the query selects, with `result_info`.

    Args:
        shape: builds the response's `result` from the page, if the result is no plain list.
    Raises:
        CloudflareError: `page` or `per_page` is out of range or not a whole number.
    """
    number = _whole_number(request, "page", default=1, most=None)
    size = _whole_number(request, "per_page", default=_DEFAULT_PER_PAGE, most=_MAX_PER_PAGE)
    page = list(items[(number - 1) * size : number * size])
    info = {
        "page": number,
        "per_page": size,
        "count": len(page),
        "total_count": len(items),
        "total_pages": -(-len(items) // size),
    }
    return success(shape(page), result_info=info)


def _whole_number(request: web.Request, name: str, *, default: int, most: int | None) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1 or (most is not None and number > most):
        limit = "" if most is None else f" to {most}"
        raise CloudflareError.bad_request(
            f"'{name}' is '{text}'; it must be a number from 1{limit}."
        )
    return number
