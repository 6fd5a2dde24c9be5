"""`get_organization`: the ClickHouse Cloud organization of the stack.

Operations: `organizationGetList`. The function sends its request while the program runs. An invalid
key, an unknown name or an unreachable control plane therefore ends the preview with one line.

    organization = get_organization()

If the API key has access to several organizations, use `get_organization(name="Example")`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pulumi

from resources.base.control_plane import ControlPlane
from resources.base.errors import ResourceError

__all__ = ["Organization", "get_organization"]


@dataclass(frozen=True)
class Organization:
    """An organization of ClickHouse Cloud.

    Attributes:
        id: UUID of the organization.
        name: None if the id comes from `CLICKHOUSE_ORG_ID`.
    """

    id: str
    name: str | None = None


def get_organization(name: str | None = None) -> Organization:
    """Find an organization by name.

    Args:
        name: the exact name. Default: the organization with the id in `CLICKHOUSE_ORG_ID`, for
            which no request is sent. Without that, the only organization of the API key.
    Raises:
        pulumi.RunError: no organization has the name (the message lists the existing names), or
            the request failed.
    """
    wanted_id = os.environ.get("CLICKHOUSE_ORG_ID")
    if name is None and wanted_id:
        return Organization(wanted_id)
    from clickhouse_api import all_pages, errors

    try:
        with ControlPlane(pulumi.Config().get).client() as client:
            seen = all_pages(client.organization.organization_get_list)
    except (errors.ClickHouseApiError, ResourceError) as error:
        raise pulumi.RunError(f"looking up the ClickHouse organization: {error}") from None
    return _choose([Organization(str(entry.id), entry.name) for entry in seen], name)


def _choose(organizations: list[Organization], name: str | None) -> Organization:
    if name is not None:
        chosen = [entry for entry in organizations if entry.name == name]
        missing = f"there is no ClickHouse organization named {name!r}"
    else:
        chosen = organizations
        missing = "the API key has access to several ClickHouse organizations: give a name"
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(repr(entry.name) for entry in organizations) or "none"
    raise pulumi.RunError(f"{missing}. The API key has access to: {names}")
