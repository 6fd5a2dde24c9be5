"""The stack's settings: load them from the Pulumi config.

    settings = load_settings(custom_keys=["password"])

<!-- config keys -->

Set a key with `pulumi config set KEY VALUE`, a secret with `pulumi config set --secret KEY VALUE`.
An invalid value ends the preview with one line that names the key, the value and the allowed
values. A key that is not in this table is rejected as well, unless `custom_keys` names it.

In the settings file, lists and maps are written in YAML, for example
`telemetry:teams: [{name: shop, database: shop_telemetry, shards: 4}]`.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from resources.telemetry.access_config import read_access
from resources.telemetry.access_rules import shown
from resources.telemetry.config_keys import CONFIG_KEYS, ConfigKey
from resources.telemetry.worker_logs import WorkerLogs

__all__ = ["Settings", "load_settings"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a stack of this program.

    Attributes:
        organization: name of the ClickHouse organization, None if it is not set.
        ttl_days: number of days that rows are kept.
        drop_database_on_destroy: whether `pulumi destroy` drops the database.
        insert_format: the argument `format` of `IngestProbeArgs`.
        service: arguments of `ServiceArgs`.
        telemetry: arguments of `TelemetryArgs`.
    """

    organization: str | None
    ttl_days: int
    drop_database_on_destroy: bool
    insert_format: str
    service: dict[str, Any]
    telemetry: dict[str, Any]


def load_settings(*, custom_keys: Collection[str] = ()) -> Settings:
    """Read and check the stack's config.

    Args:
        custom_keys: keys that your program reads in addition to those of the table.
    Raises:
        pulumi.RunError: a key is missing, invalid or unknown. The message lists all of them.
    """
    reader = _Reader(pulumi.Config())
    reader.reject_unknown_keys([*(key.name for key in CONFIG_KEYS), *custom_keys])
    groups = reader.read_groups()
    access = read_access(**groups["access"], reject=reader.reject)
    reader.finish()
    return Settings(
        **groups[""],
        service=groups["service"],
        telemetry={
            **groups["telemetry"],
            "logs": WorkerLogs(**groups["logs"]),
            "access": access,
        },
    )


class _Reader:
    """Reads the config and collects every problem, so that one preview reports all of them."""

    def __init__(self, config: pulumi.Config) -> None:
        self._config = config
        self._problems: list[str] = []

    def reject_unknown_keys(self, known: Collection[str]) -> None:
        namespace = self._config.full_key("")
        for full_key in sorted({**get_config_env(), **CONFIG.get()}):
            key = full_key.removeprefix(namespace)
            if full_key.startswith(namespace) and key not in known:
                self._problems.append(
                    f"config {full_key} is not a key of this program, "
                    f"the most similar key is {namespace}{_most_similar(key, known)}"
                )

    def read_groups(self) -> dict[str, dict[str, Any]]:
        """Return the values by the group of their argument, "" for the fields of `Settings`."""
        values: dict[str, Any] = {}
        groups: dict[str, dict[str, Any]] = {}
        for key in CONFIG_KEYS:
            if key.argument is not None:
                group, _, argument = key.argument.rpartition(".")
                values[key.name] = self._value(key, values)
                groups.setdefault(group, {})[argument] = values[key.name]
        return groups

    def reject(self, key: str, value: object, allowed: str) -> None:
        self._problems.append(
            f"config {self._config.full_key(key)} is {shown(value)}, allowed: {allowed}"
        )

    def finish(self) -> None:
        """Raise an error with all problems, if there are any."""
        if self._problems:
            raise pulumi.RunError("; ".join(self._problems))

    def _value(self, key: ConfigKey, values: dict[str, Any]) -> Any:
        """Return the value, or the default if the key is not set or its value is invalid."""
        default = key.default(values) if callable(key.default) else key.default
        string = self._config.get(key.name) or os.environ.get(key.variable or "")
        if not string:
            if key.required and default is None:
                self._missing(key)
            return default
        try:
            value = key.rule.read(string)
        except (ValueError, RecursionError):  # the latter for JSON with too many levels
            self._reject_string(key, string)
            return default
        return pulumi.Output.secret(value) if key.secret else value

    def _reject_string(self, key: ConfigKey, string: str) -> None:
        """Report an invalid value. Most of a mistyped secret is the secret, so leave it out."""
        if key.secret:
            full_key = self._config.full_key(key.name)
            self._problems.append(
                f"config {full_key} has an invalid value, allowed: {key.rule.allowed}"
            )
        else:
            self.reject(key.name, string, key.rule.allowed)

    def _missing(self, key: ConfigKey) -> None:
        option = "--secret " if key.secret else ""
        instead = f" (or set {key.variable})" if key.variable else ""
        self._problems.append(
            f"config {self._config.full_key(key.name)} is missing: "
            f"`pulumi config set {option}{key.name} …`{instead}"
        )


def _most_similar(key: str, known: Collection[str]) -> str:
    return max(known, key=lambda name: SequenceMatcher(None, key.lower(), name.lower()).ratio())
