"""Test program: look-ups of the service that the config names."""

from dataclasses import asdict

import pulumi

from resources import get_organization, lookups

config = pulumi.Config()
organization = get_organization().id
team = config.get("team")
found = lookups.find_service(
    organization, name=config.get("service"), tag=("team", team) if team else None
)
cost = lookups.usage_cost(organization, from_date="2026-11-01", to_date="2026-11-02")
pulumi.export("service", asdict(found))
pulumi.export("backups", lookups.list_backups(organization, found.id))
pulumi.export("private", asdict(lookups.private_endpoint_config(organization, found.id)))
pulumi.export("prometheus", lookups.prometheus_url(organization, found.id))
pulumi.export("cost", cost)
