"""A local control plane with one running service, for tests that call providers of functions."""

from __future__ import annotations

import time
from typing import Any

from pulumi.dynamic import CreateResult, ReadResult, UpdateResult

from local.stack.paths import StackPaths
from resources.base.control_plane import ControlPlane as Settings
from resources.udf.udf import UdfProvider
from resources.udf.udf_attachment import UdfAttachmentProvider
from tests.support.cloud_apis import ControlPlane

__all__ = ["CODE", "Home", "outs"]

CODE = {"main.py": "import sys\n", "lib/helper.py": ""}


class Home:
    """A local control plane with one running service, and providers that call it."""

    def __init__(self, layout: StackPaths) -> None:
        self.plane = ControlPlane(layout)
        cloud = self.plane.cloud
        self.settings = {
            "clickhouseApiUrl": cloud["url"],
            "clickhouseCloudApiKey": cloud["key_id"],
            "clickhouseCloudApiSecret": cloud["key_secret"],
        }
        self.organization_id = cloud["organization_id"]
        body = {"name": "s", "provider": "aws", "region": "us-east-1", "ipAccessList": []}
        self.service_id = self.plane.organization("POST", "services", body)["service"]["id"]
        self.until("running")

    def until(self, state: str) -> None:
        """Wait until the service has a state."""
        while self.plane.organization("GET", f"services/{self.service_id}")["state"] != state:
            time.sleep(0.05)

    def faults(self, **faults: Any) -> None:
        """Set the faults of the control plane."""
        self.plane.request("PUT", "/local/faults", {"requests_per_window": 0, **faults})

    def functions(self) -> UdfProvider:
        """Return a provider of functions."""
        provider = UdfProvider()
        provider._control_plane = Settings(self.settings.get)
        return provider

    def attachments(self) -> UdfAttachmentProvider:
        """Return a provider of attachments."""
        provider = UdfAttachmentProvider()
        provider._control_plane = Settings(self.settings.get)
        return provider

    def function(self, name: str, **changes: Any) -> dict[str, Any]:
        """Return the checked inputs of a function, without properties that are None."""
        inputs = {
            "organization_id": self.organization_id,
            "function_name": name,
            "runtime": "python3.11",
            "type": "executable",
            "arguments": [{"name": "x", "type": "UInt8"}],
            "return_type": "UInt8",
            "files": CODE,
            "resource_urn": f"urn:{name}",
            "stack_mark": "stack",
            **changes,
        }
        result = UdfProvider().check({}, {n: v for n, v in inputs.items() if v is not None})
        assert result.failures == []
        return result.inputs

    def attachment(self, name: str, **changes: Any) -> dict[str, Any]:
        """Return the checked inputs of its attachment."""
        inputs = {
            "organization_id": self.organization_id,
            "service_id": self.service_id,
            "function_name": name,
            **changes,
        }
        result = UdfAttachmentProvider().check({}, inputs)
        assert result.failures == []
        return result.inputs

    def shown(self, name: str) -> dict[str, Any]:
        """Return the newest version of the function."""
        return dict(self.plane.organization("GET", f"udfs/{name}"))


def outs(result: CreateResult | ReadResult | UpdateResult) -> dict[str, Any]:
    """Return the outputs of a result of the provider."""
    assert result.outs is not None
    return result.outs
