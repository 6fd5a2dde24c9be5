"""Checks and resolves bindings, and removes secrets from them for responses."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Sequence

from local.cloudflare.errors import CloudflareError
from local.cloudflare.state import Binding

__all__ = ["MODULE_TYPES", "known_binding", "module_name", "resolve", "shown", "with_secret"]

# Content type of a part -> field of `Worker.Module` in workerd's configuration.
MODULE_TYPES = {
    "application/javascript+module": "esModule",
    "application/javascript": "commonJsModule",
    "text/javascript+module": "esModule",
    "text/javascript": "commonJsModule",
    "application/json": "json",
    "application/octet-stream": "data",
    "application/wasm": "wasm",
    "text/plain": "text",
}

# Type of binding -> required fields.
_REQUIRED = {
    "plain_text": ("text",),
    "secret_text": ("text",),
    "json": ("json",),
    "durable_object_namespace": ("class_name",),
    "service": ("service",),
    "inherit": (),
    "version_metadata": (),
}
_HIDDEN = "secret_text"
# Types of environment variables, and their limits in the Workers Paid plan:
# https://developers.cloudflare.com/workers/platform/limits/#environment-variables
_VARIABLES = ("plain_text", "secret_text", "json")
_MAX_VARIABLES = 128
_MAX_VARIABLE_BYTES = 5 * 1024


def module_name(name: str) -> str:
    """Return the name by which modules import a part: wrangler sends `./x.wasm` for `x.wasm`."""
    return posixpath.normpath(name)


def known_binding(value: object) -> Binding:
    """Check one binding of an upload's metadata.

    Raises:
        CloudflareError: the binding has no name or type, lacks a field, or its type is not
            emulated.
    """
    if not isinstance(value, dict):
        raise CloudflareError.invalid_upload("Every binding must be a JSON object.")
    name, kind = value.get("name"), value.get("type")
    if not isinstance(name, str) or not name:
        raise CloudflareError.invalid_upload("A binding has no name.")
    if kind == "durable_object_namespace" and "class_name" not in value and "namespace_id" in value:
        return value
    if not isinstance(kind, str) or kind not in _REQUIRED:
        raise CloudflareError.not_emulated(f"Binding '{name}': the type '{kind}'")
    for key in _REQUIRED[kind]:
        if key == "json":
            _check_json(name, value)
        elif not isinstance(value.get(key), str):
            raise CloudflareError.invalid_upload(
                f"Binding '{name}' of type '{kind}' must have '{key}'."
            )
    return value


def resolve(
    uploaded: Iterable[Binding],
    previous: Sequence[Binding],
    *,
    keep: Iterable[str] = (),
    strict: bool = False,
) -> tuple[Binding, ...]:
    """Return the bindings of a new version: resolve `inherit` and add the types to keep.

    Args:
        keep: types of bindings that stay although the upload does not name them
            (`keep_bindings`; wrangler and the dashboard keep secrets in this way).
        strict: reject an `inherit` without a source, instead of omitting it.

    Raises:
        CloudflareError: a name is used twice, an `inherit` has no source, or there are more or
            larger variables than allowed.
    """
    by_name = {binding["name"]: binding for binding in previous}
    resolved: dict[str, Binding] = {}
    for binding in uploaded:
        name = binding["name"]
        if name in resolved:
            raise CloudflareError.invalid_upload(f"Binding name '{name}' is used twice.")
        if binding["type"] != "inherit":
            resolved[name] = binding
            continue
        source = by_name.get(binding.get("old_name") or name)
        if source is not None:
            resolved[name] = {**source, "name": name}
        elif strict:
            raise CloudflareError(400, 10057, f"Binding '{name}' has nothing to inherit.")
    newest = set(keep)
    for binding in previous:
        if binding["type"] in newest:
            resolved.setdefault(binding["name"], binding)
    return _within_limits(tuple(resolved.values()))


def shown(bindings: Iterable[Binding]) -> list[Binding]:
    """Return bindings for a response: a secret has its name and no value."""
    return [
        {k: v for k, v in binding.items() if not (binding["type"] == _HIDDEN and k == "text")}
        for binding in bindings
    ]


def with_secret(bindings: Sequence[Binding], name: str, text: str) -> tuple[Binding, ...]:
    """Return `bindings` with a secret added or its value changed.

    Raises:
        CloudflareError: a binding that is no secret has the name († 10053), or the secret is too
            large († 10054).
    """
    if any(b["name"] == name and b["type"] != _HIDDEN for b in bindings):
        raise CloudflareError(400, 10053, f"Binding name '{name}' already in use.")
    others = tuple(binding for binding in bindings if binding["name"] != name)
    return _within_limits((*others, {"name": name, "type": _HIDDEN, "text": text}))


def _within_limits(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """Reject a variable that is too large († 10054), and too many variables."""
    variables = [binding for binding in bindings if binding["type"] in _VARIABLES]
    for binding in variables:
        size = len(_variable_text(binding).encode())
        if size > _MAX_VARIABLE_BYTES:
            raise CloudflareError.variable_too_large(binding["name"], size, _MAX_VARIABLE_BYTES)
    if len(variables) > _MAX_VARIABLES:
        raise CloudflareError.invalid_upload(
            f"The Worker has {len(variables)} environment variables, at most {_MAX_VARIABLES} are "
            "allowed."
        )
    return bindings


def _variable_text(binding: Binding) -> str:
    value = binding["json"] if binding["type"] == "json" else binding["text"]
    return value if isinstance(value, str) else json.dumps(value)


def _check_json(name: str, value: Binding) -> None:
    """Check and convert a JSON binding. The provider sends a string of JSON, wrangler a value."""
    if "json" not in value:
        raise CloudflareError.invalid_upload(f"Binding '{name}' of type 'json' must have 'json'.")
    if isinstance(value["json"], str):
        try:
            json.loads(value["json"])
        except ValueError:
            # wrangler sends a JSON value that is a string in this form.
            value["json"] = json.dumps(value["json"])
