"""Compares the outputs that resource classes declare with the outputs in a saved state.

The engine drops nulls, and in a preview the SDK treats an output that the state lacks as unknown
(`resolve_properties` in pulumi/runtime/rpc.py). An input built from such an output then shows as a
change in every preview, although no `up` would change anything.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import json
from collections.abc import Iterator

from pulumi.dynamic import Resource

import resources

__all__ = ["missing_outputs"]

# Credentials of an adopted object, which only its creator has. They are absent on purpose: an empty
# password would be valid where passwords are empty.
_MAY_BE_ABSENT = {"password", "key_id", "key_secret"}


def missing_outputs(state: str) -> list[str]:
    """Return the declared outputs that the state lacks, as `Class.output`.

    An output that repeats an optional input is ignored, because the program supplies its value.
    """
    saved = json.loads(state)["checkpoint"]["latest"]["resources"]
    return sorted(
        f"{kind}.{output}"
        for kind, outputs in ((_class_of(each["type"]), each.get("outputs", {})) for each in saved)
        for output in _declared().get(kind, ())
        if output not in outputs
    )


def _class_of(type_token: str) -> str:
    """Return the class name in `pulumi-python:dynamic/telemetry:Token`; other types have none."""
    return type_token.rpartition(":")[2] if ":dynamic/" in type_token else ""


@functools.cache
def _declared() -> dict[str, list[str]]:
    return {each.__name__: list(_outputs(each)) for each in _classes()}


def _classes() -> Iterator[type[Resource]]:
    for name in resources.__all__:
        found = getattr(resources, name)
        if isinstance(found, type) and issubclass(found, Resource):
            yield found


def _outputs(declaring: type[Resource]) -> Iterator[str]:
    args = getattr(resources, f"{declaring.__name__}Args", None)
    inputs = {each.name for each in dataclasses.fields(args)} if args else set()
    inputs |= set(inspect.signature(declaring.__init__).parameters)
    for name, annotation in inspect.get_annotations(declaring).items():
        if "Output[" in str(annotation) and name not in inputs | _MAY_BE_ABSENT:
            yield name
