"""Routes each request to its operation, after a check of the API token."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from local.cloudflare.cloud import API_PREFIX, CloudflareCloud
from local.cloudflare.errors import CloudflareError
from local.cloudflare.handlers import accounts, domains, scripts, versions
from local.cloudflare.responses import failure
from local.cloudflare.uploads import MAX_UPLOAD_BYTES
from local.processes.failure_log import log_failure

__all__ = ["make_application"]

Handler = Callable[[CloudflareCloud, web.Request], Awaitable[web.Response]]

_ACCOUNT = "/accounts/{account}"
_SCRIPT = _ACCOUNT + "/workers/scripts/{script}"
_SERVICE = _ACCOUNT + "/workers/services/{script}"
_DOMAINS = _ACCOUNT + "/workers/domains"

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/user", accounts.get_user),
    ("GET", "/user/tokens/verify", accounts.verify_token),
    ("GET", "/memberships", accounts.list_memberships),
    ("GET", "/zones", accounts.list_zones),
    ("GET", "/zones/{zone}", accounts.get_zone),
    ("GET", "/zones/{zone}/workers/routes", accounts.list_nothing),
    ("GET", "/accounts", accounts.list_accounts),
    ("GET", _ACCOUNT, accounts.get_account),
    ("GET", _ACCOUNT + "/tokens/verify", accounts.verify_token),
    ("GET", _ACCOUNT + "/storage/kv/namespaces", accounts.list_nothing),
    ("GET", _ACCOUNT + "/workers/subdomain", accounts.get_subdomain),
    ("GET", _ACCOUNT + "/workers/durable_objects/namespaces", scripts.list_namespaces),
    ("GET", _ACCOUNT + "/workers/scripts", scripts.list_scripts),
    ("PUT", _SCRIPT, scripts.put_script),
    ("GET", _SCRIPT, scripts.get_content),
    ("DELETE", _SCRIPT, scripts.delete_script),
    ("GET", _SCRIPT + "/content", scripts.get_content),
    ("GET", _SCRIPT + "/content/v2", scripts.get_content),
    ("GET", _SCRIPT + "/bindings", scripts.get_settings),
    ("GET", _SCRIPT + "/settings", scripts.get_settings),
    ("PATCH", _SCRIPT + "/settings", scripts.patch_settings),
    ("GET", _SCRIPT + "/script-settings", scripts.get_settings),
    ("PATCH", _SCRIPT + "/script-settings", scripts.patch_script_settings),
    ("GET", _SCRIPT + "/secrets", scripts.list_secrets),
    ("PUT", _SCRIPT + "/secrets", scripts.put_secret),
    ("GET", _SCRIPT + "/secrets/{secret}", scripts.get_secret),
    ("DELETE", _SCRIPT + "/secrets/{secret}", scripts.delete_secret),
    ("GET", _SCRIPT + "/subdomain", scripts.get_subdomain),
    ("POST", _SCRIPT + "/subdomain", scripts.set_subdomain),
    ("DELETE", _SCRIPT + "/subdomain", scripts.set_subdomain),
    ("GET", _SCRIPT + "/schedules", scripts.get_schedules),
    ("GET", _SCRIPT + "/references", scripts.get_references),
    ("GET", _ACCOUNT + "/workers/tails/by-consumer/{script}", accounts.list_nothing),
    ("GET", _ACCOUNT + "/workers/workers/{script}", scripts.get_worker),
    ("GET", _SCRIPT + "/versions", versions.list_versions),
    ("POST", _SCRIPT + "/versions", versions.create_version),
    ("GET", _SCRIPT + "/versions/{version}", versions.get_version),
    ("GET", _SCRIPT + "/deployments", versions.list_deployments),
    ("POST", _SCRIPT + "/deployments", versions.create_deployment),
    ("POST", _SCRIPT + "/domains/changeset", domains.domains_changeset),
    ("PUT", _SCRIPT + "/domains/records", domains.put_domain_records),
    ("GET", _SERVICE, scripts.get_service),
    ("GET", _SERVICE + "/environments/{environment}", scripts.get_service),
    ("GET", _SERVICE + "/environments/{environment}/settings", scripts.get_settings),
    ("GET", _SERVICE + "/environments/{environment}/bindings", scripts.get_settings),
    ("DELETE", _SERVICE, scripts.delete_script),
    ("GET", _DOMAINS, domains.list_domains),
    ("PUT", _DOMAINS, domains.put_domain),
    ("GET", _DOMAINS + "/records", domains.list_domains),
    ("GET", _DOMAINS + "/records/{domain}", domains.get_domain),
    ("GET", _DOMAINS + "/{domain}", domains.get_domain),
    ("DELETE", _DOMAINS + "/{domain}", domains.delete_domain),
)
_IDENTIFIER = re.compile(r"[0-9a-f]{32}")


def make_application(cloud: CloudflareCloud) -> web.Application:
    """Return an application that serves the API."""
    application = web.Application(client_max_size=MAX_UPLOAD_BYTES, middlewares=[_guard(cloud)])
    for method, path, handler in _ROUTES:
        application.router.add_route(method, API_PREFIX + path, _bound(handler, cloud))
    return application


def _bound(
    handler: Handler, cloud: CloudflareCloud
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return await handler(cloud, request)

    return handle


def _guard(cloud: CloudflareCloud) -> Callable[..., Awaitable[web.StreamResponse]]:
    """Check the token first, then turn every failure into the API's envelope."""

    @web.middleware
    async def guard(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            _authenticate(request, cloud)
            _check_account(request, cloud)
            return await handler(request)
        except CloudflareError as error:
            return failure(error)
        except web.HTTPRequestEntityTooLarge:
            return failure(CloudflareError(413, 10027, "The request body is too large."))
        except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
            path = request.path.removeprefix(API_PREFIX)
            return failure(CloudflareError.unknown_operation(request.method, path))
        except web.HTTPException:
            raise
        except Exception as error:
            # This is the outermost handler. Clients can handle a 500 in the API's envelope.
            log_failure(error)
            return failure(CloudflareError(500, 10013, "An unknown error has occurred."))

    return guard


def _authenticate(request: web.Request, cloud: CloudflareCloud) -> None:
    header = request.headers.get("Authorization")
    if header is None:
        raise CloudflareError.no_credentials()
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise CloudflareError.malformed_credentials()
    # aiohttp decodes bytes of a header that are not UTF-8 to surrogates.
    sent = token.strip().encode(errors="surrogateescape")
    if hmac.compare_digest(sent, cloud.identity.api_token.encode()):
        return
    if request.path == API_PREFIX + "/user/tokens/verify":
        raise CloudflareError(401, 1000, "Invalid API Token")
    raise CloudflareError.invalid_token()


def _check_account(request: web.Request, cloud: CloudflareCloud) -> None:
    account = request.match_info.get("account")
    if account is None or account == cloud.identity.account_id:
        return
    if not _IDENTIFIER.fullmatch(account):
        raise CloudflareError.unroutable(request.path)
    raise CloudflareError.foreign_account()
