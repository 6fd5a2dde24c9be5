"""Custom domains: which hostname leads to which script."""

from __future__ import annotations

import re
import uuid
from typing import Any

from aiohttp import web

from local.cloudflare.answers import answer, domain_json
from local.cloudflare.cloud import Cloud
from local.cloudflare.errors import ApiError
from local.cloudflare.state import Account, Domain, new_id
from local.cloudflare.uploads import read_json

__all__ = [
    "delete_domain",
    "domains_changeset",
    "get_domain",
    "list_domains",
    "put_domain",
    "put_domain_records",
]

# One label below the zone: what the local certificate's wildcard covers.
_HOSTNAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)?localhost")


async def list_domains(cloud: Cloud, request: web.Request) -> web.Response:
    """The attached hostnames that fit the query."""
    found = [domain_json(domain, cloud.identity) for domain in cloud.account.domains.values()]
    for key in ("hostname", "service", "environment", "zone_id", "zone_name"):
        if key in request.query:
            found = [domain for domain in found if domain[key] == request.query[key]]
    return answer(found, paged=True)


async def get_domain(cloud: Cloud, request: web.Request) -> web.Response:
    """One attached hostname."""
    return answer(domain_json(_domain(cloud, request), cloud.identity))


async def put_domain(cloud: Cloud, request: web.Request) -> web.Response:
    """Attach a hostname to a script, or lead an attached one to another script."""
    body = await read_json(request)
    async with cloud.changing() as account:
        domain = _attach(cloud, account, body)
        if account.domains.get(domain.id) != domain:
            await cloud.commit(account.with_domain(domain))
    return answer(domain_json(domain, cloud.identity))


async def delete_domain(cloud: Cloud, request: web.Request) -> web.Response:
    """Detach a hostname."""
    async with cloud.changing() as account:
        domain = _domain(cloud, request)
        await cloud.commit(account.without_domain(domain.id))
    return answer(None)


async def domains_changeset(cloud: Cloud, request: web.Request) -> web.Response:
    """What `put_domain_records` would change; wrangler asks before it does."""
    name, wanted = request.match_info["script"], await _origins(request)
    mine = [domain for domain in cloud.account.domains.values() if domain.service == name]
    hostnames = {origin.get("hostname") for origin in wanted}
    others = {d.hostname: d for d in cloud.account.domains.values() if d.service != name}
    kept = {domain.hostname for domain in mine}
    return answer(
        {
            "added": [origin for origin in wanted if origin.get("hostname") not in kept],
            "removed": [
                domain_json(d, cloud.identity) for d in mine if d.hostname not in hostnames
            ],
            "updated": [
                {**domain_json(domain, cloud.identity), "modified": False}
                for domain in mine
                if domain.hostname in hostnames
            ],
            "conflicting": [
                domain_json(others[hostname], cloud.identity)
                for hostname in hostnames
                if hostname in others
            ],
        }
    )


async def put_domain_records(cloud: Cloud, request: web.Request) -> web.Response:
    """Make the given hostnames, and no others, lead to the script."""
    name, wanted = request.match_info["script"], await _origins(request)
    async with cloud.changing() as account:
        cloud.script(name)
        after = account
        for domain in account.domains.values():
            if domain.service == name:
                after = after.without_domain(domain.id)
        for origin in wanted:
            after = after.with_domain(_attach(cloud, account, {**origin, "service": name}))
        if after != account:
            await cloud.commit(after)
    return answer(None)


def _domain(cloud: Cloud, request: web.Request) -> Domain:
    domain = cloud.account.domains.get(request.match_info["domain"])
    if domain is None:
        raise ApiError(404, 10007, "This Worker domain does not exist on your account.")
    return domain


def _attach(cloud: Cloud, account: Account, body: dict[str, Any]) -> Domain:
    hostname, service = body.get("hostname"), body.get("service")
    if not isinstance(hostname, str) or not isinstance(service, str):
        raise ApiError.bad_request("'hostname' and 'service' must be given, as strings.")
    for key, value in (("zone_id", cloud.identity.zone_id), ("zone_name", "localhost")):
        if body.get(key) not in (None, "", value):
            raise ApiError.bad_request(f"There is no zone with {key} '{body[key]}'.")
    if body.get("environment") not in (None, "", "production"):
        raise ApiError.not_imitated(f"The environment '{body['environment']}'")
    hostname = hostname.lower()
    if not _HOSTNAME.fullmatch(hostname):
        raise ApiError.bad_request(
            f"Hostname '{hostname}' does not lie in the zone: it must be 'localhost' or one "
            "label followed by '.localhost'."
        )
    if service not in account.scripts:
        raise ApiError.no_script()
    former = next((d for d in account.domains.values() if d.hostname == hostname), None)
    return Domain(
        id=former.id if former else new_id(),
        hostname=hostname,
        service=service,
        environment="production",
        cert_id=former.cert_id if former else str(uuid.uuid4()),
    )


async def _origins(request: web.Request) -> list[dict[str, Any]]:
    """The hostnames of a request: wrangler sends a list, or an object that holds it."""
    value = await request.json()
    origins = value.get("origins") if isinstance(value, dict) else value
    if not isinstance(origins, list) or not all(isinstance(origin, dict) for origin in origins):
        raise ApiError.bad_request("A list of {hostname} is expected.")
    return origins
