"""Bindings: which are known, what an upload inherits, and how they are shown without secrets."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Sequence

from local.cloudflare.errors import ApiError
from local.cloudflare.state import Binding

__all__ = ["MODULE_TYPES", "known_binding", "module_name", "resolve", "shown", "with_secret"]

# What each content type of a part becomes in workerd's config (`Worker.Module`).
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

# Type of binding → the fields it cannot do without.
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
# Environment variables, secrets among them, and what the Workers Paid plan allows of them:
# https://developers.cloudflare.com/workers/platform/limits/#environment-variables
_VARIABLES = ("plain_text", "secret_text", "json")
_MAX_VARIABLES = 128
_MAX_VARIABLE_BYTES = 5 * 1024


def module_name(name: str) -> str:
    """The name under which other modules import a part: wrangler sends `./x.wasm` for `x.wasm`."""
    return posixpath.normpath(name)


def known_binding(value: object) -> Binding:
    """Check one binding of an upload's metadata.

    Raises:
        ApiError: it has no name or type, lacks a field, or is of a type not imitated.
    """
    if not isinstance(value, dict):
        raise ApiError.invalid_upload("Every binding must be a JSON object.")
    name, kind = value.get("name"), value.get("type")
    if not isinstance(name, str) or not name:
        raise ApiError.invalid_upload("A binding has no name.")
    if kind == "durable_object_namespace" and "class_name" not in value and "namespace_id" in value:
        return value
    if not isinstance(kind, str) or kind not in _REQUIRED:
        raise ApiError.not_imitated(f"Binding '{name}': the type '{kind}'")
    for key in _REQUIRED[kind]:
        if key == "json":
            _check_json(name, value)
        elif not isinstance(value.get(key), str):
            raise ApiError.invalid_upload(f"Binding '{name}' of type '{kind}' must have '{key}'.")
    return value


def resolve(
    uploaded: Iterable[Binding],
    previous: Sequence[Binding],
    *,
    keep: Iterable[str] = (),
    strict: bool = False,
) -> tuple[Binding, ...]:
    """The bindings of a new version: `inherit` looked up, and the kept types carried over.

    Args:
        keep: types of binding that stay although the upload does not name them
            (`keep_bindings`; wrangler and the dashboard keep secrets in this way).
        strict: an `inherit` that finds nothing is an error instead of left out.

    Raises:
        ApiError: a name is used twice, an `inherit` finds nothing, or a limit is passed.
    """
    by_name = {binding["name"]: binding for binding in previous}
    resolved: dict[str, Binding] = {}
    for binding in uploaded:
        name = binding["name"]
        if name in resolved:
            raise ApiError.invalid_upload(f"Binding name '{name}' is used twice.")
        if binding["type"] != "inherit":
            resolved[name] = binding
            continue
        source = by_name.get(binding.get("old_name") or name)
        if source is not None:
            resolved[name] = {**source, "name": name}
        elif strict:
            raise ApiError(400, 10057, f"Binding '{name}' has nothing to inherit.")
    kept = set(keep)
    for binding in previous:
        if binding["type"] in kept:
            resolved.setdefault(binding["name"], binding)
    return _within_limits(tuple(resolved.values()))


def shown(bindings: Iterable[Binding]) -> list[Binding]:
    """Bindings as an answer may carry them: a secret keeps its name and loses its text."""
    return [
        {k: v for k, v in binding.items() if not (binding["type"] == _HIDDEN and k == "text")}
        for binding in bindings
    ]


def with_secret(bindings: Sequence[Binding], name: str, text: str) -> tuple[Binding, ...]:
    """`bindings` with a secret added or its text changed.

    Raises:
        ApiError: the name is taken by something that is not a secret († 10053), or the secret is
            too large († 10054).
    """
    if any(b["name"] == name and b["type"] != _HIDDEN for b in bindings):
        raise ApiError(400, 10053, f"Binding name '{name}' already in use.")
    others = tuple(binding for binding in bindings if binding["name"] != name)
    return _within_limits((*others, {"name": name, "type": _HIDDEN, "text": text}))


def _within_limits(bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """Reject what the real service rejects: too large a variable († 10054), too many of them."""
    variables = [binding for binding in bindings if binding["type"] in _VARIABLES]
    for binding in variables:
        size = len(_variable_text(binding).encode())
        if size > _MAX_VARIABLE_BYTES:
            raise ApiError.variable_too_large(binding["name"], size, _MAX_VARIABLE_BYTES)
    if len(variables) > _MAX_VARIABLES:
        raise ApiError.invalid_upload(
            f"The Worker has {len(variables)} environment variables, at most {_MAX_VARIABLES} are "
            "allowed."
        )
    return bindings


def _variable_text(binding: Binding) -> str:
    value = binding["json"] if binding["type"] == "json" else binding["text"]
    return value if isinstance(value, str) else json.dumps(value)


def _check_json(name: str, value: Binding) -> None:
    """The provider sends JSON as text, wrangler as a value: both are the same binding."""
    if "json" not in value:
        raise ApiError.invalid_upload(f"Binding '{name}' of type 'json' must have 'json'.")
    if isinstance(value["json"], str):
        try:
            json.loads(value["json"])
        except ValueError:
            # A JSON value that is itself a string arrives like this from wrangler.
            value["json"] = json.dumps(value["json"])
