"""Runs the stand-in plugin as the engine does: a process that prints a port, and gRPC on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import grpc

from local.pulumi_resource_cloudflare.protos import (
    empty_pb2,
    provider_pb2,
    provider_pb2_grpc,
)
from local.pulumi_resource_cloudflare.values import from_struct, to_struct
from tests.support.paths import ROOT

__all__ = ["DOMAIN", "SCRIPT", "Plugin", "provider_pb2"]

SCRIPT = "cloudflare:index/workersScript:WorkersScript"
DOMAIN = "cloudflare:index/workersCustomDomain:WorkersCustomDomain"


class Plugin:
    """A running plugin process and a connection to it."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.pulumi_resource_cloudflare"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], **(environment or {})},
        )
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.greeting = self.process.stderr.readline()
        self.port = int(self.process.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def close(self) -> None:
        """Cancel as the engine does, and wait until the process has ended."""
        self._stub.Cancel(empty_pb2.Empty(), timeout=30)
        self._channel.close()
        self.process.communicate(timeout=30)

    def call(self, method: str, request: Any) -> Any:
        """Send one request of the protocol. Return the response."""
        return getattr(self._stub, method)(request, timeout=60)

    def error(self, method: str, request: Any) -> str:
        """Send one request, which must fail. Return the message."""
        try:
            response = self.call(method, request)
        except grpc.RpcError as error:
            return error.details() or ""
        raise AssertionError(f"{method} returned {response}")

    def configure(self, **arguments: object) -> Any:
        """Send the token and the address."""
        args = to_struct(arguments)
        return self.call("Configure", provider_pb2.ConfigureRequest(args=args, acceptSecrets=True))

    def check(self, token: str, news: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the checked inputs, and the errors by property."""
        request = provider_pb2.CheckRequest(urn=urn(token), news=to_struct(news))
        response = self.call("Check", request)
        failures = {failure.property: failure.reason for failure in response.failures}
        return from_struct(response.inputs), failures

    def diff(self, token: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
        """Return the differences."""
        request = provider_pb2.DiffRequest(
            urn=urn(token), olds=to_struct(olds), news=to_struct(news)
        )
        return self.call("Diff", request)

    def create(
        self, token: str, news: Mapping[str, Any], *, preview: bool = False
    ) -> tuple[str, dict[str, Any]]:
        """Create a resource. Return its id and state."""
        properties = to_struct(news)
        response = self.call(
            "Create",
            provider_pb2.CreateRequest(urn=urn(token), properties=properties, preview=preview),
        )
        return response.id, from_struct(response.properties)

    def update(
        self, token: str, identifier: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Change a resource in place. Return its state."""
        request = provider_pb2.UpdateRequest(
            id=identifier, urn=urn(token), olds=to_struct(olds), news=to_struct(news)
        )
        return from_struct(self.call("Update", request).properties)

    def read(
        self,
        token: str,
        identifier: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Refresh a resource. Return id, state and inputs; no id means that it does not exist."""
        request = provider_pb2.ReadRequest(
            id=identifier, urn=urn(token), properties=to_struct(state), inputs=to_struct(inputs)
        )
        response = self.call("Read", request)
        return response.id, from_struct(response.properties), from_struct(response.inputs)

    def delete(self, token: str, identifier: str, state: Mapping[str, Any]) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            id=identifier, urn=urn(token), properties=to_struct(state)
        )
        self.call("Delete", request)

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a look-up."""
        response = self.call(
            "Invoke", provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        )
        assert not response.failures
        return from_struct(getattr(response, "return"))


def urn(token: str) -> str:
    """Return the URN of a resource."""
    return f"urn:pulumi:test::project::{token}::name"
