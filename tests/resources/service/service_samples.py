"""Sample services: as the API returns them, and as inputs of a program."""

from __future__ import annotations

from typing import Any

from clickhouse_api import models
from resources.service import service_rules

__all__ = ["VALID", "live", "wanted"]

VALID = {
    "organization_id": "o",
    "cloud_provider": "aws",
    "region": "eu-central-1",
    "ip_access_list": ["10.0.0.0/8"],
}


def live(**changes: Any) -> models.Service:
    """Return a running service as the API returns it."""
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
    """Return the inputs that `check` returns for the values of a program."""
    return service_rules.check({**VALID, **changes}).inputs
