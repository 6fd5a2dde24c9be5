"""Marks on services: which stack and resource made one, and whether a state knows of it.

A dynamic provider has no partial create: a `pulumi up` that dies inside `create` leaves a billed
service and no trace of it in the state. So the POST that creates a service already carries three
tags, and two rules make every crash converge:

- `pulumi-stack`, `pulumi-resource`: whose it is. The second is a hash of the resource's URN.
- `pulumi-create`: `pending` from the POST on; `done` once the service's id is saved in a state.

1. `create` adopts the service that carries the resource's marks and is `pending`, and makes a new
   one only if there is none. A pending one is in no state, so nobody else counts on it.
2. Only `Confirmation`, a child resource, turns `pending` into `done`. Its inputs name the service's
   id, and the engine runs a dependent only after it has saved what it depends on. So a `done`
   service is in a state, and a `create` that sees it (the old one, when a service is replaced or
   tainted; another stack of the same name) leaves it alone.

After a kill between the saving and the confirmation, the next `up` runs the confirmation.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = ["CREATE", "DONE", "PENDING", "PREFIX", "STACK", "Owner", "stack_mark", "tags_of"]

PREFIX = "pulumi-"
STACK = "pulumi-stack"
RESOURCE = "pulumi-resource"
CREATE = "pulumi-create"
PENDING = "pending"
DONE = "done"

# The API allows 256 characters; a shorter value is still readable in the console.
_STACK_MARK_CHARACTERS = 128


def stack_mark(organization: str, project: str, stack: str) -> str:
    """Value of `pulumi-stack`: readable, of the letters tags may have, unique all the same."""
    plain = f"{organization}.{project}.{stack}"
    legal = re.sub(r"[^a-zA-Z0-9._-]", "_", plain)
    if legal == plain and len(legal) <= _STACK_MARK_CHARACTERS:
        return legal
    digest = hashlib.sha256(plain.encode()).hexdigest()[:12]
    return f"{legal[: _STACK_MARK_CHARACTERS - 13]}.{digest}"


def tags_of(service: models.Service) -> dict[str, str]:
    """A service's tags as a dictionary; a tag without a value has the empty one."""
    return {tag.key: tag.value or "" for tag in service.tags or [] if tag.key}


@dataclass(frozen=True)
class Owner:
    """The resource that made, or is about to make, a service."""

    stack: str
    resource: str

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Owner:
        """The owner that a resource's inputs name."""
        urn_hash = hashlib.sha256(inputs["resource_urn"].encode()).hexdigest()[:32]
        return cls(stack=inputs["stack_mark"], resource=urn_hash)

    def marks(self) -> dict[str, str]:
        """The tags that a service of this owner is created with."""
        return {STACK: self.stack, RESOURCE: self.resource, CREATE: PENDING}

    def unfinished(self, services: Iterable[models.Service]) -> list[models.Service]:
        """The services of this owner that no state knows of."""
        return self._marked(services, self.marks())

    def finished(self, services: Iterable[models.Service]) -> list[models.Service]:
        """The services of this owner that a state knows of, or knew of."""
        return self._marked(services, {**self.marks(), CREATE: DONE})

    def _marked(
        self, services: Iterable[models.Service], marks: Mapping[str, str]
    ) -> list[models.Service]:
        return [service for service in services if marks.items() <= tags_of(service).items()]
