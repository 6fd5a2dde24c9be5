"""API tokens, the user, the account and its zone."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from local.cloudflare.cloud import CloudflareCloud
from local.cloudflare.errors import CloudflareError
from local.cloudflare.paging import page_response
from local.cloudflare.responses import success, zone_json

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
    """Return that the token is valid. `routes` has already rejected invalid tokens."""
    message = {"code": 10000, "message": "This API Token is valid and active", "type": None}
    return success({"id": cloud.identity.token_id, "status": "active"}, messages=[message])


async def get_user(cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """Return the token's owner."""
    return success({"id": cloud.identity.user_id, "email": _EMAIL, "username": "local"})


async def list_accounts(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return a list with the only account."""
    return page_response(request, [_account(cloud)])


async def get_account(cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """Return the only account."""
    return success(_account(cloud))


async def list_memberships(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the user's membership, which wrangler reads to find the account."""
    membership = {
        "id": cloud.identity.user_id,
        "status": "accepted",
        "account": _account(cloud),
        "roles": ["Administrator"],
    }
    return page_response(request, [membership])


async def list_zones(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the only zone if it matches the query, or else an empty list."""
    zone = zone_json(cloud.identity)
    wanted = {
        "name": zone["name"],
        "account.id": cloud.identity.account_id,
        "account.name": zone["account"]["name"],
        "status": zone["status"],
    }
    # An operator may precede the value: `name=contains:foo`. Only equality is emulated.
    fits = all(
        request.query[key].removeprefix("equal:") == value
        for key, value in wanted.items()
        if key in request.query
    )
    return page_response(request, [zone] if fits else [])


async def get_zone(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the only zone."""
    if request.match_info["zone"] != cloud.identity.zone_id:
        raise CloudflareError.unroutable(request.path)
    return success(zone_json(cloud.identity))


async def get_subdomain(_cloud: CloudflareCloud, _request: web.Request) -> web.Response:
    """Return the account's name under workers.dev, where no Worker is served."""
    return success({"subdomain": "local"})


async def list_nothing(_cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return an empty list, for objects that clients list and this cloud does not emulate."""
    return page_response(request, [])


def _account(cloud: CloudflareCloud) -> dict[str, Any]:
    return {
        "id": cloud.identity.account_id,
        "name": "Local account",
        "type": "standard",
        "settings": {"enforce_twofactor": False},
        "created_on": cloud.identity.created_on,
    }
