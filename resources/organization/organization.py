"""`get_organization`: which ClickHouse Cloud organization the stack works in.

Operations: `organizationGetList`. By name it is asked while the program runs, so a wrong key, an
unknown name or a control plane that is out of reach ends the preview with one line.

    organization = get_organization()

Where the API key sees several: `get_organization(name="Example")`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from resources.base.control_plane import ControlPlane
from resources.base.errors import ResourceError

if TYPE_CHECKING:
    pass

__all__ = ["Organization", "get_organization"]


@dataclass(frozen=True)
class Organization:
    """An organization of ClickHouse Cloud.

    Attributes:
        id: its UUID.
        name: None where nobody was asked.
    """

    id: str
    name: str | None = None


def get_organization(name: str | None = None) -> Organization:
    """Find an organization by name.

    Args:
        name: its name, exactly. Default: the one that `CLICKHOUSE_ORG_ID` names, for which
            nobody is asked; else the only one the API key can see.
    Raises:
        pulumi.RunError: there is no such one (the message lists those there are), or the API
            refused, or did not answer.
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
        missing = "name the ClickHouse organization, the API key sees several"
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(repr(entry.name) for entry in organizations) or "none"
    raise pulumi.RunError(f"{missing}; the API key sees: {names}")
