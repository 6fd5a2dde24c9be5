"""Test program: a service with arguments from the config."""

import pulumi

from resources import Service, ServiceArgs, get_organization

config = pulumi.Config()
args = {
    "organization_id": get_organization(config.get("organization")).id,
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "ip_access_list": ["127.0.0.1/32"],
    **(config.get_object("args") or {}),
}
service = Service("one", ServiceArgs(**args))

for name in ("id", "name", "https_url", "password", "num_replicas"):
    pulumi.export(name, getattr(service, name))
pulumi.export("url", service.https_url)
