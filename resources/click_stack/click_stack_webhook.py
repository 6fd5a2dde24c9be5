"""`ClickStackWebhook`: where ClickStack's alerts are sent.

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

Another organization or service replaces it; everything else changes in place. The address, the
headers and the query parameters are secrets, because whoever knows them can send: they are never
compared with the API, and sent when the webhook is made, taken over or changed (the API takes a
webhook whole, and the first time twice: once to make it, once to take the mark of the unfinished
off its name). An existing webhook is taken over with `adopt="<id>"`.
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
from resources.click_stack.click_stack_object import ClickStackThing

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ClickStackWebhook", "ClickStackWebhookArgs", "ClickStackWebhookProvider"]

SERVICES = ("slack", "incidentio", "generic")
SECRETS = ("url", "headers", "query_params")
SENT = ("name", "service", "url", "description", "body", "headers", "query_params")
LONGEST_VALUE = 4096


@dataclass(kw_only=True)
class ClickStackWebhookArgs:
    """Where to, and what.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        service_id: UUID of the service whose ClickStack it is. Replaces.
        service: what listens there: `slack`, `incidentio` or `generic`. In place.
        url: its address, a secret. In place.
        name: default: the Pulumi name. In place.
        description: for people. In place; taken away, it is emptied.
        body: template of what is sent; only read back from a `generic` one. In place.
        headers: names and values, secrets, each value up to 4096 characters. In place.
        query_params: the same, in the address. In place.
        adopt: id of an existing webhook to take over instead of making one.
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
    legal = isinstance(value, str) and value.startswith(("https://", "http://"))
    if value is not None and not legal:
        checker.fail(name, "is not an address that begins with https:// or http://")


def _check_pairs(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    if not isinstance(value, Mapping):
        checker.fail(name, "is no mapping of names to texts")
        return
    for key, text_ in value.items():
        if not isinstance(text_, str) or len(text_) > LONGEST_VALUE:
            checker.fail(name, f"{key!r} is no text of up to {LONGEST_VALUE} characters")


class ClickStackWebhookProvider(ClickStackThing):
    """Makes, changes and deletes webhooks."""

    display_name = "ClickStack webhook"
    kind = "webhook"
    models = ("ClickStackWebhookInput", "ClickStackWebhookInput")
    sends = SENT
    pages = True
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
        """The API takes a webhook whole and does not tell its secrets."""
        given = {name: props[name] for name in SENT if props.get(name) is not None}
        return {**super().place_of(props), **given}

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """The webhook as it is; there is a list alone."""
        found = [thing for thing in self.all(client, props) if thing.get("id") == resource_id]
        return self.live(found[0]) if found else None

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """One that was there may have other secrets, and nobody can see whether it has."""
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
        """Make it; what was just sent need not be sent again."""
        resource_id, live = super().post(client, props)
        return resource_id, {**live, "fresh": True}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Without its secrets; a body that is not shown is taken to be there."""
        shown = super().shown(live, wanted)
        if live.get("service") != "generic" and "body" in shown:
            shown["body"] = wanted["body"]
        return shown

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """A request's fields; the live address may be shortened, so it is never sent back."""
        seen = {name: value for name, value in live.items() if name not in SECRETS}
        return super().values(seen, wanted)

    def emptied(self, name: str) -> Any:
        """The API knows no null here."""
        return {} if name in SECRETS else ""


class ClickStackWebhook(Resource, module="clickhouse", name="ClickStackWebhook"):
    """A webhook; its address and headers are secrets."""

    name: pulumi.Output[str]
    """Its name."""
    service: pulumi.Output[str]
    """What listens there."""

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
