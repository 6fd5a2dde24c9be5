"""Services as the API shows them and as programs want them."""

from __future__ import annotations

from typing import Any

from clickhouse_api import models
from resources.service import service_rules

__all__ = ["LEGAL", "live", "wanted"]

LEGAL = {
    "organization_id": "o",
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "ip_access_list": ["10.0.0.0/8"],
}


def live(**changes: Any) -> models.Service:
    """A running service, in the API's words."""
    return models.Service.model_validate(
        {
            "id": "s",
            "name": "n",
            "state": "running",
            "provider": "aws",
            "region": "eu-central-1",
            "minReplicaMemoryGb": 8,
            "maxReplicaMemoryGb": 356,
            "numReplicas": 3,
            "idleScaling": True,
            "idleTimeoutMinutes": 15,
            "releaseChannel": "default",
            "ipAccessList": [{"source": "10.0.0.0/8", "description": ""}],
            "tags": [{"key": "pulumi-create", "value": "done"}, {"key": "team", "value": "a"}],
            **changes,
        }
    )


def wanted(**changes: Any) -> dict[str, Any]:
    """What `check` makes of a program's values."""
    return service_rules.check({**LEGAL, **changes}).inputs
