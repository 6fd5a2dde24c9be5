"""Tests that every declared resource must pass. The test file of a resource supplies its values.

    class TestUpgradeWindow(DeclaredResourceTests):
        provider = UpgradeWindowProvider
        request = "UpgradeWindowPutRequest"
        first = {"weekday": 6, "start_hour_utc": 0}
        …

`FieldTests` runs `check` and `diff` only. `DeclaredResourceTests` adds the lifecycle and the
adoption of an existing object, against the local control plane.
`tests/resources/test_all_resources.py` runs the same values through the Pulumi CLI.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import pytest
from pulumi.output import Unknown

from resources.base import DeclarativeProvider
from tests.support.control_plane_by_hand import ControlPlaneByHand, contains
from tests.support.driven_provider import DrivenProvider
from tests.support.openapi_schema import schema
from tests.support.running_service import RunningService

__all__ = ["DeclaredResourceTests", "FieldTests", "resolved", "snake_case"]

Args = dict[str, Any]

# The time of the last use or change, which the API changes without a request to change the object.
_CLOCKS = {"usedAt", "updatedAt"}


class FieldTests:
    """Tests of the fields, without a cloud.

    Attributes:
        first: arguments of a valid resource.
        invalid: changes to `first`, and a part of the error message that each causes.
        request: the schema in the OpenAPI spec of the request that creates or changes the object.
        not_sent: properties of that schema that the resource has no field for.
        parents: inputs that every resource of this kind has.
        always_known: arguments that a preview must know.
        secret: a value that no error message may show.
    """

    provider: ClassVar[type[DeclarativeProvider]]
    first: ClassVar[Args]
    invalid: ClassVar[Sequence[tuple[Args, str]]]
    request: ClassVar[str]
    not_sent: ClassVar[frozenset[str]] = frozenset()
    parents: ClassVar[Mapping[str, Any]] = {"organization_id": "o", "service_id": "s"}
    always_known: ClassVar[frozenset[str]] = frozenset()
    secret: ClassVar[str] = ""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run the test of invalid values once for each value."""
        if "reason" in metafunc.fixturenames:
            names = [reason for _, reason in self.invalid]
            metafunc.parametrize(("changes", "reason"), self.invalid, ids=names)

    def reasons(self, changes: Args) -> list[str]:
        """Return the errors of `check` for `first` with some changes."""
        inputs = {**self.parents, **_from_the_wire(self.first), **changes}
        return [failure.reason for failure in self.provider().check({}, inputs).failures]

    def test_valid_values_pass(self) -> None:
        """Pulumi sends whole numbers as floats. Unknown values of a preview pass as well."""
        assert self.reasons({}) == []
        names = self.first.keys() - self.always_known
        unknown = dict.fromkeys(names, Unknown())  # type: ignore[no-untyped-call]
        assert self.reasons(unknown) == []

    def test_an_invalid_value_is_rejected(self, changes: Args, reason: str) -> None:
        """The message has the property, its value and the allowed values."""
        shown = self.reasons(changes)
        assert [line for line in shown if reason in line], shown
        assert not self.secret or self.secret not in str(shown)

    def test_every_property_of_the_request_is_a_field(self) -> None:
        """A new property in the OpenAPI spec needs a field, or a place in `not_sent`."""
        properties = {snake_case(name) for name in schema(self.request)}
        assert properties - self.fields_sent() == self.not_sent

    def fields_sent(self) -> set[str]:
        """Return the names of the fields that requests may have."""
        return set(self.provider.fields)

    def test_an_up_without_changes_imports_no_client(self) -> None:
        """`check` and `diff` import neither httpx nor pydantic, which takes 0.5 s per process."""
        provider = self.provider
        code = f"""
import sys
from {provider.__module__} import {provider.__name__}
given = { ({**self.parents, **self.first})!r}
checked = {provider.__name__}().check(given, given)
assert not checked.failures, checked.failures
assert not {provider.__name__}().diff("id", checked.inputs, checked.inputs).changes
print([name for name in ("httpx", "pydantic", "clickhouse_api") if name in sys.modules])
"""
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert run.stdout == b"[]\n"


