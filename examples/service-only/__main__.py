"""A stack that uses only `Service`, from the installed package `clickhouse-telemetry`.

With the local clouds running, from this folder:

    eval "$(make -s -C ../.. env)"
    pip install ../..
    pulumi stack init try && pulumi up -s try
    pulumi destroy -s try
"""

import pulumi
from clickhouse_telemetry import Service, ServiceArgs, get_organization

config = pulumi.Config()

service = Service(
    "analytics",
    ServiceArgs(
        organization_id=get_organization(config.get("organization")).id,
        cloud_provider=config.get("cloudProvider") or "aws",
        region=config.get("region") or "eu-central-1",
        # Addresses that may connect. Use your own address, not all addresses.
        ip_access_list=config.get_object("ipAccessList") or ["127.0.0.1/32"],
        num_replicas=config.get_int("numReplicas") or 3,
    ),
)

pulumi.export("id", service.id)
pulumi.export("url", service.https_url)
pulumi.export("user", service.https["username"])
pulumi.export("password", service.password)
