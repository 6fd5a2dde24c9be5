"""`python -m resources.orphans`: lists, and with `--delete` removes, the services of a stack,
those of ClickHouse and those of Postgres.

For a stack that will never be brought up again: a `pulumi up` that was killed leaves a service
that the next `up` takes over, but if there is no next one, it stays and is billed. Every service
that this package creates carries its stack's mark (see `ownership`), from its first request on.

    python -m resources.orphans --stack telemetry/production            # lists
    python -m resources.orphans --stack telemetry/production --delete   # asks, then removes

`unfinished` services are in no state: only an interrupted run knows of them. The others are, or
were, in the state of the stack; with `--unfinished` they are left alone. Needs the API key of the
control plane in the environment (`CLICKHOUSE_CLOUD_API_KEY`, `CLICKHOUSE_CLOUD_API_SECRET`).
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

# What Pulumi calls the organization of backends that have none: a folder, a bucket.
_NO_ORGANIZATION = "organization"
_DEADLINE_SECONDS = 30 * 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 where nothing is left to do, 1 on an error."""
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
        help="of ClickHouse Cloud; default: CLICKHOUSE_ORG_ID, else all that the key sees",
    )
    parser.add_argument(
        "--unfinished", action="store_true", help="only those that no state knows of"
    )
    parser.add_argument("--delete", action="store_true", help="delete what is listed")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
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
        print(f"no service carries the mark of {options.stack}")
    elif options.delete and (options.yes or _confirmed(len(found))):
        for each in sorted(found, key=lambda each: each.last):
            each.delete()
            print(f"deleted {each.kind} {each.service.name} ({each.service.id})")


@dataclass(frozen=True)
class _Marked:
    """A service of either kind.

    Attributes:
        last: others have to go before it.
    """

    kind: str
    service: Any
    going: bool
    last: bool
    delete: Callable[[], None]

    def wanted(self, mark: str, *, only_unfinished: bool) -> bool:
        """Whether it is the stack's, and not on its way out already."""
        tags = tags_of(self.service)
        unfinished = tags.get(CREATE) == PENDING
        return tags.get(STACK) == mark and not self.going and (unfinished or not only_unfinished)

    def line(self) -> str:
        """What it is, where, and whether a state knows of it."""
        service = self.service
        known = "unfinished" if tags_of(service).get(CREATE) == PENDING else "finished"
        created = f", created {service.created_at}" if service.created_at else ""
        place = f"{service.provider} {service.region}"
        return (
            f"{service.id}  {self.kind}  {service.name}  {service.state}  {place}  {known}{created}"
        )


def _services(client: Client, organization: str) -> Iterator[_Marked]:
    for service in client.service.instance_get_list(organization):
        ref = ServiceRef(organization, str(service.id), service.name or "")
        yield _Marked(
            "service",
            service,
            going=service.state in DELETING | DELETED,
            # A primary does not go before its secondaries.
            last=service.is_primary is not False,
            delete=partial(_delete_service, client, ref),
        )


def _delete_service(client: Client, ref: ServiceRef) -> None:
    from resources.service.service_steps import delete_service

    delete_service(client, ref, Waiter(client, ref, deadline_seconds=_DEADLINE_SECONDS))


def _postgres_services(client: Client, organization: str) -> Iterator[_Marked]:
    from clickhouse_api import errors
    from resources.postgres import postgres_states, postgres_steps

    try:
        services = client.postgres.postgres_service_get_list(organization)
    except (errors.AuthenticationFailed, errors.NotFound):
        return  # a key that may not see them has made none
    for service in services:
        props = {"organization_id": organization, "name": service.name}
        steps = postgres_steps.PostgresSteps(client, props, str(service.id))
        yield _Marked(
            "Postgres service",
            service,
            going=service.state in postgres_states.DELETING,
            # Nor does this kind of primary before its read replicas.
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
    answer = input(f"Delete {count} service(s) and all data in them? Type yes: ")
    return answer.strip() == "yes"


if __name__ == "__main__":
    raise SystemExit(main())
