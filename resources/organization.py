"""`get_organization`: which ClickHouse Cloud organization the stack works in.

Operation `organizationGetList`. It is asked while the program runs, so a wrong key, an unknown
name or a control plane that is out of reach ends the preview with one line.

    organization = get_organization(name="Example")
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pulumi

from resources.control_plane import ControlPlane
from resources.errors import ResourceError

__all__ = ["Organization", "get_organization"]


@dataclass(frozen=True)
class Organization:
    """An organization of ClickHouse Cloud."""

    id: str
    name: str


def get_organization(name: str | None = None) -> Organization:
    """Find an organization by name.

    Args:
        name: its name, exactly. Default: the one that `CLICKHOUSE_ORG_ID` names, else the only
            one the API key can see.
    Raises:
        pulumi.RunError: there is no such one (the message lists those there are), or the API
            refused, or did not answer.
    """
    from clickhouse_api import errors

    try:
        with ControlPlane(pulumi.Config().get).client() as client:
            seen = client.organization.organization_get_list()
    except (errors.ClickHouseApiError, ResourceError) as error:
        raise pulumi.RunError(f"looking up the ClickHouse organization: {error}") from None
    found = [Organization(str(entry.id), entry.name or "") for entry in seen]
    return _choose(found, name, os.environ.get("CLICKHOUSE_ORG_ID"))


def _choose(
    organizations: list[Organization], name: str | None, wanted_id: str | None
) -> Organization:
    if name is not None:
        chosen = [entry for entry in organizations if entry.name == name]
        missing = f"there is no ClickHouse organization named {name!r}"
    elif wanted_id:
        chosen = [entry for entry in organizations if entry.id == wanted_id]
        missing = f"there is no ClickHouse organization with the id {wanted_id}"
    else:
        chosen = organizations
        missing = "name the ClickHouse organization, the API key sees several"
    if len(chosen) == 1:
        return chosen[0]
    names = ", ".join(repr(entry.name) for entry in organizations) or "none"
    raise pulumi.RunError(f"{missing}; the API key sees: {names}")