class DeclaredResourceTests(FieldTests):
    """Tests of the fields, the lifecycle and the adoption.

    In arguments, a string such as `"$key"` is replaced by `prepare(api)["key"]`.

    Attributes:
        first_shown: a part of the API's object after `first` was applied.
        second: other arguments, which change the object in place. Empty if none can.
        second_shown: a part of the API's object after `second` was applied.
        restored: deleting the resource restores the state before its creation. If not, the object
            stays as it is.
    """

    first_shown: ClassVar[Any]
    second: ClassVar[Args] = {}
    second_shown: ClassVar[Any] = None
    restored: ClassVar[bool] = True

    def prepare(self, _api: ControlPlaneByHand) -> dict[str, str]:
        """Create the objects that the arguments refer to, and return their ids by name."""
        return {}

    def shown(self, api: ControlPlaneByHand, resource_id: str) -> Any:
        """Return the object as the API shows it, or None."""
        raise NotImplementedError

    def change_by_hand(self, api: ControlPlaneByHand, resource_id: str) -> None:
        """Change or delete the object without Pulumi."""
        raise NotImplementedError

    def create_by_hand(self, api: ControlPlaneByHand) -> Args:
        """Create an object without Pulumi, and return arguments that adopt it unchanged."""
        raise NotImplementedError

    def driven(self, server: RunningService) -> DrivenProvider:
        """Return the provider, configured for the local control plane."""
        parents = {"service_id": server.id} if "service_id" in self.provider.fields else {}
        return DrivenProvider(self.provider(), server.control_plane, **parents)

    def parent_id(self, args: Args) -> str:
        """Return the id that the arguments name, if the object shares the id of its parent."""
        return str(args.get(getattr(self.provider, "parent", ""), ""))

    @pytest.mark.usefixtures("unlimited")
    def test_it_is_created_changed_in_place_and_deleted(self, server: RunningService) -> None:
        """A change by hand shows in `read`, and the next update reverts it."""
        api = ControlPlaneByHand(server.control_plane, server.id)
        ids, resource = self.prepare(api), self.driven(server)
        first, second = resolved(self.first, ids), resolved(self.second, ids)
        before = self.shown(api, self.parent_id(first))
        resource.create(**first)
        shown = self.shown(api, resource.id)
        assert contains(shown, resolved(self.first_shown, ids)), shown

        self.change_by_hand(api, resource.id)
        seen = resource.provider.read(resource.id, resource.state)
        outs, inputs = dict(seen.outs or {}), resource.checked(**first)
        assert not seen.id or resource.provider.diff(seen.id, outs, inputs).changes

        if second:
            resource.update(**second)
            shown = self.shown(api, resource.id)
            assert contains(shown, resolved(self.second_shown, ids)), shown
        resource.provider.delete(resource.id, resource.state)
        after = self.shown(api, resource.id)
        assert without_clocks(after) == without_clocks(before if self.restored else shown)

    @pytest.mark.usefixtures("unlimited")
    def test_an_existing_object_is_adopted_unchanged(self, server: RunningService) -> None:
        """Neither its id nor its values change."""
        api = ControlPlaneByHand(server.control_plane, server.id)
        args, resource = self.create_by_hand(api), self.driven(server)
        before = self.shown(api, args.get("adopt") or self.parent_id(args))
        resource.create(**args)
        assert without_clocks(self.shown(api, resource.id)) == without_clocks(before)
        resource.provider.delete(resource.id, resource.state)


def resolved(value: Any, ids: Mapping[str, str]) -> Any:
    """Return the value with ids in place of references such as `"$key"`."""
    if isinstance(value, dict):
        return {name: resolved(part, ids) for name, part in value.items()}
    if isinstance(value, list):
        return [resolved(part, ids) for part in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def snake_case(name: str) -> str:
    """`startHourUtc` -> `start_hour_utc`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def without_clocks(value: Any) -> Any:
    """Return the value without times that change with every request."""
    if isinstance(value, dict):
        return {name: without_clocks(part) for name, part in value.items() if name not in _CLOCKS}
    return [without_clocks(part) for part in value] if isinstance(value, list) else value


def _from_the_wire(value: Any) -> Any:
    """Return the value as Pulumi's engine sends it: every number is a float."""
    if isinstance(value, dict):
        return {name: _from_the_wire(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_from_the_wire(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
