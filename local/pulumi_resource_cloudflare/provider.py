"""Implements the engine's provider protocol with resources and look-ups."""

# ruff: noqa: ARG002 - the protocol defines the signatures

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import grpc

from local.processes.failure_log import log_failure
from local.pulumi_resource_cloudflare import schema
from local.pulumi_resource_cloudflare.client import ApiFailure, Client
from local.pulumi_resource_cloudflare.protos import (
    empty_pb2,
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
)
from local.pulumi_resource_cloudflare.resources import Difference, Resource
from local.pulumi_resource_cloudflare.schema import Failure
from local.pulumi_resource_cloudflare.values import (
    Secret,
    from_struct,
    has_unknown,
    reveal,
    to_struct,
)
from local.pulumi_resource_cloudflare.workers_custom_domain import WorkersCustomDomain
from local.pulumi_resource_cloudflare.workers_script import WorkersScript
from local.pulumi_resource_cloudflare.zones import LOOKUPS

__all__ = ["STAND_IN", "CloudflareProvider"]

STAND_IN = "this is a stand-in for the official cloudflare plugin, which is not installed"
_DEFAULT_URL = "https://api.cloudflare.com/client/v4"
_PROVIDER = "pulumi:providers:cloudflare"
_ENGINE_CONFIG = ("version", "pluginDownloadURL")
_META = "__meta"
_RAW_STATE_DELTA = "__pulumi_raw_state_delta"
_SECRET_CONFIG = ("apiToken", "apiKey", "apiUserServiceKey")
_RESOURCES: dict[str, Resource] = {
    resource.token: resource for resource in (WorkersScript(), WorkersCustomDomain())
}
_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class CloudflareProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the engine's requests; `stop` is set when the engine cancels.

    Args:
        engine: address of the engine, or None.
    """

    def __init__(
        self, *, engine: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._engine = engine
        self._environment = os.environ if environment is None else environment
        self._client: Client | None = None
        self.stop = threading.Event()

    # The plugin and its abilities.

    def Handshake(self, request: Any, context: Any) -> Any:
        """Return that secrets are supported, and outputs and resources as values are not."""
        self._engine = request.engine_address or self._engine
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> Any:
        """Accept the address of a debugger's engine, which this plugin does not call."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Return the version of the Python package."""
        return plugin_pb2.PluginInfo(version=schema.package()["version"])

    def GetSchema(self, request: Any, context: Any) -> Any:
        """Return tokens and required inputs, enough for `pulumi package get-schema`."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps(_pulumi_schema()))

    def Cancel(self, request: Any, context: Any) -> Any:
        """End the process after the calls in flight, which end at their timeout at the latest."""
        self.stop.set()
        return empty_pb2.Empty()

    # Its configuration.

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Check types and names, and that an API token is used."""
        values = from_struct(request.news)
        # The engine adds the plugin's origin to a provider's inputs.
        own = {key: value for key, value in values.items() if key not in _ENGINE_CONFIG}
        failures = schema.check(_PROVIDER, own)
        for name in ("apiKey", "apiUserServiceKey"):
            if name in values:
                reason = f"'{name}' is not emulated by this stand-in plugin; use 'apiToken'"
                failures.append(Failure(name, reason))
        for name in _SECRET_CONFIG:
            if name in values and not isinstance(values[name], Secret):
                values[name] = Secret(values[name])
        return _checked(values, failures)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Return no replacement: a token or an address can change in place."""
        olds, news = reveal(from_struct(request.olds)), reveal(from_struct(request.news))
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        some = (
            provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        )
        return provider_pb2.DiffResponse(changes=some, diffs=changed)

    def Configure(self, request: Any, context: Any) -> Any:
        """Use the token and the address of the arguments, or else of the environment."""
        _show(self._engine, STAND_IN)
        arguments = reveal(from_struct(request.args))
        token = arguments.get("apiToken", self._environment.get("CLOUDFLARE_API_TOKEN"))
        url = arguments.get("baseUrl", self._environment.get("CLOUDFLARE_BASE_URL"))
        if token and not has_unknown([token, url]):
            self._client = _or_abort(context, lambda: Client(url or _DEFAULT_URL, str(token)))
        elif not token:
            _abort(context, "no API token: set cloudflare:apiToken or CLOUDFLARE_API_TOKEN")
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    # Its resources.

    def Check(self, request: Any, context: Any) -> Any:
        """Reject invalid inputs at preview."""
        resource = _resource(request, context)
        values = from_struct(request.news)
        failures = schema.check(resource.token, values)
        if not failures:
            failures = resource.check(values)
        return _checked(values, failures)

    def Diff(self, request: Any, context: Any) -> Any:
        """Return the changes and the properties that need a replacement."""
        resource = _resource(request, context)
        state, news = from_struct(request.olds), from_struct(request.news)
        for path in request.ignoreChanges:
            name = path.partition(".")[0].partition("[")[0]
            if name in state:
                news[name] = state[name]
        return _diff_response(resource.diff(state, news))

    def Create(self, request: Any, context: Any) -> Any:
        """Create one resource."""
        resource = _resource(request, context)
        news = from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_struct(resource.planned(news, None)))
        client = self._ready(context)
        identifier, state = _or_abort(context, lambda: resource.create(client, news))
        return provider_pb2.CreateResponse(id=identifier, properties=to_struct(state))

    def Update(self, request: Any, context: Any) -> Any:
        """Change one resource in place."""
        resource = _resource(request, context)
        state, news = from_struct(request.olds), from_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=to_struct(resource.planned(news, state)))
        client = self._ready(context)
        fresh = _or_abort(context, lambda: resource.update(client, request.id, state, news))
        return provider_pb2.UpdateResponse(properties=to_struct(_with_meta(fresh, state)))

    def Read(self, request: Any, context: Any) -> Any:
        """Refresh or import one resource. A response without id means that it does not exist."""
        resource = _resource(request, context)
        client = self._ready(context)
        state, inputs = from_struct(request.properties), from_struct(request.inputs)
        found = _or_abort(context, lambda: resource.read(client, request.id, state, inputs))
        if found is None:
            return provider_pb2.ReadResponse()
        identifier, fresh, seen = found
        return provider_pb2.ReadResponse(
            id=identifier, properties=to_struct(_with_meta(fresh, state)), inputs=to_struct(seen)
        )

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete one resource."""
        resource = _resource(request, context)
        client = self._ready(context)
        state = from_struct(request.properties)
        _or_abort(context, lambda: resource.delete(client, request.id, state))
        return empty_pb2.Empty()

    # Its look-ups.

    def Invoke(self, request: Any, context: Any) -> Any:
        """Execute a look-up."""
        lookup = LOOKUPS.get(request.tok)
        if lookup is None:
            _abort(context, f"the look-up {request.tok} is not emulated by this stand-in plugin")
        values = from_struct(request.args)
        failures = schema.check(request.tok, values)
        if failures:
            return provider_pb2.InvokeResponse(failures=_failures(failures))
        client = self._ready(context)
        found = _or_abort(context, lambda: lookup(client, reveal(values)))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(found))
        return response

    def _ready(self, context: Any) -> Client:
        if self._client is None:
            _abort(
                context,
                "the provider's apiToken or baseUrl is not known at preview",
            )
        return self._client


