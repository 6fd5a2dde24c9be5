"""Custom domains: hostnames that are attached to scripts."""

from __future__ import annotations

import re
import uuid
from typing import Any

from aiohttp import web

from local.cloudflare.cloud import CloudflareCloud
from local.cloudflare.errors import CloudflareError
from local.cloudflare.responses import domain_json, success
from local.cloudflare.state import CloudflareAccount, Domain, new_id
from local.cloudflare.uploads import read_json

__all__ = [
    "delete_domain",
    "domains_changeset",
    "get_domain",
    "list_domains",
    "put_domain",
    "put_domain_records",
]

# At most one label before the zone, as in the local certificate's wildcard.
_HOSTNAME = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)?localhost")


async def list_domains(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the attached hostnames that match the query."""
    found = [domain_json(domain, cloud.identity) for domain in cloud.account.domains.values()]
    for key in ("hostname", "service", "environment", "zone_id", "zone_name"):
        if key in request.query:
            found = [domain for domain in found if domain[key] == request.query[key]]
    return success(found)


async def get_domain(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return one attached hostname."""
    return success(domain_json(_domain(cloud, request), cloud.identity))


async def put_domain(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Attach a hostname to a script.

    Raises:
        CloudflareError: the hostname is attached to another script, and the request does not
            override that.
    """
    body = await read_json(request)
    async with cloud.changing() as account:
        domain = _attach(cloud, account, body)
        _check_free(account, domain, override=body.get("override_existing_origin") is True)
        if account.domains.get(domain.id) != domain:
            await cloud.commit(account.with_domain(domain))
    return success(domain_json(domain, cloud.identity))


async def delete_domain(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Detach a hostname."""
    async with cloud.changing() as account:
        domain = _domain(cloud, request)
        await cloud.commit(account.without_domain(domain.id))
    return success(None)


async def domains_changeset(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the changes that `put_domain_records` would make. wrangler shows them first."""
    name, (_, wanted) = request.match_info["script"], await _origins(request)
    hostnames = {str(origin.get("hostname")).lower() for origin in wanted}
    attached = {domain.hostname: domain for domain in cloud.account.domains.values()}
    newest = [domain for hostname, domain in attached.items() if hostname in hostnames]
    gone = [d for d in attached.values() if d.service == name and d.hostname not in hostnames]
    return success(
        {
            "added": [o for o in wanted if str(o.get("hostname")).lower() not in attached],
            "removed": [domain_json(domain, cloud.identity) for domain in gone],
            "updated": [
                {**domain_json(domain, cloud.identity), "modified": domain.service != name}
                for domain in newest
            ],
            # DNS records that conflict with a hostname; this cloud has no DNS.
            "conflicting": [],
        }
    )


async def put_domain_records(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Attach the given hostnames to the script, and detach its other hostnames.

    Raises:
        CloudflareError: a hostname is attached to another script, and the request does not
            override that.
    """
    name, (options, wanted) = request.match_info["script"], await _origins(request)
    async with cloud.changing() as account:
        cloud.script(name)
        domains = [_attach(cloud, account, {**origin, "service": name}) for origin in wanted]
        for domain in domains:
            _check_free(account, domain, override=bool(options.get("override_existing_origin")))
        after = account
        for mine in [d for d in account.domains.values() if d.service == name]:
            after = after.without_domain(mine.id)
        for domain in domains:
            after = after.with_domain(domain)
        if after != account:
            await cloud.commit(after)
    return success(None)


def _domain(cloud: CloudflareCloud, request: web.Request) -> Domain:
    domain = cloud.account.domains.get(request.match_info["domain"])
    if domain is None:
        raise CloudflareError(404, 10007, "This Worker domain does not exist on your account.")
    return domain


def _attach(cloud: CloudflareCloud, account: CloudflareAccount, body: dict[str, Any]) -> Domain:
    hostname, service = body.get("hostname"), body.get("service")
    if not isinstance(hostname, str) or not isinstance(service, str):
        raise CloudflareError.bad_request("'hostname' and 'service' must be given, as strings.")
    for key, value in (("zone_id", cloud.identity.zone_id), ("zone_name", "localhost")):
        if body.get(key) not in (None, "", value):
            raise CloudflareError.bad_request(f"There is no zone with {key} '{body[key]}'.")
    if body.get("environment") not in (None, "", "production"):
        raise CloudflareError.not_emulated(f"The environment '{body['environment']}'")
    hostname = hostname.lower()
    if not _HOSTNAME.fullmatch(hostname):
        raise CloudflareError.bad_request(
            f"Hostname '{hostname}' is not in the zone: it must be 'localhost' or one "
            "label followed by '.localhost'."
        )
    if service not in account.scripts:
        raise CloudflareError.no_script()
    former = next((d for d in account.domains.values() if d.hostname == hostname), None)
    return Domain(
        id=former.id if former else new_id(),
        hostname=hostname,
        service=service,
        environment="production",
        cert_id=former.cert_id if former else str(uuid.uuid4()),
    )


def _check_free(account: CloudflareAccount, domain: Domain, *, override: bool) -> None:
    """Reject a hostname of another script, with Cloudflare's error message.

    Source: https://github.com/alchemy-run/alchemy-async/pull/1384 quotes the response.
    """
    former = account.domains.get(domain.id)
    if former is None or former.service == domain.service or override:
        return
    raise CloudflareError(
        409,
        100116,
        f"Hostname '{domain.hostname}' already in use by other custom domain. Either delete it, "
        "try a different hostname, or use the option 'override_existing_origin' to override.",
    )


async def _origins(request: web.Request) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the options and hostnames of a request: a list, or an object with `origins`."""
    try:
        value = await request.json()
    except ValueError:
        raise CloudflareError.bad_request("The request body is not valid JSON.") from None
    options = value if isinstance(value, dict) else {}
    origins = options.get("origins") if options else value
    if not isinstance(origins, list) or not all(isinstance(origin, dict) for origin in origins):
        raise CloudflareError.bad_request("The request body must list objects with a 'hostname'.")
    return options, origins
