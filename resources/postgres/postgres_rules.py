"""Checks of a `PostgresService`: each field alone, then combinations of fields.

No request is sent. Every message names the property, its value and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resources.base.access_list import is_network
from resources.base.checker import Checker, is_known

__all__ = [
    "HA_TYPES",
    "PROVIDERS",
    "VERSIONS",
    "check_access",
    "check_origin",
    "check_parameters",
    "check_password",
    "check_pooler",
    "check_size",
]

VERSIONS = ("18", "17")
HA_TYPES = ("none", "async", "sync")
# Each provider and the pattern of its sizes. A list of the sizes would soon be out of date.
PROVIDERS = {"aws": r"[a-z0-9]+\.[a-z0-9]+", "gcp": r"[a-z0-9-]+lssd-\d+"}
EXAMPLES = {"aws": "r8gd.large", "gcp": "c4a-standard-lssd-4"}
# The API accepts 50 tags, and three of them are the ownership tags.
USER_TAGS = 47
MOST_POOLER_PARAMETERS = 64
ENTRY = ("source", "port_range", "description")
ORIGINS = ("read_replica_of", "restore_from", "adopt")
RESTORE = ("restore_from", "restore_target")
# A service that is created from another service has the values of that service in these fields.
INHERITED = ("cloud_provider", "region", "postgres_version")


def check_access(checker: Checker, name: str) -> None:
    """Check mappings of a source and a range of ports, and sort them as a set."""
    value = checker.known(name)
    if value is None:
        return
    if not isinstance(value, list) or not all(_is_entry(entry) for entry in value):
        checker.reject(
            name,
            "mappings of source (an address or CIDR range), port_range and optionally description",
        )
        return
    entries = {(entry["source"], entry["port_range"]): entry for entry in value}
    checker.inputs[name] = [
        {key: part for key, part in entries[both].items() if part} for both in sorted(entries)
    ]


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or set(entry) - set(ENTRY) or not entry.get("port_range"):
        return False
    return is_network(entry.get("source")) and all(isinstance(part, str) for part in entry.values())


def check_parameters(checker: Checker, name: str) -> None:
    """Check that the value is a mapping. `schema_check` checks its names and bounds."""
    value = checker.known(name)
    if value is not None and not (isinstance(value, Mapping) and value):
        checker.reject(name, "at least one parameter and its value")


def check_pooler(checker: Checker, name: str) -> None:
    """Check a mapping of strings."""
    value = checker.known(name)
    if value is None:
        return
    valid = isinstance(value, Mapping) and 1 <= len(value) <= MOST_POOLER_PARAMETERS
    if not valid or not all(isinstance(part, str) and part for part in value.values()):
        checker.reject(name, f"1 to {MOST_POOLER_PARAMETERS} parameters with strings as values")


def check_password(checker: Checker, name: str) -> None:
    """Check the length and the kinds of characters. The message does not show the password."""
    value = checker.known(name)
    if value is None:
        return
    kinds = ("[a-z]", "[A-Z]", "[0-9]")
    valid = isinstance(value, str) and 12 <= len(value) <= 1024
    if not valid or not all(re.search(kind, value) for kind in kinds):
        checker.fail(
            name, "is not 12 to 1024 characters with a small and a capital letter and a digit"
        )


def check_size(checker: Checker) -> None:
    """Check the size against the provider's pattern."""
    provider = checker.known("cloud_provider")
    if provider in PROVIDERS:
        allowed = f"a size of {provider}, such as {EXAMPLES[provider]}"
        checker.text("size", pattern=PROVIDERS[provider], allowed=allowed)


def check_origin(checker: Checker) -> None:
    """Check the origin of the service, and the fields that depend on it."""
    inputs = checker.inputs
    origins = [name for name in ORIGINS if name in inputs]
    for name in origins[1:]:
        checker.reject(name, f"nothing with {origins[0]}")
    for name, other in (RESTORE, RESTORE[::-1]):
        if name in inputs and other not in inputs:
            checker.fail(other, f"is required with {name}")
    created_from = origins[0] if origins and origins[0] != "adopt" else None
    for name in INHERITED:
        if created_from is not None and name in inputs:
            checker.reject(name, f"nothing with {created_from}: it is that of the source")
    if not origins:
        checker.required("cloud_provider", "region", "size")
    if "read_replica_of" in inputs and is_known(inputs["read_replica_of"]):
        for name in ("password", "password_version"):
            if name in inputs:
                checker.fail(
                    name, "is not allowed with read_replica_of: the password is its primary's"
                )
    if "password" in inputs and "password_version" in inputs:
        checker.fail(
            "password_version",
            "is not allowed with password: change the password itself to send a new one",
        )
