"""`WorkersCustomDomain`: a hostname that is attached to a Worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.pulumi_resource_cloudflare import schema
from local.pulumi_resource_cloudflare.client import ApiFailure, Client
from local.pulumi_resource_cloudflare.differences import compare
from local.pulumi_resource_cloudflare.resources import Difference
from local.pulumi_resource_cloudflare.schema import Failure
from local.pulumi_resource_cloudflare.values import UNKNOWN, copy_secrets, reveal

__all__ = ["WorkersCustomDomain"]

_COMPUTED = {"environment", "zoneId", "zoneName"}


class WorkersCustomDomain:
    """See `Resource`. The id is the domain's, and no property changes in place."""

    token = "cloudflare:index/workersCustomDomain:WorkersCustomDomain"  # noqa: S105

    def check(self, values: Mapping[str, Any]) -> list[Failure]:
        """Return no errors: only the types of single properties are checked."""
        del values
        return []

    def diff(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> list[Difference]:
        """Return the differences. Every change needs a replacement."""
        names = [item.name for item in schema.inputs(self.token)]
        return compare(state, news, names=names, replacing=names, computed=_COMPUTED)

    def planned(self, news: Mapping[str, Any], state: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return the inputs. The outputs of the API are unknown."""
        del state
        unknown = dict.fromkeys(("id", *schema.computed(self.token), *_COMPUTED), UNKNOWN)
        return {**unknown, **{k: v for k, v in news.items() if not k.startswith("__")}}

    def create(self, client: Client, news: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Attach the hostname."""
        plain = reveal(dict(news))
        body = schema.to_api(self.token, plain)
        body.pop("account_id")
        response = client.put(f"/accounts/{plain['accountId']}/workers/domains", body)
        return response["id"], self._state(response, news)

    def update(
        self, client: Client, identifier: str, state: Mapping[str, Any], news: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Attach the hostname again. `diff` never requests an update."""
        del identifier, state
        return self.create(client, news)[1]

    def read(
        self,
        client: Client,
        identifier: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
    ) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
        """Return the API's current values of the hostname."""
        account = reveal(state.get("accountId"))
        if account is None:
            account, _, identifier = identifier.partition("/")
            if not identifier:
                raise ApiFailure(0, "the id to import must be <account_id>/<domain_id>")
        try:
            response = client.get(f"/accounts/{account}/workers/domains/{identifier}")
        except ApiFailure as error:
            if error.status == 404:
                return None
            raise
        marked = {**state, "accountId": state.get("accountId", account)}
        fresh = self._state(response, marked)
        wanted = inputs or {"accountId": 1, "hostname": 1, "service": 1, "zoneId": 1}
        return identifier, fresh, {key: fresh[key] for key in wanted if key in fresh}

    def delete(self, client: Client, identifier: str, state: Mapping[str, Any]) -> None:
        """Detach the hostname."""
        try:
            client.delete(f"/accounts/{reveal(state['accountId'])}/workers/domains/{identifier}")
        except ApiFailure as error:
            if error.status != 404:
                raise

    def _state(self, response: Mapping[str, Any], marked: Mapping[str, Any]) -> dict[str, Any]:
        fresh = schema.from_api(self.token, response)
        # The official plugin's refresh and destroy read the id from the outputs.
        fresh["id"] = response["id"]
        fresh["accountId"] = reveal(marked["accountId"])
        if response.get("cert_id"):
            fresh["certId"] = response["cert_id"]
        return {key: copy_secrets(value, marked.get(key)) for key, value in fresh.items()}
