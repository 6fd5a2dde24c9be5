"""Pulumi resources: ClickHouse Cloud services, their schema and users, and the ingest worker.

    from resources import Service, ServiceArgs, get_organization

Each name is loaded when it is first used (PEP 562): a dynamic provider's process imports this
package for one resource at a time, and pays only for that one.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resources.config import Settings, load_settings
    from resources.migrations import Migrations, MigrationsArgs
    from resources.organization import Organization, get_organization
    from resources.retention import Retention, RetentionArgs
    from resources.service import Service, ServiceArgs
    from resources.telemetry import Telemetry, TelemetryArgs
    from resources.token import Token
    from resources.user import User, UserArgs
    from resources.warehouse import Connection, connection_of

__all__ = [
    "Connection",
    "Migrations",
    "MigrationsArgs",
    "Organization",
    "Retention",
    "RetentionArgs",
    "Service",
    "ServiceArgs",
    "Settings",
    "Telemetry",
    "TelemetryArgs",
    "Token",
    "User",
    "UserArgs",
    "connection_of",
    "get_organization",
    "load_settings",
]

_HOMES = {
    "Connection": "warehouse",
    "Migrations": "migrations",
    "MigrationsArgs": "migrations",
    "Organization": "organization",
    "Retention": "retention",
    "RetentionArgs": "retention",
    "Service": "service",
    "ServiceArgs": "service",
    "Settings": "config",
    "Telemetry": "telemetry",
    "TelemetryArgs": "telemetry",
    "Token": "token",
    "User": "user",
    "UserArgs": "user",
    "connection_of": "warehouse",
    "get_organization": "organization",
    "load_settings": "config",
}

if not TYPE_CHECKING:  # a type checker must still refuse names that are not there

    def __getattr__(name: str) -> object:
        """Load a public name's module on first use."""
        if name in _HOMES:
            return getattr(import_module(f"resources.{_HOMES[name]}"), name)
        raise AttributeError(f"module 'resources' has no attribute {name!r}")
