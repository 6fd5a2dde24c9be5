"""Requests to the control plane without Pulumi, as a user of the console or of curl sends them."""

from __future__ import annotations

import urllib.error
from dataclasses import dataclass
from typing import Any

from tests.support.cloud_apis import ControlPlane

__all__ = ["ControlPlaneByHand", "contains"]


@dataclass(frozen=True)
class ControlPlaneByHand:
    """The operations of one organization and of one of its services."""

    control_plane: ControlPlane
    service_id: str

    def organization(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Return the `result` of an operation of the organization, or None if a GET finds none."""
        try:
            return self.control_plane.organization(method, path, body)
        except urllib.error.HTTPError as error:
            if error.code != 404 or method != "GET":
                raise
            return None

    def service(self, path: str = "", method: str = "GET", body: Any = None) -> Any:
        """Return the `result` of an operation of the service, or None if a GET finds none."""
        separator = "/" if path else ""
        return self.organization(f"services/{self.service_id}{separator}{path}", method, body)

    def create_key(self, name: str = "by hand") -> str:
        """Create an API key for query endpoints and return its id."""
        body = {
            "name": name,
            "roles": ["query_endpoints"],
            "ipAccessList": [{"source": "127.0.0.1/32", "description": "here"}],
        }
        return str(self.organization("keys", "POST", body)["key"]["id"])

    def create_role(self, name: str, *actors: str) -> str:
        """Create a custom role and return its id."""
        policy = {
            "allowDeny": "ALLOW",
            "permissions": ["control-plane:service:view"],
            "resources": ["instance/*"],
        }
        body = {"name": name, "actors": list(actors), "policies": [policy]}
        return str(self.organization("roles", "POST", body)["id"])

    def member(self) -> str:
        """Return the user id of the organization's member with the role `developer`."""
        members = self.organization("members")
        return str(next(each["userId"] for each in members if each["role"] == "developer"))


def contains(whole: Any, part: Any) -> bool:
    """Return whether `whole` has every value of `part`. Lists must have equal length.

    `None` in `part` also matches a field that `whole` lacks.
    """
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            contains(whole.get(name), value) for name, value in part.items()
        )
    if isinstance(part, list):
        return (
            isinstance(whole, list)
            and len(whole) == len(part)
            and all(contains(*pair) for pair in zip(whole, part, strict=True))
        )
    return bool(whole == part)
