"""`WorkersScript`: a Worker's code with its bindings and settings."""

from __future__ import annotations

import email.parser
import email.policy
import hashlib
import json
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.pulumi_resource_cloudflare import schema
from local.pulumi_resource_cloudflare.client import ApiFailure, Client
from local.pulumi_resource_cloudflare.differences import compare
from local.pulumi_resource_cloudflare.resources import Difference
from local.pulumi_resource_cloudflare.schema import Failure
from local.pulumi_resource_cloudflare.values import (
    UNKNOWN,
    Secret,
    copy_secrets,
    has_unknown,
    reveal,
)

__all__ = ["WorkersScript"]

_REPLACING = {"accountId", "scriptName"}
# Properties for which the API has a default.
_COMPUTED = {
    "bindings",
    "className",
    "compatibilityDate",
    "compatibilityFlags",
    "environment",
    "logpush",
    "namespaceId",
    "persist",
    "placement",
    "scriptName",
    "tailConsumers",
    "usageModel",
    "versionId",
}
_SETS = {"compatibilityFlags", "keepBindings", "tailConsumers"}
# Inputs that are not metadata of the upload.
_NOT_METADATA = {
    "accountId",
    "assets",
    "content",
    "contentFile",
    "contentSha256",
    "contentType",
    "files",
    "force",
    "scriptName",
}
_NOT_IMITATED = ("assets", "files")
# Settings whose default is in an upload's response.
_FILLED_IN = ("compatibilityFlags", "logpush", "tailConsumers", "usageModel")
# Settings that can change out of band, so a refresh shows them.
_REFRESHED = (
    "compatibilityDate",
    "compatibilityFlags",
    "limits",
    "logpush",
    "observability",
    "tailConsumers",
    "usageModel",
)
_BODY_PART = "script"


