"""Convert the camelCase names of the spec to snake_case, and build names for inline enums."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from pydantic.alias_generators import to_camel

__all__ = ["class_name", "common_words", "round_trips", "singular", "snake"]

_WORD = re.compile(r"[A-Z]+(?![a-z0-9])|[A-Z]?[a-z0-9]+|[A-Z]")


def words(name: str) -> list[str]:
    """Split a name: `ClickPipeKafkaSource` → [Click, Pipe, Kafka, Source]. Acronyms stay whole."""
    return _WORD.findall(name)


def snake(name: str) -> str:
    """`minReplicaMemoryGb` → `min_replica_memory_gb`; `API keys` → `api_keys`."""
    text = "_".join(word.lower() for word in words(name))
    return f"{text}_" if keyword.iskeyword(text) else text


def class_name(name: str) -> str:
    """Capitalize the first letter: the schema `pgConfig` is the class `PgConfig`."""
    return name[:1].upper() + name[1:]


def round_trips(name: str) -> bool:
    """Return whether the base model's alias generator derives `name` from its snake_case form."""
    return to_camel(snake(name)) == name


def common_words(owners: Iterable[str]) -> str:
    """Return the first words of all: [ClickPipeSource, ClickPipePatchSource] → `ClickPipe`."""
    lists = [words(owner) for owner in owners]
    shared: list[str] = []
    for column in zip(*lists, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return "".join(shared)


def singular(name: str) -> str:
    """Return the singular of an item type's name: `roles` → `role`, `suffixes` → `suffix`."""
    if name.endswith("xes"):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
