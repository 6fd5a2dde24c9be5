"""The order of a replacement of `DurableObjectClass`."""

from __future__ import annotations

import pytest

from resources.telemetry.durable_object_class import DurableObjectClassProvider

PROPS = {"account_id": "0123", "script_name": "telemetry", "class_name": "IngestBuffer"}


@pytest.mark.parametrize(
    ("name", "deletes_first"), [("account_id", False), ("script_name", False), ("class_name", True)]
)
def test_the_old_script_is_deleted_first_only_if_the_new_one_has_its_name(
    name: str, deletes_first: bool
) -> None:
    """In the other order, the deletion of the old class would delete the new script."""
    diff = DurableObjectClassProvider().diff("id", PROPS, {**PROPS, name: "other"})
    assert diff.replaces == [name]
    assert diff.delete_before_replace is deletes_first
