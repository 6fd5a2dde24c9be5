"""`ClickStackSource`: fields."""

from __future__ import annotations

from resources.click_stack.click_stack_source import KINDS, ClickStackSourceProvider
from tests.resources.click_stack.click_stack_fields import ClickStackFieldTests
from tests.support.openapi_schema import schema


class TestClickStackSource(ClickStackFieldTests):
    """A source has the settings of its kind."""

    provider = ClickStackSourceProvider
    request = "ClickStackLogSource"
    first = {
        "name": "logs",
        "kind": "log",
        "connection": "c",
        "database": "d",
        "table": "t",
        "settings": {
            "default_table_select_expression": "Body",
            "timestamp_value_expression": "Timestamp",
        },
    }
    invalid = (
        ({"kind": "span"}, "kind is 'span', allowed: log, trace, metric"),
        ({"table": None}, "table is required"),
        (
            {"settings": {"default_table_select_expression": "Body"}},
            "settings.timestamp_value_expression is required",
        ),
        (
            {"settings": {"span_id": 1}},
            "settings.span_id is not a field of the API",
        ),
        ({"settings": {"name": "n"}}, "allowed: settings without name, kind"),
    )
    always_known = frozenset({"kind"})

    def test_every_property_of_the_request_is_a_field(self) -> None:
        """Each kind has a separate schema, and `check` validates the settings against it."""
        assert [schema(model)["kind"]["enum"] for model in KINDS.values()] == [[k] for k in KINDS]
