"""`DurableObjectClass`: the storage of a Workers script, declared exactly once.

`WorkersScript` of pulumi-cloudflare sends its `migrations` with every upload, and Cloudflare
rejects (10079) a migration whose tag is already applied. So every later upload would fail, and also
the first one if `pulumi up` was killed during the upload. Therefore the script is uploaded without
migrations, and this resource declares the class beforehand. It reads the script's migration tag,
and uploads a placeholder script with the migration only if the script has no tag.

Requests: `GET …/workers/services/{script}`, `PUT` and `DELETE …/workers/scripts/{script}`. The API
token is read from the Pulumi config or the environment and is not an input.

A change of the account, script or class replaces the resource. Its deletion also deletes the
script, if the script still exists. Normally the script no longer exists, because it depends on its
storage and is deleted first.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pulumi
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
)

from resources.base import pulumi_engine as engine
from resources.base.checker import is_known
from resources.base.errors import ResourceError, one_line
from resources.base.provider import Provider

__all__ = ["DurableObjectClass", "DurableObjectClassProvider"]

REPLACES = ("account_id", "script_name", "class_name")
MIGRATION_TAG = "v1"
DEFAULT_URL = "https://api.cloudflare.com/client/v4"
_TIMEOUT_SECONDS = 60.0
# Exports the class, because the migration requires it. Every request gets status 503.
_PLACEHOLDER = """\
import {{ DurableObject }} from "cloudflare:workers";
export class {class_name} extends DurableObject {{}}
export default {{ fetch() {{ return new Response("not deployed yet", {{ status: 503 }}); }} }};
"""
_MODULE = "placeholder.js"
# Cloudflare rejects a token of an invalid format with status 400 and this code.
_INVALID_HEADER_CODE = 6003
# The first compatibility date with `cloudflare:workers`. The real script has another date.
_COMPATIBILITY_DATE = "2024-09-23"


class CredentialsRejected(ResourceError):
    """Cloudflare rejected the API token, or the token lacks a right."""


class DurableObjectClassProvider(Provider):
    """Uploads the placeholder only if the script has no migration tag."""

    def configure(self, req: ConfigureRequest) -> None:
        """Read the token and the address of the Cloudflare API."""
        super().configure(req)
        get = req.config.get
        self._token = get("cloudflareApiToken") or os.environ.get("CLOUDFLARE_API_TOKEN", "")
        url = get("cloudflareBaseUrl") or os.environ.get("CLOUDFLARE_API_BASE_URL")
        self._url = str(url or DEFAULT_URL).rstrip("/")

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Before a create, read the tag, so that an invalid token fails in the preview."""
        failures = []
        if not olds and is_known(news):
            try:
                self._migration_tag(news)
            except ResourceError as error:
                failures.append(CheckFailure("", str(error)))
        return CheckResult(news, failures)

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        """Report a replacement for every change.

        Another class of the same script is created after the deletion of the old one, because the
        deletion also deletes the script.
        """
        replaces = [name for name in REPLACES if olds.get(name) != news.get(name)]
        return DiffResult(
            changes=bool(replaces),
            replaces=replaces,
            delete_before_replace=replaces == ["class_name"],
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Declare the class, unless an interrupted run has declared it."""
        tag = self._migration_tag(props)
        if tag is None:
            self._declare(props)
        elif tag != MIGRATION_TAG:
            raise ResourceError(
                f"Workers script {props['script_name']} has the migration tag {tag!r}, "
                f"allowed: {MIGRATION_TAG!r} or none; it belongs to another project, so choose "
                "another workerName"
            )
        return CreateResult(f"{props['script_name']}/{props['class_name']}", props)

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """Report the class as deleted if the script has no migration tag.

        The state is kept if Cloudflare rejects the credentials.
        """
        try:
            tag = self._migration_tag(props)
        except CredentialsRejected as error:
            message = f"DurableObjectClass {resource_id!r} was not read, its state is kept: {error}"
            engine.warn(engine.urn_in(props), message)
            return ReadResult(resource_id, props)
        return ReadResult("", {}) if tag is None else ReadResult(resource_id, props)

    def delete(self, _id: str, props: dict[str, Any]) -> None:
        """Delete the script, if it still exists."""
        self._request("DELETE", f"{_scripts(props)}/{props['script_name']}?force=true")

    def _migration_tag(self, props: dict[str, Any]) -> str | None:
        """Return the tag of the script's last migration, or None without a migration or script."""
        account, script = props["account_id"], props["script_name"]
        service = self._request("GET", f"/accounts/{account}/workers/services/{script}") or {}
        deployed = (service.get("default_environment") or {}).get("script") or {}
        return deployed.get("migration_tag") or None

    def _declare(self, props: dict[str, Any]) -> None:
        metadata = {
            "main_module": _MODULE,
            "compatibility_date": _COMPATIBILITY_DATE,
            "migrations": {
                "new_tag": MIGRATION_TAG,
                "new_sqlite_classes": [props["class_name"]],
            },
        }
        code = _PLACEHOLDER.format(class_name=props["class_name"])
        files = {
            "metadata": (None, json.dumps(metadata), "application/json"),
            _MODULE: (_MODULE, code, "application/javascript+module"),
        }
        self._request("PUT", f"{_scripts(props)}/{props['script_name']}", files=files)

    def _request(self, method: str, path: str, **arguments: Any) -> Any:
        """Send a request. Return its `result`, or None if the object does not exist."""
        import httpx

        doing = f"Cloudflare: {method} {path.partition('?')[0]}"
        if not self._token:
            raise ResourceError(f"{doing}: no API token, set CLOUDFLARE_API_TOKEN")
        if not re.fullmatch(r"[!-~]+", self._token):
            # Checked here, because the error of httpx contains the value of the header.
            raise ResourceError(
                f"{doing}: CLOUDFLARE_API_TOKEN has a character that a token cannot have, "
                "allowed: visible ASCII characters without spaces"
            )
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            response = httpx.request(
                method, self._url + path, headers=headers, timeout=_TIMEOUT_SECONDS, **arguments
            )
            body = response.json() if response.content else {}
        except (httpx.TransportError, ValueError) as error:
            raise ResourceError(f"{doing}: no usable response: {one_line(error)}") from error
        if response.status_code == 404:
            return None
        if response.is_error:
            raise api_error(doing, response.status_code, body.get("errors") or [])
        return body.get("result")


class DurableObjectClass(Resource, module="telemetry", name="DurableObjectClass"):
    """A Durable Object class with SQLite storage, and a script that contains it."""

    script_name: pulumi.Output[str]
    """Name of the script. An upload to this output's value waits until the class exists."""
    class_name: pulumi.Output[str]
    """Name of the class that the script exports."""

    def __init__(
        self,
        resource_name: str,
        *,
        account_id: pulumi.Input[str],
        script_name: pulumi.Input[str],
        class_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {"account_id": account_id, "script_name": script_name, "class_name": class_name}
        super().__init__(DurableObjectClassProvider(), resource_name, props, opts)


def api_error(doing: str, status: int, errors: list[dict[str, Any]]) -> ResourceError:
    """Return the exception for a response with an error. `doing` is the request."""
    messages = "; ".join(str(entry.get("message")) for entry in errors)
    codes = {entry.get("code") for entry in errors}
    rejected = status in (401, 403) or _INVALID_HEADER_CODE in codes
    error = CredentialsRejected if rejected else ResourceError
    return error(f"{doing}: {status} {messages}")


def _scripts(props: dict[str, Any]) -> str:
    return f"/accounts/{props['account_id']}/workers/scripts"
