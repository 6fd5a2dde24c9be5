"""Declare what the file `CHAOS_WANTED` lists: `{"services": {NAME: {ARGUMENT: …}}, "key": …}`."""

import json
import os
from pathlib import Path

import pulumi

from resources import ApiKey, ApiKeyArgs, Service, ServiceArgs, get_organization

organization = get_organization().id
wanted = json.loads(Path(os.environ["CHAOS_WANTED"]).read_text())
for name, args in wanted["services"].items():
    service = Service(
        name,
        ServiceArgs(
            organization_id=organization,
            cloud_provider="aws",
            ip_access_list=["127.0.0.1/32"],
            **args,
        ),
    )
    for output in ("id", "https_url", "password"):
        pulumi.export(f"{name}.{output}", getattr(service, output))
key = ApiKey(
    "key",
    ApiKeyArgs(
        organization_id=organization,
        roles=["developer"],
        ip_access_list=["127.0.0.1/32"],
        **wanted["key"],
    ),
)
for output in ("id", "key_id", "key_secret"):
    pulumi.export(f"key.{output}", getattr(key, output))
