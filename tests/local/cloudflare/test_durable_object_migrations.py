"""Durable Object migrations, as a function of the current namespaces and the upload."""

from __future__ import annotations

from typing import Any

import pytest

from local.cloudflare.durable_object_migrations import migrate
from local.cloudflare.errors import CloudflareError
from local.cloudflare.state import Namespace

ONE = Namespace(id="1", class_name="One", sqlite=True, unique_key="key-of-one")


def test_steps_apply_in_order_and_the_last_tag_is_kept() -> None:
    """wrangler sends the migrations that a script does not have yet."""
    steps = [
        {"new_sqlite_classes": ["Two"]},
        {"renamed_classes": [{"from": "One", "to": "First"}]},
        {"new_classes": ["Three"], "deleted_classes": ["Two"]},
    ]
    namespaces, tag = migrate(
        [ONE],
        "v1",
        {"old_tag": "v1", "new_tag": "v4", "steps": steps},
        exported={"First", "Two", "Three"},
        bound={"First"},
    )
    found = {space.class_name: (space.sqlite, space.unique_key) for space in namespaces}
    assert tag == "v4"
    assert set(found) == {"First", "Three"}
    assert found["First"] == (True, "key-of-one")
    assert found["Three"][0] is False


def test_no_migration_changes_nothing() -> None:
    """The tag is checked only if there are migrations."""
    assert migrate([ONE], "v1", None, exported={"One"}, bound=()) == ((ONE,), "v1")


@pytest.mark.parametrize(
    ("migrations", "code"),
    [
        ({"new_tag": "v2"}, 10079),
        ({"old_tag": "v0", "new_tag": "v2"}, 10079),
        ({"old_tag": "v1", "new_sqlite_classes": ["One"]}, 10074),
        ({"old_tag": "v1", "new_classes": ["Absent"]}, 10070),
        ({"old_tag": "v1", "deleted_classes": ["Absent"]}, 10071),
        ({"old_tag": "v1", "deleted_classes": ["One"]}, 10061),
        ({"old_tag": "v1", "renamed_classes": [{"from": "Absent", "to": "One"}]}, 10072),
        ({"old_tag": "v1", "renamed_classes": [{"from": "One", "to": "One"}]}, 10073),
        ({"old_tag": "v1", "renamed_classes": [{"from": "One"}]}, 10021),
        ({"old_tag": "v1", "transferred_classes": [{}]}, 10021),
        ({"old_tag": "v1", "new_classes": "One"}, 10021),
        ({"old_tag": "v1", "new_classes": [7]}, 10021),
        ({"old_tag": "v1", "steps": ["new"]}, 10021),
        (None, 10064),
    ],
)
def test_a_migration_that_cannot_be_applied_is_rejected(
    migrations: dict[str, Any] | None, code: int
) -> None:
    """The error code is the vendor's if it is known."""
    exported = {"One"} if migrations else set()
    with pytest.raises(CloudflareError) as rejected:
        migrate([ONE], "v1", migrations, exported=exported, bound={"One"})
    assert rejected.value.code == code
