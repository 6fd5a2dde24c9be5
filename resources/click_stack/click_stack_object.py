"""What the four resources of ClickStack share: where they are kept, and how they are sent.

ClickStack has sources, dashboards, alerts and webhooks, each kept by a service under an id of its
own. The API takes them whole: a PUT replaces everything, so what the program does not speak of is
sent as it was found. Nested values are held to the document's shape (`shapes`), and only as much of
a live one is looked at as the program speaks of: what the server adds is never a difference.

None of them has tags, so the owner's mark of one that is being made stands in its name, until
`Confirmation` removes it (see `ownership`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import CheckResult

from resources.base import Change, CreatedResource, Live, plain
from resources.base.checker import Checker
from resources.base.errors import ResourceError
from resources.base.name_mark import has_mark, marked, unmarked
from resources.base.schema_check import check_shape, managed_part

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["ClickStackThing"]

# The largest page of the lists that come in pages.
_PAGE = 1000


class ClickStackThing(CreatedResource):
    """One kind of thing in ClickStack.

    Attributes:
        kind: in the names of its operations: `source`, `dashboard`, `alert`, `webhook`.
        models: the request models of POST and PUT.
        shapes: property -> model of its value; of a list, its items'.
        naming: the property that is its name, and has the mark.
        sends: the properties that a request has.
        omits: of these, what is left out to empty it, because the API takes no null for it.
        pages: its list comes in pages.
    """

    kind: ClassVar[str]
    models: ClassVar[tuple[str, str]]
    shapes: ClassVar[Mapping[str, str]] = {}
    naming: ClassVar[str] = "name"
    sends: ClassVar[Sequence[str]]
    omits: ClassVar[tuple[str, ...]] = ()
    pages: ClassVar[bool] = False

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Also the shapes of nested values, and what in them refers to each other."""
        result = super().check(olds, news)
        if result.failures:
            return result
        checker = Checker(result.inputs)
        for name, model in self.shapes.items():
            # What passed at the last `up` need not load the client again.
            if checker.inputs.get(name) != olds.get(name):
                value = checker.inputs.get(name)
                check_shape(checker, name, model, each=isinstance(value, list))
        if not checker.failures:
            self.links(checker, olds)
        return checker.result()

    def links(self, checker: Checker, olds: Mapping[str, Any]) -> None:
        """What is illegal between values that each have the right shape."""

    def place_of(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs that `confirm_created` needs to find and resend the object."""
        return {name: props[name] for name in ("organization_id", "service_id")}

    def rules(self, checker: Checker) -> None:
        """An id to adopt is a text."""
        checker.text("adopt")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """It as it is."""
        get = getattr(client.click_stack, f"click_stack_get_{self.kind}")
        return self.live(plain(get(*_place(props), resource_id)))

    def live(self, thing: Live) -> Live:
        """An answer in the spelling of the inputs; whether it is `marked` as unfinished."""
        name = str(thing.get(self.naming) or "")
        return {**thing, self.naming: unmarked(name), "marked": unmarked(name) != name}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """As much of it as the program speaks of."""
        return {
            name: managed_part(live.get(name), wanted[name])
            for name, field in self.fields.items()
            if field.readable and wanted.get(name) is not None
        }

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Those with our mark."""
        return [
            (str(thing["id"]), self.live(thing))
            for thing in self.all(client, props)
            if has_mark(thing.get(self.naming), props)
        ]

    def all(self, client: Client, props: Mapping[str, Any]) -> Iterator[Live]:
        """Everything of this kind that the service has."""
        plural = "click_stack_list_" + self.kind + "s"
        listed = getattr(client.click_stack, plural)
        start, page = 0, {"limit": _PAGE} if self.pages else {}
        while True:
            found = listed(*_place(props), **({**page, "offset": start} if page else {}))
            yield from map(plain, found)
            start += _PAGE
            if not page or len(found) < _PAGE:
                return

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Make it, with the mark in its name."""
        values = {**self.values({}, props), self.naming: self._marked(props)}
        create = getattr(client.click_stack, f"click_stack_create_{self.kind}")
        thing = plain(create(*_place(props), self.request(self.models[0], values)))
        return str(thing["id"]), self.live(thing)

    def sync(self, change: Change) -> Live | None:
        """Send all of it, changed in the named fields; what the program has not is left."""
        live, news = change.live, change.news
        if live is None:
            return None
        wanted = {**{name: None for name in change.names if name not in news}, **news}
        if live.get("marked"):
            # It may be in no state yet, so a run after this one must still be able to find it.
            wanted[self.naming] = self._marked(news)
        return self.live(self._put(change.client, change.resource_id, live, wanted))

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """A request's fields: the wanted ones over those that are there.

        Args:
            live: as it is; empty on create.
            wanted: what it should be; None empties a field.
        """
        kept = {name: live[name] for name in self.sends if live.get(name) is not None}
        asked = {name: wanted[name] for name in self.sends if name in wanted}
        return {
            name: self.emptied(name) if value is None else value
            for name, value in {**kept, **asked}.items()
            if value is not None or name not in self.omits
        }

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership mark from the name. The PUT contains all other properties."""
        live = self._observed(client, resource_id, props)
        if live is not None:
            self._put(client, resource_id, live, {**props, self.naming: live[self.naming]})

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """It goes."""
        delete = getattr(client.click_stack, f"click_stack_delete_{self.kind}")
        delete(*_place(props), resource_id)

    def _marked(self, props: Mapping[str, Any]) -> str:
        return marked({**props, "name": props[self.naming]})

    def _put(self, client: Client, resource_id: str, live: Live, wanted: Mapping[str, Any]) -> Live:
        update = getattr(client.click_stack, f"click_stack_update_{self.kind}")
        request = self.request(self.models[1], self.values(live, wanted))
        return plain(update(*_place(wanted), resource_id, request))

    def emptied(self, name: str) -> Any:
        """What a field is that the program no longer has."""
        return [] if self.shapes.get(name) or name == "tags" else None

    def request(self, model: str, values: Mapping[str, Any]) -> Any:
        """The body of a request.

        Raises:
            ResourceError: what is there has something that the API's document does not know.
        """
        from pydantic import TypeAdapter, ValidationError

        from clickhouse_api import models

        try:
            return TypeAdapter(getattr(models, model)).validate_python(dict(values))
        except ValidationError as error:
            # The program's own values were checked; without the value, which may be a secret.
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise ResourceError(
                f"{self.display_name} {values.get(self.naming)!r} cannot be sent as it is now, the "
                f"API's document does not have its {place}"
            ) from None


def _place(props: Mapping[str, Any]) -> tuple[str, str]:
    return props["organization_id"], props["service_id"]