class WorkersScript:
    """See `Resource`. The id is the script's name."""

    token = "cloudflare:index/workersScript:WorkersScript"  # noqa: S105

    def check(self, values: Mapping[str, Any]) -> list[Failure]:
        """Return the errors in the combination of `content`, `contentFile` and `contentSha256`."""
        failures = [
            Failure(name, f"'{name}' is not emulated by this stand-in plugin")
            for name in _NOT_IMITATED
            if name in values
        ]
        content, file = values.get("content"), values.get("contentFile")
        if content is not None and file is not None:
            failures.append(Failure("contentFile", "'content' and 'contentFile' conflict"))
        if file is not None and values.get("contentSha256") is None:
            reason = "'contentSha256' must be given together with 'contentFile'"
            failures.append(Failure("contentSha256", reason))
        if not failures and not has_unknown([content, file, values.get("contentSha256")]):
            failures += _check_sha256(values)
        return failures

    def diff(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> list[Difference]:
        """Return the differences in the inputs, without the API's defaults."""
        names = [item.name for item in schema.inputs(self.token)]
        return compare(
            state, news, names=names, replacing=_REPLACING, computed=_COMPUTED, sets=_SETS
        )

    def planned(self, news: Mapping[str, Any], state: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the inputs. The properties that an upload sets are unknown."""
        stable = ("createdOn", "id")
        known = {} if state is None else {k: v for k, v in state.items() if k in stable}
        unknown = dict.fromkeys(("id", *schema.computed(self.token)), UNKNOWN)
        return {**unknown, **known, **_echo(news)}

    def create(self, client: Client, news: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Upload the script. Like the real provider, this overwrites an existing script."""
        return str(reveal(news["scriptName"])), self._upload(client, news)

    def update(
        self, client: Client, identifier: str, state: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Upload the script again."""
        del identifier, state
        return self._upload(client, news)

    def read(
        self,
        client: Client,
        identifier: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
        """Return the API's values. The values of secrets are from the state."""
        if not state:
            state, inputs = _import(identifier), {}
        try:
            fresh = self._read(client, state)
        except ApiFailure as error:
            if error.status == 404:
                return None
            raise
        names = {item.name for item in schema.inputs(self.token)}
        # An import has no inputs, so all properties that can be inputs are returned.
        seen = {k: v for k, v in fresh.items() if k in names and (k in inputs or not inputs)}
        return str(reveal(state["scriptName"])), fresh, _as_wanted(seen, inputs)

    def delete(self, client: Client, identifier: str, state: Mapping[str, Any]) -> None:
        """Delete the script with its Durable Objects."""
        del identifier
        force = "?force=true" if reveal(state.get("force")) else ""
        try:
            client.delete(_path(state) + force)
        except ApiFailure as error:
            if error.status != 404:
                raise

    def _upload(self, client: Client, news: Mapping[str, Any]) -> dict[str, Any]:
        plain = reveal(_echo(news))
        metadata = schema.to_api(
            self.token, {key: value for key, value in plain.items() if key not in _NOT_METADATA}
        )
        code = _content(plain)
        if plain.get("mainModule"):
            name, content_type = plain["mainModule"], "application/javascript+module"
        else:
            name, content_type = _BODY_PART, "application/javascript"
            metadata["body_part"] = _BODY_PART
        parts = [
            (name, name, plain.get("contentType") or content_type, code),
            ("metadata", None, "application/json", json.dumps(metadata).encode()),
        ]
        uploaded = client.upload(_path(news), parts)
        return _with_secret_texts(_with_script(_echo(news), uploaded))

    def _read(self, client: Client, state: Mapping[str, Any]) -> dict[str, Any]:
        account, name = reveal(state["accountId"]), reveal(state["scriptName"])
        service = client.get(f"/accounts/{account}/workers/services/{_quoted(name)}")
        settings = client.get(_path(state) + "/settings")
        content = _first_part(*client.content(_path(state) + "/content/v2"))
        fresh = _with_script(dict(state), service["default_environment"]["script"])
        known = schema.from_api(self.token, settings)
        for key in _REFRESHED:
            if known.get(key) not in (None, [], {}):
                fresh[key] = copy_secrets(known[key], state.get(key))
            elif key in fresh and key in _settings_names(settings):
                fresh.pop(key)
        placement = known.get("placement") or {}
        fresh.pop("placement", None)
        if placement.get("mode"):
            fresh["placement"] = placement
        fresh["bindings"] = _merged_bindings(known.get("bindings") or [], state.get("bindings"))
        if not fresh["bindings"] and not state.get("bindings"):
            fresh.pop("bindings")
        _refresh_content(fresh, content, state)
        return _with_secret_texts(fresh)


def _settings_names(settings: Mapping[str, Any]) -> set[str]:
    """Return the provider's names of the settings in a response, including nulls."""
    items = schema.inputs(WorkersScript.token)
    return {item.name for item in items if item.api in settings}


def _echo(news: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in news.items() if not key.startswith("__")}


def _with_script(state: dict[str, Any], script: Mapping[str, Any]) -> dict[str, Any]:
    """Return `state` with the API's values of a script's latest upload."""
    fields = {
        "createdOn": "created_on",
        "etag": "etag",
        "handlers": "handlers",
        "hasAssets": "has_assets",
        "hasModules": "has_modules",
        "lastDeployedFrom": "last_deployed_from",
        "migrationTag": "migration_tag",
        "modifiedOn": "modified_on",
        "namedHandlers": "named_handlers",
        "placementMode": "placement_mode",
        "placementStatus": "placement_status",
        "startupTimeMs": "startup_time_ms",
    }
    fresh = {name: script[key] for name, key in fields.items() if script.get(key) is not None}
    known = schema.from_api(WorkersScript.token, script)
    filled_in = {key: known[key] for key in _FILLED_IN if key in known and key not in state}
    # The official plugin's refresh and destroy read the id from the outputs.
    kept = {key: value for key, value in state.items() if key not in fields}
    return {**filled_in, **kept, **fresh, "id": reveal(state["scriptName"])}


def _merged_bindings(fresh: list[dict[str, Any]], state: Any) -> list[dict[str, Any]]:
    """Return the bindings as the official plugin's refresh does.

    A binding in the state is kept: the refresh does not detect that it was changed or deleted. The
    exception is a secret that the script no longer has, which is removed from the state. Bindings
    that only the API has are added, except secrets (`wrangler secret put`).
    Source: `UpdateSecretTextsFromState` of terraform-provider-cloudflare.
    """
    inner = (state.value if isinstance(state, Secret) else state) or []
    theirs, ours = {_key(binding) for binding in fresh}, {_key(reveal(old)) for old in inner}
    kept = [old for old in inner if not _is_secret(reveal(old)) or _key(reveal(old)) in theirs]
    return kept + [new for new in fresh if _key(new) not in ours and not _is_secret(new)]


def _key(binding: Mapping[str, Any]) -> tuple[str, str]:
    return (binding["type"], binding["name"])


def _is_secret(binding: Mapping[str, Any]) -> bool:
    return bool(binding["type"] == "secret_text")


def _with_secret_texts(state: dict[str, Any]) -> dict[str, Any]:
    """Return the state with each binding's text as a secret, for every type of binding."""
    bindings = state.get("bindings")
    if not isinstance(bindings, list):
        return state
    marked = []
    for binding in bindings:
        if isinstance(binding, dict) and "text" in binding:
            text = binding["text"]
            binding = {**binding, "text": text if isinstance(text, Secret) else Secret(text)}
        marked.append(binding)
    return {**state, "bindings": marked}


def _refresh_content(fresh: dict[str, Any], content: bytes, state: Mapping[str, Any]) -> None:
    if state.get("contentFile") is None:
        fresh["content"] = copy_secrets(content.decode(errors="replace"), state.get("content"))
    if state.get("contentSha256") is not None:
        fresh["contentSha256"] = hashlib.sha256(content).hexdigest()


def _as_wanted(seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of `seen` that are in the program's inputs."""
    cut: dict[str, Any] = {}
    for key, value in seen.items():
        cut[key] = _cut(value, wanted.get(key)) if wanted.get(key) is not None else value
    return cut


def _cut(value: Any, wanted: Any) -> Any:
    if isinstance(value, Secret):
        return Secret(_cut(value.value, wanted.value if isinstance(wanted, Secret) else wanted))
    if isinstance(wanted, Secret):
        return Secret(_cut(value, wanted.value))
    if isinstance(value, dict) and isinstance(wanted, dict):
        return {k: _cut(v, wanted.get(k)) for k, v in value.items() if k in wanted}
    if isinstance(value, list) and isinstance(wanted, list):
        padded = [*wanted, *([None] * len(value))]
        return [
            item if want is None else _cut(item, want)
            for item, want in zip(value, padded, strict=False)
        ]
    return value


def _check_sha256(values: Mapping[str, Any]) -> list[Failure]:
    wanted = reveal(values.get("contentSha256"))
    if wanted is None or (values.get("content") is None and values.get("contentFile") is None):
        return []
    plain = {key: reveal(values.get(key)) for key in ("content", "contentFile")}
    if not all(value is None or isinstance(value, str) for value in plain.values()):
        return []
    try:
        actual = hashlib.sha256(_content(plain)).hexdigest()
    except ApiFailure as error:
        return [Failure("contentFile", str(error))]
    if actual == wanted:
        return []
    reason = f"'contentSha256' is '{wanted}' and the content's SHA-256 hash is '{actual}'"
    return [Failure("contentSha256", reason)]


def _content(plain: Mapping[str, Any]) -> bytes:
    if plain.get("contentFile") is None:
        return str(plain.get("content") or "").encode()
    path = Path(plain["contentFile"]).expanduser()
    try:
        return path.read_bytes()
    except OSError as error:
        raise ApiFailure(0, f"'contentFile' {path} cannot be read: {error.strerror}") from None


def _first_part(content_type: str, body: bytes) -> bytes:
    """Return the main module: the first part of a form, or the whole body."""
    if not content_type.startswith("multipart/"):
        return body
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    first = next(message.iter_parts(), None)
    payload = first.get_payload(decode=True) if first is not None else b""
    return payload if isinstance(payload, bytes) else b""


def _import(identifier: str) -> dict[str, Any]:
    account, separator, name = identifier.partition("/")
    if not separator or not account or not name:
        raise ApiFailure(0, f"'{identifier}' is not of the form <account_id>/<script_name>")
    return {"accountId": account, "scriptName": name}


def _path(state: Mapping[str, Any]) -> str:
    account, name = reveal(state["accountId"]), reveal(state["scriptName"])
    return f"/accounts/{account}/workers/scripts/{_quoted(name)}"


def _quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")
