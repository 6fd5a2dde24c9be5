"""Pulumi resources: ClickHouse Cloud services, their schema and users, and the ingest worker.

    from resources import Service, ServiceArgs, get_organization

The two tables below register every public name. The names that this package exports, the pages of
`docs/resources/` and the tests that each resource must have follow from them. `public_names.py`
repeats the names for type checkers: `python -m docs` writes that file.

A name is loaded when it is first used (PEP 562), because the process of a dynamic provider imports
this package for one resource at a time and should not load the others.

`provider_named` is frozen: every state calls it under this module path and name.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING

from resources import retired_providers

if TYPE_CHECKING:
    from pulumi.dynamic import ResourceProvider

    from resources.public_names import *  # noqa: F403

# Resource -> its folder. The file is the name in snake case, and it also defines the arguments:
# `ApiKey` and `ApiKeyArgs` are in organization/api_key.py. Pages list folders in this order.
RESOURCES = {
    "Service": "service",
    "BackupBucket": "service_parts",
    "BackupConfiguration": "service_parts",
    "PrivateEndpointAttachment": "service_parts",
    "QueryEndpoint": "service_parts",
    "ScalingSchedule": "service_parts",
    "ServiceSettings": "service_parts",
    "SnapshotConfiguration": "service_parts",
    "UpgradeWindow": "service_parts",
    "ApiKey": "organization",
    "Invitation": "organization",
    "Member": "organization",
    "OrganizationSettings": "organization",
    "Role": "organization",
    "RoleAssignment": "organization",
    "Database": "sql",
    "Grant": "sql",
    "Migrations": "sql",
    "Retention": "sql",
    "SettingsProfile": "sql",
    "SqlRole": "sql",
    "User": "sql",
    "IngestProbe": "telemetry",
    "Telemetry": "telemetry",
    "ClickPipe": "click_pipes",
    "ClickPipeDatabaseScaling": "click_pipes",
    "ClickStackAlert": "click_stack",
    "ClickStackDashboard": "click_stack",
    "ClickStackSource": "click_stack",
    "ClickStackWebhook": "click_stack",
    "PostgresService": "postgres",
    "Udf": "udf",
    "UdfAttachment": "udf",
}

# Every other public name -> its module.
_OTHERS = {
    "Organization": "organization.organization",
    "get_organization": "organization.organization",
    "Connection": "sql.connection",
    "connection_of": "sql.connection",
    "probe_database": "sql.database_names",
    "Access": "telemetry.access",
    "PublicArgs": "telemetry.access",
    "TeamArgs": "telemetry.access",
    "TokenArgs": "telemetry.access",
    "ingest_writer": "telemetry.ingest_users",
    "team_readers": "telemetry.ingest_users",
    "Settings": "telemetry.settings",
    "load_settings": "telemetry.settings",
    "ShardLayouts": "telemetry.shard_layouts",
    "team_schemas": "telemetry.team_schemas",
    "Token": "telemetry.token",
    "build_worker": "telemetry.worker_build",
    "WorkerLogs": "telemetry.worker_logs",
    "FoundService": "lookups",
    "PrivateEndpointConfig": "lookups",
    "find_service": "lookups",
    "list_backups": "lookups",
    "private_endpoint_config": "lookups",
    "prometheus_url": "lookups",
    "usage_cost": "lookups",
}


def _modules() -> dict[str, str]:
    modules = dict(_OTHERS)
    for name, folder in RESOURCES.items():
        file = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        modules[name] = modules[f"{name}Args"] = f"{folder}.{file}"
    return modules


# Public name -> its module within this package.
MODULES = _modules()

__all__ = sorted(MODULES)

# Providers of resources that only this package creates. All others are next to their resource.
_INTERNAL_PROVIDERS = {
    "ConfirmationProvider": "base.confirmation",
    "DurableObjectClassProvider": "telemetry.durable_object_class",
}


def provider_named(name: str) -> ResourceProvider:
    """Create the provider that a state names.

    Frozen: a state is a pickle of this call. Neither this module nor this function may ever be
    renamed or get another parameter. Provider classes may move, and with an entry in
    `resources/retired_providers.py` they may be renamed.
    """
    return provider_class(name)()


def provider_class(name: str) -> type[ResourceProvider]:
    """Return the class of a provider by its current name or by any earlier name."""
    present = retired_providers.RENAMED_PROVIDERS.get(name, name)
    home = _INTERNAL_PROVIDERS.get(present) or MODULES.get(present.removesuffix("Provider"))
    if home is None or not present.endswith("Provider"):
        raise AttributeError(f"module {__name__!r} has no provider {name!r}")
    found: type[ResourceProvider] = getattr(import_module(f"{__name__}.{home}"), present)
    return found


retired_providers.install()

if not TYPE_CHECKING:  # a type checker must still reject names that do not exist

    def __getattr__(name: str) -> object:
        """Load a public name's module on first use."""
        if name in MODULES:
            return getattr(import_module(f"{__name__}.{MODULES[name]}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
