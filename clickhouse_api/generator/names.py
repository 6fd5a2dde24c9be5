"""Names: the document's camelCase into Python's snake_case, and readable names for inline enums."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from pydantic.alias_generators import to_camel

__all__ = ["class_name", "common_words", "round_trips", "singular", "snake"]

_WORD = re.compile(r"[A-Z]+(?![a-z0-9])|[A-Z]?[a-z0-9]+|[A-Z]")


def words(name: str) -> list[str]:
    """`ClickPipeKafkaSource` → [Click, Pipe, Kafka, Source]; acronyms stay whole."""
    return _WORD.findall(name)


def snake(name: str) -> str:
    """`minReplicaMemoryGb` → `min_replica_memory_gb`; `API keys` → `api_keys`."""
    text = "_".join(word.lower() for word in words(name))
    return f"{text}_" if keyword.iskeyword(text) else text


def class_name(name: str) -> str:
    """First letter up, rest as it is: the document's `pgConfig` is the class `PgConfig`."""
    return name[:1].upper() + name[1:]


def round_trips(name: str) -> bool:
    """Whether the base model's alias generator finds `name` again from its snake_case form."""
    return to_camel(snake(name)) == name


def common_words(owners: Iterable[str]) -> str:
    """The words all owners start with: [ClickPipeSource, ClickPipePatchSource] → `ClickPipe`."""
    lists = [words(owner) for owner in owners]
    shared: list[str] = []
    for column in zip(*lists, strict=False):
        if len(set(column)) > 1:
            break
        shared.append(column[0])
    return "".join(shared)


def singular(name: str) -> str:
    """Good enough for item types: `roles` → `role`, `suffixes` → `suffix`."""
    if name.endswith("xes"):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
