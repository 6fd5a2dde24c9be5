"""Who is asking: tokens, the user, the account and its zone."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from local.cloudflare.cloud import CloudflareCloud
from local.cloudflare.errors import ApiError
from local.cloudflare.paging import answer_page
from local.cloudflare.responses import answer, zone_json

__all__ = [
    "get_account",
    "get_subdomain",
    "get_user",
    "get_zone",
    "list_accounts",
    "list_memberships",
    "list_nothing",
    "list_zones",
    "verify_token",
]

_EMAIL = "local@localhost"


async def verify_token(cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """Getting here means the token is good."""
    message = {"code": 10000, "message": "This API Token is valid and active", "type": None}
    return answer({"id": cloud.identity.token_id, "status": "active"}, messages=[message])


async def get_user(cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """The token's owner."""
    return answer({"id": cloud.identity.user_id, "email": _EMAIL, "username": "local"})


async def list_accounts(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """The one account."""
    return answer_page(request, [_account(cloud)])


async def get_account(cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """The one account."""
    return answer(_account(cloud))


async def list_memberships(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """The user's place in the one account; wrangler finds the account by this."""
    membership = {
        "id": cloud.identity.user_id,
        "status": "accepted",
        "account": _account(cloud),
        "roles": ["Administrator"],
    }
    return answer_page(request, [membership])


async def list_zones(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """The zones that fit the query: the one, or none."""
    zone = zone_json(cloud.identity)
    wanted = {
        "name": zone["name"],
        "account.id": cloud.identity.account_id,
        "account.name": zone["account"]["name"],
        "status": zone["status"],
    }
    # An operator may precede the value: `name=contains:foo`; equality is the only one here.
    fits = all(
        request.query[key].removeprefix("equal:") == value
        for key, value in wanted.items()
        if key in request.query
    )
    return answer_page(request, [zone] if fits else [])


async def get_zone(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """The one zone."""
    if request.match_info["zone"] != cloud.identity.zone_id:
        raise ApiError.unroutable(request.path)
    return answer(zone_json(cloud.identity))


async def get_subdomain(_cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """The account's name under workers.dev, where nothing answers."""
    return answer({"subdomain": "local"})


async def list_nothing(_cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """For lists that clients read on their way and that hold nothing here."""
    return answer_page(request, [])


def _account(cloud: CloudflareCloud) -> dict[str, Any]:
    return {
        "id": cloud.identity.account_id,
        "name": "Local account",
        "type": "standard",
        "settings": {"enforce_twofactor": False},
        "created_on": cloud.identity.created_on,
    }
