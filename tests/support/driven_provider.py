"""Calls providers as Pulumi's engine does, without the engine, which saves seconds per step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import Config, ConfigureRequest

from resources.base import DeclarativeProvider
from tests.support.cloud_apis import ControlPlane

__all__ = ["DrivenProvider"]


class DrivenProvider:
    """One resource and its provider, from `check` to `delete`.

    Args:
        parents: inputs that every program of the test has, for example the service's id.
    """

    def __init__(
        self, provider: DeclarativeProvider, control_plane: ControlPlane, **parents: str
    ) -> None:
        settings = {
            "test:clickhouseApiUrl": control_plane.cloud["url"],
            "test:clickhouseCloudApiKey": control_plane.cloud["key_id"],
            "test:clickhouseCloudApiSecret": control_plane.cloud["key_secret"],
        }
        provider.configure(ConfigureRequest(Config(settings, "test")))
        self.provider = provider
        organization = control_plane.cloud["organization_id"]
        self.parents = {"organization_id": organization, **parents}
        self.id = ""
        self.state: dict[str, Any] = {}

    def checked(self, **args: Any) -> dict[str, Any]:
        """Run `check` on valid arguments and return the inputs."""
        owner = {"resource_urn": f"urn:{self.provider.display_name}", "stack_mark": "test"}
        result = self.provider.check({}, {**self.parents, **owner, **args})
        assert result.failures == []
        return dict(result.inputs)

    def create(self, **args: Any) -> Mapping[str, Any]:
        """Create the resource; afterwards `diff` must find no change."""
        inputs = self.checked(**args)
        made = self.provider.create(inputs)
        self.id, self.state = made.id, dict(made.outs or {})
        return self._settled(inputs)

    def update(self, **args: Any) -> Mapping[str, Any]:
        """Update in place, as `diff` must plan; afterwards `diff` must find no change."""
        inputs = self.checked(**args)
        planned = self.provider.diff(self.id, self.state, inputs)
        assert (planned.changes, planned.replaces) == (True, [])
        self.state = dict(self.provider.update(self.id, self.state, inputs).outs or {})
        return self._settled(inputs)

    def delete(self) -> None:
        """Delete the resource; afterwards `read` must not find it."""
        self.provider.delete(self.id, self.state)
        assert self.provider.read(self.id, self.state).id in ("", None)

    def _settled(self, inputs: dict[str, Any]) -> Mapping[str, Any]:
        refreshed = self.provider.read(self.id, self.state)
        for state in (self.state, dict(refreshed.outs or {})):
            assert not self.provider.diff(self.id, state, inputs).changes, state
        return self.state
