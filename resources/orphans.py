"""`python -m resources.orphans`: lists, and with `--delete` removes, the services of a stack.

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
from collections.abc import Sequence
from typing import TYPE_CHECKING

from resources.control_plane import ControlPlane
from resources.errors import ResourceError
from resources.ownership import CREATE, PENDING, STACK, stack_mark, tags_of
from resources.waits import GONE, LEAVING, ServiceRef, Waiter

if TYPE_CHECKING:
    from clickhouse_api import Client, models

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
        description="List or delete the ClickHouse Cloud services that a stack created.",
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
    found = [
        (organization, service)
        for organization in _organizations(client, options.organization_id)
        for service in client.service.instance_get_list(organization)
        if _wanted(service, _mark(options.stack), only_unfinished=options.unfinished)
    ]
    for _, service in found:
        print(_line(service))
    if not found:
        print(f"no service carries the mark of {options.stack}")
    elif options.delete and (options.yes or _confirmed(len(found))):
        # A primary does not go before its secondaries.
        for organization, service in sorted(found, key=lambda it: it[1].is_primary is not False):
            _delete(client, ServiceRef(organization, str(service.id), service.name or ""))


def _mark(name: str) -> str:
    parts = name.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        raise ResourceError(f"--stack is {name!r}, allowed: [ORGANIZATION/]PROJECT/STACK")
    organization, project, stack = parts if len(parts) == 3 else (_NO_ORGANIZATION, *parts)
    return stack_mark(organization, project, stack)


def _organizations(client: Client, wanted: str | None) -> list[str]:
    if wanted:
        return [wanted]
    return [str(entry.id) for entry in client.organization.organization_get_list()]


def _wanted(service: models.Service, mark: str, *, only_unfinished: bool) -> bool:
    tags = tags_of(service)
    unfinished = tags.get(CREATE) == PENDING
    return (
        tags.get(STACK) == mark
        and service.state not in LEAVING | GONE
        and (unfinished or not only_unfinished)
    )


def _line(service: models.Service) -> str:
    known = "unfinished" if tags_of(service).get(CREATE) == PENDING else "finished"
    created = f", created {service.created_at}" if service.created_at else ""
    place = f"{service.provider} {service.region}"
    return f"{service.id}  {service.name}  {service.state}  {place}  {known}{created}"


def _confirmed(count: int) -> bool:
    answer = input(f"Delete {count} service(s) and all data in them? Type yes: ")
    return answer.strip() == "yes"


def _delete(client: Client, ref: ServiceRef) -> None:
    from resources.service_steps import delete_service

    waiter = Waiter(client, ref, deadline_seconds=_DEADLINE_SECONDS)
    delete_service(client, ref, waiter)
    print(f"deleted {ref}")


if __name__ == "__main__":
    raise SystemExit(main())
