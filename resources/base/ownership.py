"""Ownership tags: the stack and resource that created an object, and whether a state has its id.

A dynamic provider cannot return a partial result: a `pulumi up` that dies inside `create` leaves a
service that costs money and is in no stack's state. So the POST that creates a service carries
three tags:

- `pulumi-stack`, `pulumi-resource`: the owner. The second is a hash of the resource's URN.
- `pulumi-create`: `pending` from the POST on, `done` once a state has the service's id.

Two rules follow, and with them every interrupted run is continued correctly:

1. `create` adopts the service that has the resource's tags and is `pending`. It creates a new one
   only if there is none. A pending service is in no stack's state, so no other resource uses it.
2. Only `Confirmation`, a child resource, changes `pending` to `done`. Its inputs have the service's
   id, and the engine runs a dependent resource only after it has saved the resource it depends on.
   So a `done` service is in the state of a stack. A `create` that finds one does not touch it: it
   is the old service of a replacement, or belongs to another stack of the same name.

If the run is killed between the saving and the confirmation, the next `pulumi up` runs the
confirmation.

API keys, roles and ClickPipes have no tags. Their owner is in their name (`name_mark`).
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

# The API allows 256 characters. A shorter value is readable in the console.
_STACK_MARK_CHARACTERS = 128


def stack_mark(organization: str, project: str, stack: str) -> str:
    """Return the value of `pulumi-stack`: readable, valid in a tag, and unique."""
    plain = f"{organization}.{project}.{stack}"
    valid = re.sub(r"[^a-zA-Z0-9._-]", "_", plain)
    if valid == plain and len(valid) <= _STACK_MARK_CHARACTERS:
        return valid
    digest = hashlib.sha256(plain.encode()).hexdigest()[:12]
    return f"{valid[: _STACK_MARK_CHARACTERS - 13]}.{digest}"


def tags_of(service: models.Service) -> dict[str, str]:
    """Return the tags of a service. The value of a tag without one is an empty string."""
    return {tag.key: tag.value or "" for tag in service.tags or [] if tag.key}


@dataclass(frozen=True)
class Owner:
    """The resource that created, or is about to create, an object."""

    stack: str
    resource: str

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Owner:
        """Return the owner from the inputs of a resource."""
        urn_hash = hashlib.sha256(inputs["resource_urn"].encode()).hexdigest()[:32]
        return cls(stack=inputs["stack_mark"], resource=urn_hash)

    def marks(self) -> dict[str, str]:
        """Return the tags of a create request of this owner."""
        return {STACK: self.stack, RESOURCE: self.resource, CREATE: PENDING}

    def unfinished(self, services: Iterable[models.Service]) -> list[models.Service]:
        """Return the services of this owner that are in no stack's state."""
        return self._marked(services, self.marks())

    def finished(self, services: Iterable[models.Service]) -> list[models.Service]:
        """Return the services of this owner that are or were in the state of a stack."""
        return self._marked(services, {**self.marks(), CREATE: DONE})

    def _marked(
        self, services: Iterable[models.Service], marks: Mapping[str, str]
    ) -> list[models.Service]:
        return [service for service in services if marks.items() <= tags_of(service).items()]
