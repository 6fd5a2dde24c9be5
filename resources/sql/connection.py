"""`Connection`: the address and the administrator of a server in which SQL resources are created.

    Database(
        "staging",
        DatabaseArgs(
            connection=Connection(
                url="https://clickhouse.example.com:8443",
                admin_user="default",
                admin_password=pulumi.Config().require_secret("password"),
            ),
            name="staging",
        ),
    )

`connection_of(warehouse)` returns the connection of a `Service` of the same program. Statements are
sent to the HTTPS interface. The first statement wakes an idle service.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from resources.service.service import Service

__all__ = ["CONNECTION", "Connection", "connection_of"]

# Property names of a connection in the inputs of a resource.
CONNECTION = ("url", "admin_user", "admin_password")


@dataclass(frozen=True, kw_only=True)
class Connection:
    """The address of a server and a user with the rights to change it.

    Attributes:
        url: origin of the HTTPS interface.
        admin_user: SQL user that runs the statements.
        admin_password: that user's password, a secret.
        organization_id: organization of the ClickHouse Cloud service at `url`. With it and
            `service_id`, a change wakes an idle service and starts a stopped one.
        service_id: id of that service.
        desired_state: the service's `desired_state`. If it is `stopped`, no change starts the
            service.
        service: the service, if it is a resource of the same program. A `pulumi destroy` that
            deletes the service does not first delete the resources in it.
    """

    url: pulumi.Input[str]
    admin_user: pulumi.Input[str]
    admin_password: pulumi.Input[str]
    organization_id: pulumi.Input[str] | None = None
    service_id: pulumi.Input[str] | None = None
    desired_state: pulumi.Input[str] | None = None
    service: Service | None = field(default=None, repr=False)

    def inputs(self) -> dict[str, Any]:
        """Return the fields that are inputs of a resource: all but `service`."""
        return {name: value for name, value in vars(self).items() if name != "service"}


def connection_of(service: Service) -> Connection:
    """Return the connection to a service as its user `default`."""
    return Connection(
        url=service.https_url,
        admin_user=service.https["username"],
        admin_password=service.password,
        organization_id=service.organization_id,
        service_id=service.id,
        desired_state=service.desired_state,
        service=service,
    )
