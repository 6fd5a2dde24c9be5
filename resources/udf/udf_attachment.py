"""`UdfAttachment`: attaches a function to a service, so that queries there can call it.

Operations: `udfAttach`, `udfAttachmentGet`, `udfDetach`, and `instanceStateUpdate` to wake an
idle service.

    UdfAttachment(
        "twice in the lab",
        UdfAttachmentArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            function_name=twice.function_name,
            version=1,
        ),
    )

A service has one version of a function at a time. With the `version` output of a `Udf`, an
attachment follows the newest version. With a number, it stays at that version. Without a version,
it uses the newest built version at the time of the create. The version changes in place. A change
of the function, service or organization replaces the attachment. An existing attachment is adopted.
A stopped service must be started before a function can be attached to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, Singleton, marks_of, plain
from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.errors import ResourceError
from resources.base.fields import ORGANIZATION, SERVICE, Field, number, text
from resources.base.polling import Poller
from resources.service.waits import ServiceRef
from resources.service.waking import when_awake

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["UdfAttachment", "UdfAttachmentArgs", "UdfAttachmentProvider"]

# `standby`: the service is idle, and has the function as soon as it wakes.
ATTACHED = ("deployed", "standby")

_ATTACH_SECONDS = 900.0
_LARGEST = 2**31 - 1


@dataclass(kw_only=True)
class UdfAttachmentArgs:
    """A function, its version, and the service.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service. Replaces.
        function_name: the function. Replaces.
        version: a built version. Default: the newest one at the time of the create. In place.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    function_name: pulumi.Input[str]
    version: pulumi.Input[int] | None = None


def _deployed(checker: Checker, name: str) -> None:
    """Set the wanted status, so that an attachment with an error differs from it."""
    checker.inputs[name] = ATTACHED[0]


class UdfAttachmentProvider(Singleton):
    """Attaches and detaches a function."""

    display_name = "attachment"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "function_name": Field(check=text(), required=True, replaces=True),
        "version": Field(check=number(minimum=1, maximum=_LARGEST)),
        "status": Field(check=_deployed, same=lambda old, _new: old in ATTACHED),
    }

    def observe(self, client: Client, _resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the attachment."""
        return plain(client.udf.udf_attachment_get(*_ids(props)))

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """Return the attachment if it exists. Its id consists of the function and the service."""
        _, live = super().ensure(client, props, progress)
        return f"{props['function_name']}/{props['service_id']}", live

    def sync(self, change: Change) -> Live:
        """Attach the version, unless that is in progress, and wait until queries can call it."""
        from clickhouse_api import models

        client, live, news = change.client, change.live, change.news
        organization_id, _, service_id = _ids(news)
        progress = engine.Progress(engine.urn_in(news))
        wanted = news.get("version")
        in_progress = live is not None and live.get("status") == "provisioning"
        if live is None or not in_progress or wanted not in (None, live.get("version")):
            request = models.UdfAttachRequest.model_validate(
                {} if wanted is None else {"version": wanted}
            )
            ref = ServiceRef(organization_id, service_id, "of the attachment")
            live = when_awake(
                client,
                ref,
                lambda: plain(client.udf.udf_attach(*_ids(news), request)),
                progress,
            )
        poller = Poller(f"function {change.resource_id}", _ATTACH_SECONDS, progress)
        return poller.until(
            live,
            lambda: self.observe(client, change.resource_id, news),
            lambda seen: _is_attached(seen, change.resource_id),
            state_of=lambda seen: str(seen.get("status")),
            goal="is attached",
        )

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Detach the function, and wait until the API returns `NotFound`."""
        client.udf.udf_detach(*_ids(props))
        progress = engine.Progress(engine.urn_in(props))
        Poller(f"function {resource_id}", _ATTACH_SECONDS, progress).until(
            self.observe(client, resource_id, props),
            lambda: self.observe(client, resource_id, props),
            lambda _seen: False,
            state_of=lambda seen: str(seen.get("status")),
            goal="is detached",
        )


class UdfAttachment(Resource, module="clickhouse", name="UdfAttachment"):
    """A function that is attached to a service."""

    version: pulumi.Output[int]
    """The attached version."""
    status: pulumi.Output[str]
    """`deployed`, or `standby` while the service is idle."""

    def __init__(
        self,
        resource_name: str,
        args: UdfAttachmentArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {**vars(args), "status": None, **marks_of(type(self), resource_name, opts)}
        super().__init__(UdfAttachmentProvider(), resource_name, props, opts)


def _ids(props: Mapping[str, Any]) -> tuple[str, str, str]:
    return props["organization_id"], props["function_name"], props["service_id"]


def _is_attached(seen: Live, resource_id: str) -> bool:
    if seen.get("status") == "error":
        raise ResourceError(
            f"function {resource_id}: attaching version {seen.get('version')} failed; the console "
            "shows the reason"
        )
    return seen.get("status") in ATTACHED
