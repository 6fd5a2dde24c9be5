"""`python -m resources.orphans`: list or delete the ClickHouse and Postgres services of a stack.

Use it for a stack that will never be deployed again. A killed `pulumi up` can leave a service that
is not in the state. The next `up` adopts that service. Without a next `up`, the service continues
to run and is billed. Each service that this package creates carries its stack's ownership tag from
the first request on (see `ownership`).

    python -m resources.orphans --stack telemetry/production            # list
    python -m resources.orphans --stack telemetry/production --delete   # confirm, then delete

`unfinished` services are in no stack's state, because the run that created them was interrupted.
All others are or were in the state of the stack. `--unfinished` omits them from the list. The
environment must have the API key of the control plane (`CLICKHOUSE_CLOUD_API_KEY`,
`CLICKHOUSE_CLOUD_API_SECRET`).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from resources.base.control_plane import ControlPlane
from resources.base.errors import ResourceError
from resources.base.ownership import CREATE, PENDING, STACK, stack_mark, tags_of
from resources.service.service_states import DELETED, DELETING
from resources.service.waits import ServiceRef, Waiter

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["main"]

# Pulumi's name for the organization in backends without organizations: a folder, a bucket.
_NO_ORGANIZATION = "organization"
_DEADLINE_SECONDS = 30 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Return its exit code: 0 on success, 1 on an error."""
    options = _parser().parse_args(arguments)
    from clickhouse_api import errors

    try:
        with ControlPlane().client() as client:
            _run(client, options)
    except (ResourceError, errors.ClickHouseApiError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m resources.orphans",
        description="List or delete the services of ClickHouse Cloud that a stack created.",
    )
    parser.add_argument(
        "--stack", required=True, metavar="[ORGANIZATION/]PROJECT/STACK", help="Pulumi's names"
    )
    parser.add_argument(
        "--organization-id",
        default=os.environ.get("CLICKHOUSE_ORG_ID"),
        help="of ClickHouse Cloud; default: CLICKHOUSE_ORG_ID, or all that the API key can view",
    )
    parser.add_argument(
        "--unfinished", action="store_true", help="only services that are in no state"
    )
    parser.add_argument("--delete", action="store_true", help="delete the listed services")
    parser.add_argument("--yes", action="store_true", help="delete without confirmation")
    return parser


def _run(client: Client, options: argparse.Namespace) -> None:
    mark = _mark(options.stack)
    found = [
        each
        for organization in _organizations(client, options.organization_id)
        for each in (*_services(client, organization), *_postgres_services(client, organization))
        if each.wanted(mark, only_unfinished=options.unfinished)
    ]
    for each in found:
        print(each.line())
    if not found:
        print(f"no service has the ownership tag of {options.stack}")
    elif options.delete and (options.yes or _confirmed(len(found))):
        for each in sorted(found, key=lambda each: each.last):
            each.delete()
            print(f"deleted {each.kind} {each.service.name} ({each.service.id})")


@dataclass(frozen=True)
class _Owned:
    """A service of either kind.

    Attributes:
        deleting: whether it is being deleted already.
        last: whether others must be deleted before it.
    """

    kind: str
    service: Any
    deleting: bool
    last: bool
    delete: Callable[[], None]

    def wanted(self, mark: str, *, only_unfinished: bool) -> bool:
        """Return whether the service belongs to the stack and is not being deleted."""
        tags = tags_of(self.service)
        unfinished = tags.get(CREATE) == PENDING
        return tags.get(STACK) == mark and not self.deleting and (unfinished or not only_unfinished)

    def line(self) -> str:
        """Return a line with the service's id, kind, name, state, place and completeness."""
        service = self.service
        create = "unfinished" if tags_of(service).get(CREATE) == PENDING else "finished"
        created = f", created {service.created_at}" if service.created_at else ""
        place = f"{service.provider} {service.region}"
        return (
            f"{service.id}  {self.kind}  {service.name}  {service.state}  {place}  "
            f"{create}{created}"
        )


def _services(client: Client, organization: str) -> Iterator[_Owned]:
    for service in client.service.instance_get_list(organization):
        ref = ServiceRef(organization, str(service.id), service.name or "")
        yield _Owned(
            "service",
            service,
            deleting=service.state in DELETING | DELETED,
            # The API does not delete a primary before its secondaries.
            last=service.is_primary is not False,
            delete=partial(_delete_service, client, ref),
        )


def _delete_service(client: Client, ref: ServiceRef) -> None:
    from resources.service.service_steps import ServiceSteps

    ServiceSteps(client, ref, {}, Waiter(client, ref, deadline_seconds=_DEADLINE_SECONDS)).delete()


def _postgres_services(client: Client, organization: str) -> Iterator[_Owned]:
    from clickhouse_api import errors
    from resources.postgres import postgres_states, postgres_steps

    try:
        services = client.postgres.postgres_service_get_list(organization)
    except (errors.AuthenticationFailed, errors.NotFound):
        return  # a key that may not list Postgres services has created none
    for service in services:
        props = {"organization_id": organization, "name": service.name}
        steps = postgres_steps.PostgresSteps(client, props, str(service.id))
        yield _Owned(
            "Postgres service",
            service,
            deleting=service.state in postgres_states.DELETING,
            # The API does not delete a primary before its read replicas.
            last=service.is_primary is not False,
            delete=steps.delete,
        )


def _mark(name: str) -> str:
    parts = name.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise ResourceError(f"--stack is {name!r}, allowed: [ORGANIZATION/]PROJECT/STACK")
    organization, project, stack = parts if len(parts) == 3 else (_NO_ORGANIZATION, *parts)
    return stack_mark(organization, project, stack)


def _organizations(client: Client, wanted: str | None) -> list[str]:
    if wanted:
        return [wanted]
    from clickhouse_api import all_pages

    return [str(entry.id) for entry in all_pages(client.organization.organization_get_list)]


def _confirmed(count: int) -> bool:
    typed = input(f"Delete {count} service(s) and all data in them? Type yes: ")
    return typed.strip() == "yes"


if __name__ == "__main__":
    raise SystemExit(main())
