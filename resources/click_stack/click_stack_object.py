"""`ClickStackObject`: the common provider of sources, dashboards, alerts and webhooks.

Each object of ClickStack belongs to a service and has an id of the server. The API replaces whole
objects: a PUT replaces every property, so properties that the program does not set are sent with
their live values. `schema_check` checks nested values. Only the part of a live value that the
program sets is compared, so the server's additions are never a difference.

These objects have no tags. An unfinished object has the ownership tag in its name until
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

__all__ = ["ClickStackObject"]

# The largest page of a list.
_PAGE = 1000


class ClickStackObject(CreatedResource):
    """One kind of object in ClickStack.

    Attributes:
        kind: its name in operations: `source`, `dashboard`, `alert` or `webhook`.
        models: the request models of POST and PUT.
        nested_models: property -> model of its value, or of the items of its list.
        name_field: the property that is its name, and has the ownership tag.
        request_fields: the properties of a request.
        omitted_when_empty: the properties that a request omits to empty them, instead of sending
            null.
        is_paged: whether the API returns its list in pages.
    """

    kind: ClassVar[str]
    models: ClassVar[tuple[str, str]]
    nested_models: ClassVar[Mapping[str, str]] = {}
    name_field: ClassVar[str] = "name"
    request_fields: ClassVar[Sequence[str]]
    omitted_when_empty: ClassVar[tuple[str, ...]] = ()
    is_paged: ClassVar[bool] = False

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Check values, then nested values against the OpenAPI spec, then references among them."""
        result = super().check(olds, news)
        if result.failures:
            return result
        checker = Checker(result.inputs)
        for name, model in self.nested_models.items():
            # A value that passed at the last `up` needs no check, which would load the client.
            if checker.inputs.get(name) != olds.get(name):
                value = checker.inputs.get(name)
                check_shape(checker, name, model, each=isinstance(value, list))
        if not checker.failures:
            self.links(checker, olds)
        return checker.result()

    def links(self, checker: Checker, olds: Mapping[str, Any]) -> None:
        """Check references among nested values that are valid alone."""

    def place_of(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the inputs that `confirm_created` needs to find and resend the object."""
        return {name: props[name] for name in ("organization_id", "service_id")}

    def rules(self, checker: Checker) -> None:
        """Check the id to adopt."""
        checker.text("adopt")

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live | None:
        """Return the object."""
        get = getattr(client.click_stack, f"click_stack_get_{self.kind}")
        return self.live(plain(get(*_place(props), resource_id)))

    def live(self, item: Live) -> Live:
        """Return a response with the inputs' names; `marked` is True for an unfinished object."""
        name = str(item.get(self.name_field) or "")
        return {**item, self.name_field: unmarked(name), "marked": unmarked(name) != name}

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the part of the object that the program sets."""
        return {
            name: managed_part(live.get(name), wanted[name])
            for name, field in self.fields.items()
            if field.readable and wanted.get(name) is not None
        }

    def unfinished(self, client: Client, props: Mapping[str, Any]) -> list[tuple[str, Live]]:
        """Return the objects with this resource's ownership tag in their names."""
        return [
            (str(item["id"]), self.live(item))
            for item in self.all(client, props)
            if has_mark(item.get(self.name_field), props)
        ]

    def all(self, client: Client, props: Mapping[str, Any]) -> Iterator[Live]:
        """Yield all objects of this kind in the service."""
        plural = "click_stack_list_" + self.kind + "s"
        listed = getattr(client.click_stack, plural)
        start, page = 0, {"limit": _PAGE} if self.is_paged else {}
        while True:
            found = listed(*_place(props), **({**page, "offset": start} if page else {}))
            yield from map(plain, found)
            start += _PAGE
            if not page or len(found) < _PAGE:
                return

    def post(self, client: Client, props: Mapping[str, Any]) -> tuple[str, Live]:
        """Create the object, with the ownership tag in its name."""
        values = {**self.values({}, props), self.name_field: self._marked(props)}
        create = getattr(client.click_stack, f"click_stack_create_{self.kind}")
        item = plain(create(*_place(props), self.request(self.models[0], values)))
        return str(item["id"]), self.live(item)

    def sync(self, change: Change) -> Live | None:
        """Send the whole object with the named fields changed."""
        live, news = change.live, change.news
        if live is None:
            return None
        wanted = {**{name: None for name in change.names if name not in news}, **news}
        if live.get("marked"):
            # No stack's state may have the object yet, so the next run must still find it by the
            # ownership tag in its name.
            wanted[self.name_field] = self._marked(news)
        return self.live(self._put(change.client, change.resource_id, live, wanted))

    def values(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the fields of a request: the wanted values, and the live ones for the rest.

        Args:
            live: the object as the API has it; empty on create.
            wanted: the properties of the program; None empties a field.
        """
        present = {name: live[name] for name in self.request_fields if live.get(name) is not None}
        set_fields = {name: wanted[name] for name in self.request_fields if name in wanted}
        return {
            name: self.emptied(name) if value is None else value
            for name, value in {**present, **set_fields}.items()
            if value is not None or name not in self.omitted_when_empty
        }

    def confirm_created(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Remove the ownership tag from the name. The PUT contains all other properties."""
        live = self._observed(client, resource_id, props)
        if live is not None:
            self._put(client, resource_id, live, {**props, self.name_field: live[self.name_field]})

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete the object."""
        delete = getattr(client.click_stack, f"click_stack_delete_{self.kind}")
        delete(*_place(props), resource_id)

    def _marked(self, props: Mapping[str, Any]) -> str:
        return marked({**props, "name": props[self.name_field]})

    def _put(self, client: Client, resource_id: str, live: Live, wanted: Mapping[str, Any]) -> Live:
        update = getattr(client.click_stack, f"click_stack_update_{self.kind}")
        request = self.request(self.models[1], self.values(live, wanted))
        return plain(update(*_place(wanted), resource_id, request))

    def emptied(self, name: str) -> Any:
        """Return the value of a field that the program no longer sets."""
        return [] if self.nested_models.get(name) or name == "tags" else None

    def request(self, model: str, values: Mapping[str, Any]) -> Any:
        """Return the body of a request.

        Raises:
            ResourceError: the live object has a value that is not in the OpenAPI spec.
        """
        from pydantic import TypeAdapter, ValidationError

        from clickhouse_api import models

        try:
            return TypeAdapter(getattr(models, model)).validate_python(dict(values))
        except ValidationError as error:
            # The program's own values are valid. This value may be a secret, so it is not shown.
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise ResourceError(
                f"{self.display_name} {values.get(self.name_field)!r} cannot be sent as it is now: "
                f"its {place} is not in the OpenAPI spec"
            ) from None


def _place(props: Mapping[str, Any]) -> tuple[str, str]:
    return props["organization_id"], props["service_id"]
