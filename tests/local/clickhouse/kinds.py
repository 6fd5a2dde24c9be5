"""The kinds of objects of a service or an organization, with a request body for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = Any

SQL_SOURCE = {
    "kind": "log",
    "name": "logs",
    "connection": "local",
    "from": {"databaseName": "default", "tableName": "logs"},
    "defaultTableSelectExpression": "Body",
    "timestampValueExpression": "Timestamp",
}
KAFKA = {
    "type": "kafka",
    "format": "JSONEachRow",
    "brokers": "kafka:9092",
    "topics": "events",
    "authentication": "PLAIN",
    "credentials": {"username": "reader", "password": "hunter2"},
}
TABLES = [{"sourceSchemaName": "public", "sourceTable": "a", "targetTable": "a"}]
POSTGRES_SOURCE = {
    "host": "db",
    "port": 5432,
    "database": "app",
    "credentials": {"username": "reader", "password": "hunter2"},
    "settings": {"replicationMode": "cdc"},
    "tableMappings": TABLES,
}
DESTINATION = {"database": "default", "table": "events", "managedTable": False}
ADMIN_POLICY = {
    "allowDeny": "ALLOW",
    "permissions": ["control-plane:service:view"],
    "resources": ["instance/*"],
}
POSTGRES = {"name": "pg", "provider": "aws", "region": "us-east-1", "size": "c6gd.large"}


@dataclass(frozen=True)
class Kind:
    """One kind of object: its path, the body to create it, a change and the fields after it."""

    path: str
    body: Json
    change: Json = None
    method: str = "PATCH"
    shows: Json = field(default_factory=dict)
    status: int = 200
    has_get: bool = True
    has_list: bool = True


KINDS = {
    "role": Kind(
        "/roles",
        {"name": "viewers", "actors": [], "policies": [ADMIN_POLICY]},
        {"name": "readers"},
        shows={"name": "readers", "type": "custom"},
    ),
    "invitation": Kind("/invitations", {"email": "new@example.com", "role": "developer"}),
    "dashboard": Kind(
        "{service}/clickstack/dashboards",
        {"name": "d", "tiles": []},
        {"name": "e", "tiles": []},
        "PUT",
        {"name": "e"},
    ),
    "source": Kind(
        "{service}/clickstack/sources",
        SQL_SOURCE,
        {**SQL_SOURCE, "name": "l"},
        "PUT",
        {"name": "l"},
    ),
    "webhook": Kind(
        "{service}/clickstack/webhooks",
        {"name": "w", "service": "generic", "url": "http://localhost/"},
        {"name": "v", "service": "generic", "url": "http://localhost/"},
        "PUT",
        {"name": "v"},
        has_get=False,
    ),
    "clickstack role": Kind(
        "{service}/clickstack/roles",
        {"name": "r", "permissions": []},
        {"name": "s", "permissions": []},
        "PUT",
        {"name": "s", "isPredefined": False},
    ),
    "saved query": Kind(
        "{service}/saved-queries",
        {"name": "q", "sql": "SELECT 1", "database": "default"},
        {"name": "p", "sql": "SELECT 2", "database": "default"},
        "PUT",
        {"sql": "SELECT 2"},
        201,
    ),
    "query endpoint": Kind(
        "{service}/query-api-endpoints",
        {
            "name": "q",
            "sql": "SELECT 1",
            "database": "default",
            "apiKeyIds": [],
            "roles": ["sql_console_admin"],
        },
        {
            "name": "p",
            "sql": "SELECT 2",
            "database": "default",
            "apiKeyIds": [],
            "roles": ["sql_console_admin"],
        },
        "PUT",
        {"name": "p"},
        201,
    ),
    "kafka pipe": Kind(
        "{service}/clickpipes",
        {"name": "k", "source": {"kafka": KAFKA}, "destination": DESTINATION},
        {"name": "l"},
        shows={"name": "l", "state": "Running"},
    ),
    "postgres pipe": Kind(
        "{service}/clickpipes",
        {
            "name": "p",
            "source": {"postgres": POSTGRES_SOURCE},
            "destination": {"database": "default"},
        },
        {"name": "o"},
        shows={"name": "o"},
    ),
    "reverse private endpoint": Kind(
        "{service}/clickpipesReversePrivateEndpoints",
        {
            "description": "d",
            "type": "VPC_ENDPOINT_SERVICE",
            "vpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-1",
        },
        {"customPrivateDnsMappings": []},
        shows={"status": "Ready"},
    ),
    "postgres service": Kind("/postgres", POSTGRES, {"name": "qg"}, shows={"name": "qg"}),
    "byoc": Kind(
        "/byocInfrastructure",
        {"regionId": "us-east-1", "accountId": "0123", "displayName": "ours"},
        {"displayName": "mine"},
        shows={"displayName": "mine", "state": "infra-ready"},
        has_list=False,
    ),
}


def ids(shown: Json) -> set[str]:
    """Return the ids of a list."""
    return {item["id"] for item in shown}