def _show(engine: str | None, message: str) -> None:
    """Make the engine show a line. The engine only logs a plugin's stderr."""
    if not engine:
        return
    try:
        with grpc.insecure_channel(engine) as channel:
            request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message)
            engine_pb2_grpc.EngineStub(channel).Log(request, timeout=2)
    except grpc.RpcError:
        # The engine has ended, and the line is not required.
        return


def _resource(request: Any, context: Any) -> Resource:
    # urn:pulumi:stack::project::parent$type::name
    token = request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]
    resource = _RESOURCES.get(token)
    if resource is None:
        _abort(context, f"the resource {token} is not emulated by this stand-in plugin")
    return resource


def _checked(values: Mapping[str, Any], failures: list[Failure]) -> Any:
    return provider_pb2.CheckResponse(inputs=to_struct(values), failures=_failures(failures))


def _failures(failures: list[Failure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=f.path, reason=f.reason) for f in failures]


def _with_meta(fresh: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the new state in a form that the official plugin can read.

    `__meta` names the version of the Terraform schema that the official plugin wrote.
    `__pulumi_raw_state_delta` describes the values that it wrote. If the values have changed, the
    official plugin fails with "Failed to recover raw state". Without the delta, the official plugin
    reads the plain properties.
    Source: pulumi-terraform-bridge, pkg/pf/tfbridge/resource_state.go.
    """
    plain = {key: value for key, value in fresh.items() if key not in (_META, _RAW_STATE_DELTA)}
    return plain | ({_META: state[_META]} if _META in state else {})


def _diff_response(differences: list[Difference]) -> Any:
    response = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True
    )
    replaces = []
    for difference in differences:
        top = difference.path.partition(".")[0].partition("[")[0]
        response.changes = provider_pb2.DiffResponse.DIFF_SOME
        response.detailedDiff[difference.path].kind = _KINDS[difference.kind, difference.replaces]
        if top not in response.diffs:
            response.diffs.append(top)
        if difference.replaces and top not in replaces:
            replaces.append(top)
    # Like the official plugin, which leaves `deleteBeforeReplace` to the program's options.
    response.replaces.extend(replaces)
    return response


def _or_abort(context: Any, action: Callable[[], Any]) -> Any:
    """Run `action`. Turn an exception into the line that the engine shows."""
    try:
        return action()
    except ApiFailure as error:
        _abort(context, str(error))
    except Exception as error:
        log_failure(error)
        _abort(context, f"the stand-in plugin failed with a {type(error).__name__}; see above")


def _abort(context: Any, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort always raises")


def _pulumi_schema() -> dict[str, Any]:
    resources = {}
    for token in _RESOURCES:
        properties = schema.inputs(token)
        resources[token] = {
            "inputProperties": {item.name: {"$ref": "pulumi.json#/Any"} for item in properties},
            "requiredInputs": [item.name for item in properties if item.required],
        }
    return {"name": "cloudflare", "version": schema.package()["version"], "resources": resources}
