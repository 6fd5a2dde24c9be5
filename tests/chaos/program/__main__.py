"""The services that the JSON file `CHAOS_SERVICES` lists: `{"NAME": {ARGUMENT: …}, …}`."""

import json
import os
from pathlib import Path

import pulumi

from resources import Service, ServiceArgs, get_organization

organization = get_organization().id
wanted = json.loads(Path(os.environ["CHAOS_SERVICES"]).read_text())
for name, args in wanted.items():
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
