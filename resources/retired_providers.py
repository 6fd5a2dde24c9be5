"""Names under which the states of older versions refer to providers.

A state written today calls `resources.provider_named` with the name of a class. Older states name
the class by its module path, for example `resources.click_pipe.ClickPipeProvider`. Both kinds of
state must stay readable: Pulumi reads and deletes a resource with the provider in its state.
An `up` that does not change the resource keeps the old name in the state, so no entry ever expires.

After renaming or merging a provider class, add the old class name to `RENAMED_PROVIDERS`. Nothing
else is needed: both kinds of state find the class by that table. After moving a class, add nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["RENAMED_PROVIDERS", "RetiredModules", "install"]

RENAMED_PROVIDERS = {
    "ClickStackReceiptProvider": "ConfirmationProvider",
    "NamedReceiptProvider": "ConfirmationProvider",
    "PostgresReceiptProvider": "ConfirmationProvider",
    "ReceiptProvider": "ConfirmationProvider",
}
"""Old class name -> present class name, of every provider class that was renamed or merged."""

RETIRED_MODULES = frozenset(
    {
        "api_key",
        "backup_bucket",
        "backup_configuration",
        "click_pipe",
        "click_pipe_database_scaling",
        "click_stack_alert",
        "click_stack_dashboard",
        "click_stack_receipt",
        "click_stack_source",
        "click_stack_webhook",
        "database",
        "durable_object",
        "grant",
        "ingest_probe",
        "invitation",
        "member",
        "migrations",
        "named_receipt",
        "organization_settings",
        "postgres_receipt",
        "postgres_service",
        "private_endpoint_attachment",
        "query_endpoint",
        "receipt",
        "retention",
        "role",
        "role_assignment",
        "scaling_schedule",
        "service_settings",
        "settings_profile",
        "shard_layouts",
        "sql_role",
        "token",
        "udf_attachment",
        "upgrade_window",
        "user",
    }
)
"""Modules of older versions that defined providers. The list is complete: newer states name none.

`service` and `udf` are missing because they are packages today. Both resolve the class themselves.
"""


def install() -> None:
    """Make retired modules importable. Python uses this finder only if no other finds a module."""
    if not any(isinstance(finder, RetiredModules) for finder in sys.meta_path):
        sys.meta_path.append(RetiredModules())


class RetiredModules(MetaPathFinder, Loader):
    """Imports a retired module as an empty one whose providers are the present classes."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec for a retired module of this package. Leave all others to other finders."""
        package, _, module = fullname.rpartition(".")
        if package == __name__.partition(".")[0] and module in RETIRED_MODULES:
            return ModuleSpec(fullname, self)
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Resolve the module's attributes as names of providers."""
        from resources import provider_class

        vars(module)["__getattr__"] = provider_class
