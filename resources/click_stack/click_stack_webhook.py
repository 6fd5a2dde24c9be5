"""`ClickStackWebhook`: a URL to which ClickStack sends alerts.

Operations: `clickStackCreateWebhook`, `clickStackListWebhooks`, `clickStackUpdateWebhook`,
`clickStackDeleteWebhook`.

    on_call = ClickStackWebhook(
        "on-call",
        ClickStackWebhookArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            service="generic",
            url="https://alerts.example.com/hooks/0f3d",
            headers={"Authorization": "Bearer 5d41402a"},
            body='{"text": "{{title}}"}',
        ),
    )

A change of the organization or service replaces the webhook; all other properties change in place.
The URL, the headers and the query parameters are secrets, because anyone who has them can send
messages. They are never compared with the API. They are sent when the webhook is created, adopted
or changed. A create sends them twice: with the POST, and with the PUT that removes the ownership
tag from the name. `adopt="<id>"` adopts an existing webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import Resource

from resources.base import Change, Live, marks_of, with_secrets
from resources.base import pulumi_engine as engine
from resources.base.checker import Checker
from resources.base.confirmation import Confirmation
from resources.base.fields import ORGANIZATION, SERVICE, Field, choice, text
from resources.click_stack.click_stack_object import ClickStackObject

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ClickStackWebhook", "ClickStackWebhookArgs", "ClickStackWebhookProvider"]

SERVICES = ("slack", "incidentio", "generic")
SECRETS = ("url", "headers", "query_params")
SENT = ("name", "service", "url", "description", "body", "headers", "query_params")
LONGEST_VALUE = 4096


@dataclass(kw_only=True)
class ClickStackWebhookArgs:
    """The URL, and the content of a message.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service with this ClickStack. Replaces.
        service: kind of the receiver: `slack`, `incidentio` or `generic`. In place.
        url: its URL, a secret. In place.
        name: the name. Default: the Pulumi name. In place.
        description: a comment for readers. In place. If it is removed, it is emptied.
        body: template of the message. The API returns it only for `generic`. In place.
        headers: names and values, secrets, each value up to 4096 characters. In place.
        query_params: query parameters of the URL, like `headers`. In place.
        adopt: id of an existing webhook to adopt instead of creating one.
    """

    organization_id: pulumi.Input[str]
    service_id: pulumi.Input[str]
    service: pulumi.Input[str]
    url: pulumi.Input[str]
    name: pulumi.Input[str] | None = None
    description: pulumi.Input[str] | None = None
    body: pulumi.Input[str] | None = None
    headers: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    query_params: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    adopt: pulumi.Input[str] | None = None


def _check_url(checker: Checker, name: str) -> None:
    value = checker.known(name)
    valid = isinstance(value, str) and value.startswith(("https://", "http://"))
    if value is not None and not valid:
        checker.fail(name, "is not a URL that begins with https:// or http://")


def _check_pairs(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    if not isinstance(value, Mapping):
        checker.fail(name, "is not a mapping of names to strings")
        return
    for key, text_ in value.items():
        if not isinstance(text_, str) or len(text_) > LONGEST_VALUE:
            checker.fail(
                f"{name}[{key!r}]",
                f"is not a string of up to {LONGEST_VALUE} characters",
            )


class ClickStackWebhookProvider(ClickStackObject):
    """Creates, changes and deletes webhooks."""

    display_name = "ClickStack webhook"
    kind = "webhook"
    models = ("ClickStackWebhookInput", "ClickStackWebhookInput")
    request_fields = SENT
    is_paged = True
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "service_id": SERVICE,
        "name": Field(check=text(), required=True),
        "service": Field(check=choice(SERVICES), required=True),
        "url": Field(check=_check_url, required=True, readable=False),
        "description": Field(check=text(), clears=True),
        "body": Field(check=text(), clears=True),
        "headers": Field(check=_check_pairs, readable=False, clears=True),
        "query_params": Field(check=_check_pairs, readable=False, clears=True),
    }

    def place_of(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return all fields: the PUT needs them, and the API does not return its secrets."""
        given = {name: props[name] for name in SENT if props.get(name) is not None}
        return {**super().place_of(props), **given}

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """Return the webhook from the list. There is no operation for a single one."""
        found = [item for item in self.all(client, props) if item.get("id") == resource_id]
        return self.live(found[0]) if found else None

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """Send all fields to an existing webhook: its secrets cannot be compared."""
        resource_id, live = super().ensure(client, props, progress)
        if live is not None and not live.get("fresh"):
            change = Change(
                client,
                resource_id,
                live=live,
                olds={},
                news=props,
                names=(),
                progress=progress,
            )
            live = self.sync(change)
        return resource_id, live

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create the webhook, and note that its fields were just sent."""
        resource_id, live = super().post(client, props)
        return resource_id, {**live, "fresh": True}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the webhook without secrets. A body that the API does not return is unchanged."""
        shown = super().shown(live, wanted)
        if live.get("service") != "generic" and "body" in shown:
            shown["body"] = wanted["body"]
        return shown

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the fields of a request. Omit live secrets: the API may shorten the URL."""
        seen = {name: value for name, value in live.items() if name not in SECRETS}
        return super().values(seen, wanted)

    def emptied(self, name: str) -> Any:
        """Return an empty value. The API accepts no null."""
        return {} if name in SECRETS else ""


class ClickStackWebhook(Resource, module="clickhouse", name="ClickStackWebhook"):
    """A webhook. Its URL and headers are secrets."""

    name: pulumi.Output[str]
    """The name."""
    service: pulumi.Output[str]
    """The kind of the receiver."""

    def __init__(
        self,
        resource_name: str,
        args: ClickStackWebhookArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props: dict[str, Any] = {**vars(args), "name": args.name or resource_name}
        for name in SECRETS:
            if props[name] is not None:
                props[name] = pulumi.Output.secret(props[name])
        props |= marks_of(type(self), resource_name, opts)
        provider = ClickStackWebhookProvider()
        super().__init__(provider, resource_name, props, with_secrets(opts, *SECRETS))
        if args.adopt is None:
            place = provider.place_of(props)
            Confirmation(resource_name, provider, of=self, props=place, secrets=SECRETS)
