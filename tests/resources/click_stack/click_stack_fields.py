"""Tests of fields that all ClickStack resources share."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from pulumi.output import Unknown

from resources.click_stack.click_stack_object import ClickStackObject
from tests.support.declared_resource import FieldTests, snake_case
from tests.support.openapi_schema import schema

__all__ = ["CHART", "ClickStackFieldTests"]

CHART = {"display_type": "line", "source_id": "s", "select": [{"agg_fn": "count"}]}


class ClickStackFieldTests(FieldTests):
    """`check` without a request to the API."""

    parents: ClassVar = {
        "organization_id": "o",
        "service_id": "s",
        "resource_urn": "u",
        "stack_mark": "m",
    }

    def reasons(self, changes: dict[str, Any]) -> list[str]:
        """Return the errors of `check`. The unknown input prevents the validation by the API."""
        later = Unknown()  # type: ignore[no-untyped-call]
        return super().reasons({"later": later, **changes})

    def fields_sent(self) -> set[str]:
        """Return the names of the fields that requests may have."""
        return set(cast("type[ClickStackObject]", self.provider).request_fields)

    def test_every_property_of_the_request_is_a_field(self) -> None:
        """The names are equal, so no request has a property that the API does not know."""
        properties = {snake_case(name) for name in schema(self.request)}
        assert properties == self.fields_sent() | self.not_sent
