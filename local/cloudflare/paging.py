"""Lists in pages: `?page=` from 1, `?per_page=`, and an empty page after the last one.

Clients read such lists until a page is empty, so a server that ignores `page` never ends them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from local.cloudflare.errors import ApiError
from local.cloudflare.responses import answer

__all__ = ["answer_page"]

_DEFAULT_PER_PAGE = 20
_MAX_PER_PAGE = 1000


def answer_page(
    request: web.Request,
    items: Sequence[Any],
    *,
    shape: Callable[[list[Any]], object] = lambda page: page,
) -> web.Response:
    """Return the page of `items` that the query asks for, with `result_info`.

    Args:
        shape: builds the response's `result` from the page, where that is no plain list.
    Raises:
        ApiError: `page` or `per_page` is out of range or no whole number.
    """
    number = _whole(request, "page", default=1, most=None)
    size = _whole(request, "per_page", default=_DEFAULT_PER_PAGE, most=_MAX_PER_PAGE)
    page = list(items[(number - 1) * size : number * size])
    info = {
        "page": number,
        "per_page": size,
        "count": len(page),
        "total_count": len(items),
        "total_pages": -(-len(items) // size),
    }
    return answer(shape(page), result_info=info)


def _whole(request: web.Request, name: str, *, default: int, most: int | None) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1 or (most is not None and number > most):
        limit = "" if most is None else f" to {most}"
        raise ApiError.bad_request(f"'{name}' is '{text}'; it must be a number from 1{limit}.")
    return number
