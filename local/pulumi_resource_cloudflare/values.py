"""Converts property values from and to the wire format, with secrets and unknown values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.pulumi_resource_cloudflare.protos import struct_pb2

__all__ = [
    "UNKNOWN",
    "Secret",
    "Unknown",
    "copy_secrets",
    "from_struct",
    "has_unknown",
    "reveal",
    "to_struct",
]

# Pulumi's wire format: sdk/go/common/resource/sig and plugin/rpc.go in pulumi/pulumi.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature, not a secret
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True)
class Secret:
    """A value that the engine must encrypt in its state and hide in its output."""

    value: Any


class Unknown:
    """A value that is unknown until another resource is created."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return a message's properties, without nulls, which the real provider drops, too."""
    values = {key: _from_value(value) for key, value in struct.fields.items()}
    return {key: value for key, value in values.items() if value is not None}


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return Python values as a message's properties."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if value is not None:
            struct.fields[key].CopyFrom(_to_value(value))
    return struct


def reveal(value: Any) -> Any:
    """Return the value without `Secret`, to send it to the API."""
    if isinstance(value, Secret):
        return reveal(value.value)
    return _map(value, reveal)


def has_unknown(value: Any) -> bool:
    """Return whether a part of the value is unknown."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def copy_secrets(value: Any, marked: Any) -> Any:
    """Return `value` with `Secret` in the same places as in `marked`."""
    if isinstance(marked, Secret):
        return value if isinstance(value, Secret) else Secret(copy_secrets(value, marked.value))
    if isinstance(value, dict) and isinstance(marked, dict):
        return {key: copy_secrets(item, marked.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(marked, list):
        padded = [*marked, *([None] * len(value))]
        return [copy_secrets(item, mark) for item, mark in zip(value, padded, strict=False)]
    return value


def _map(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: change(item) for key, item in value.items()}
    if isinstance(value, list):
        return [change(item) for item in value]
    return value


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == _UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        values = from_struct(value.struct_value)
        if values.get(_SIGNATURE) == _SECRET:
            return Secret(values.get("value"))
        return values
    return None


def _to_value(value: Any) -> struct_pb2.Value:
    if isinstance(value, Secret):
        return _to_value({_SIGNATURE: _SECRET, "value": value.value})
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=_UNKNOWN)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, dict):
        return struct_pb2.Value(struct_value=to_struct(value))
    items = [_to_value(item) for item in value]
    return struct_pb2.Value(list_value=struct_pb2.ListValue(values=items))
