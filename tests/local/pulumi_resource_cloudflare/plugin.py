"""The stand-in plugin as the engine sees it: a process that prints a port, and gRPC on it."""

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
    """A running plugin."""

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
        """Cancel as the engine does and wait for the end."""
        self._stub.Cancel(empty_pb2.Empty(), timeout=30)
        self._channel.close()
        self.process.communicate(timeout=30)

    def ask(self, method: str, request: Any) -> Any:
        """One call of the protocol."""
        return getattr(self._stub, method)(request, timeout=60)

    def error(self, method: str, request: Any) -> str:
        """The message of a call that must fail."""
        try:
            answer = self.ask(method, request)
        except grpc.RpcError as error:
            return error.details() or ""
        raise AssertionError(f"{method} answered {answer}")

    def configure(self, **arguments: object) -> Any:
        """Give it token and address."""
        args = to_struct(arguments)
        return self.ask("Configure", provider_pb2.ConfigureRequest(args=args, acceptSecrets=True))

    def check(self, token: str, news: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        """The checked inputs, and the reasons by property of what is wrong."""
        request = provider_pb2.CheckRequest(urn=urn(token), news=to_struct(news))
        answer = self.ask("Check", request)
        failures = {failure.property: failure.reason for failure in answer.failures}
        return from_struct(answer.inputs), failures

    def diff(self, token: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Any:
        """What the plugin says changed."""
        request = provider_pb2.DiffRequest(
            urn=urn(token), olds=to_struct(olds), news=to_struct(news)
        )
        return self.ask("Diff", request)

    def create(
        self, token: str, news: Mapping[str, Any], *, preview: bool = False
    ) -> tuple[str, dict[str, Any]]:
        """Id and state of a new resource."""
        properties = to_struct(news)
        answer = self.ask(
            "Create",
            provider_pb2.CreateRequest(urn=urn(token), properties=properties, preview=preview),
        )
        return answer.id, from_struct(answer.properties)

    def update(
        self, token: str, identifier: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The state after a change in place."""
        request = provider_pb2.UpdateRequest(
            id=identifier, urn=urn(token), olds=to_struct(olds), news=to_struct(news)
        )
        return from_struct(self.ask("Update", request).properties)

    def read(
        self,
        token: str,
        identifier: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Id, state and inputs after a refresh; no id if it is gone."""
        request = provider_pb2.ReadRequest(
            id=identifier, urn=urn(token), properties=to_struct(state), inputs=to_struct(inputs)
        )
        answer = self.ask("Read", request)
        return answer.id, from_struct(answer.properties), from_struct(answer.inputs)

    def delete(self, token: str, identifier: str, state: Mapping[str, Any]) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            id=identifier, urn=urn(token), properties=to_struct(state)
        )
        self.ask("Delete", request)

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What a look-up returns."""
        answer = self.ask(
            "Invoke", provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        )
        assert not answer.failures
        return from_struct(getattr(answer, "return"))


def urn(token: str) -> str:
    """A resource's name as the engine writes it."""
    return f"urn:pulumi:test::project::{token}::name"
