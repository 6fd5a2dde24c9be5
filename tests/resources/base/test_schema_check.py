"""`managed_part`: which values of a response are compared with the program's."""

from __future__ import annotations

from resources.base.schema_check import managed_part


def test_what_the_server_adds_is_no_difference() -> None:
    """Only the values that the program sets are compared, and all of them."""
    wanted = {"a": [{"x": 1, "s": {"y": 2}}], "b": 1}
    live = {"a": [{"x": 1.0, "id": "i", "s": {"y": 2, "z": 3}}], "b": 1, "c": 2}
    assert managed_part(live, wanted) == wanted
    assert managed_part({**live, "a": []}, wanted) != wanted
    assert managed_part({**live, "a": [*live["a"], {"x": 2}]}, wanted) != wanted  # type: ignore[misc]
    assert managed_part({"b": 1}, wanted) != wanted
