"""Versions and deployments: upload first, deploy later, as wrangler does."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from local.cloudflare.cloud import CloudflareCloud
from local.cloudflare.deploys import add_version, deploy_version
from local.cloudflare.errors import CloudflareError
from local.cloudflare.paging import page_response
from local.cloudflare.responses import success, version_json
from local.cloudflare.state import Script
from local.cloudflare.uploads import read_json, read_upload

__all__ = [
    "create_deployment",
    "create_version",
    "get_version",
    "list_deployments",
    "list_versions",
]


async def create_version(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Upload a version without deploying it."""
    name = request.match_info["script"]
    cloud.script(name)
    version = await add_version(cloud, name, await read_upload(request), source="wrangler")
    return success(version_json(version))


async def list_versions(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the stored versions, the newest first."""
    script = cloud.script(request.match_info["script"])
    found = [version_json(version) for version in reversed(script.versions)]
    return page_response(request, found, shape=lambda page: {"items": page})


async def get_version(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return one version."""
    script = cloud.script(request.match_info["script"])
    for version in script.versions:
        if version.id == request.match_info["version"]:
            return success(version_json(version))
    raise CloudflareError(404, 10222, "This version does not exist.")


async def list_deployments(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Return the current deployment. Earlier deployments are not stored."""
    return success({"deployments": [_deployment(cloud.script(request.match_info["script"]))]})


async def create_deployment(cloud: CloudflareCloud, request: web.Request) -> web.Response:
    """Deploy one version at 100 %."""
    name = request.match_info["script"]
    cloud.script(name)
    versions = (await read_json(request)).get("versions")
    if not isinstance(versions, list) or not versions or not isinstance(versions[0], dict):
        raise CloudflareError.bad_request("'versions' must be a list of {version_id, percentage}.")
    if len(versions) > 1 or versions[0].get("percentage") != 100:
        raise CloudflareError.not_emulated("A gradual deployment")
    script = await deploy_version(cloud, name, str(versions[0].get("version_id")))
    return success(_deployment(script))


def _deployment(script: Script) -> dict[str, Any]:
    return {
        "id": script.deployment_id,
        "source": script.deployed.source,
        "strategy": "percentage",
        "author_email": "",
        "created_on": script.modified_on,
        "annotations": script.deployed.settings.get("annotations", {}),
        "versions": [{"version_id": script.deployed_id, "percentage": 100}],
    }
