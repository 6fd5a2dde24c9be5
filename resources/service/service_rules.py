"""The valid values of a `Service`: of each field, and of fields together.

No request is sent. Every failure names the property, its value and what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import CheckResult

from resources.base.access_list import check_access_list
from resources.base.checker import Checker, is_known
from resources.base.tags import check_tags

__all__ = ["NAME_CHARACTERS", "PRIMARYS_STATE", "REGIONS", "check"]

# From the OpenAPI spec, by cloud provider. A test compares them with the spec.
REGIONS = {
    "aws": (
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "il-central-1",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    ),
    "gcp": (
        "asia-northeast1",
        "asia-southeast1",
        "europe-west2",
        "europe-west4",
        "us-central1",
        "us-east1",
    ),
    "azure": ("centralus", "eastus", "eastus2", "germanywestcentral", "westus3"),
}
TIERS = ("development", "production")
RELEASE_CHANNELS = ("slow", "default", "fast")
COMPLIANCE_TYPES = ("hipaa", "pci")
DESIRED_STATES = ("running", "stopped")
# Input of a secondary: the desired state of its primary, if the primary is in the same program.
PRIMARYS_STATE = "primary_desired_state"
MODES = ("vertical", "horizontal")
# Profiles of ClickHouse's clouds. Infrastructure in a customer's account (BYOC) has other names.
PROFILES = (
    "v1-default",
    "v1-highmem-xs",
    "v1-highmem-s",
    "v1-highmem-m",
    "v1-highmem-l",
    "v1-highmem-xl",
)
NAME_CHARACTERS = 50
# The API accepts 50 tags, and up to four are ownership tags.
USER_TAGS = 46

MEMORY = ("min_replica_memory_gb", "max_replica_memory_gb")
REPLICA_BOUNDS = ("min_replicas", "max_replicas")
FLAGS = (
    "deletion_protection",
    "enable_core_dumps",
    "has_transparent_data_encryption",
    "idle_scaling",
    "is_readonly",
    "mysql_enabled",
)
IDS = (
    "organization_id",
    "adopt",
    "data_warehouse_id",
    "backup_id",
    "byoc_id",
    "profile",
    "transparent_data_encryption_key_id",
)
# Defaults of this package, not of the server, so they are inputs and are compared.
SCALING_DEFAULTS = {"min_replica_memory_gb": 8, "max_replica_memory_gb": 356, "num_replicas": 3}


def check(news: Mapping[str, Any]) -> CheckResult:
    """Return the inputs with the defaults of this package, and a failure for each invalid value."""
    checker = Checker(news)
    # Before the defaults are added: these rules concern values that the program sets.
    _check_infrastructure(checker)
    _add_defaults(checker.inputs)
    checker.required("organization_id", "cloud_provider", "region", "ip_access_list")
    for name in IDS:
        checker.text(name)
    for name in FLAGS:
        checker.flag(name)
    checker.text(
        "name", pattern=rf"[\s\S]{{1,{NAME_CHARACTERS}}}", allowed=f"1 to {NAME_CHARACTERS} letters"
    )
    checker.one_of("release_channel", RELEASE_CHANNELS)
    checker.one_of("compliance_type", COMPLIANCE_TYPES)
    checker.one_of("desired_state", DESIRED_STATES)
    stops = checker.known(PRIMARYS_STATE) == "stopped"
    if stops and checker.known("desired_state") == "running":
        checker.reject("desired_state", "stopped, as that of its warehouse's primary is")
    checker.one_of("tier", TIERS)
    checker.number("timeout_minutes", minimum=1, maximum=24 * 60)
    _check_place(checker)
    _check_scaling(checker)
    _check_idling(checker)
    check_access_list(checker, "ip_access_list", may_be_empty=True)
    check_tags(checker, "tags", most=USER_TAGS)
    checker.texts("private_endpoint_ids", allowed="a list of ids")
    _check_origin(checker)
    _check_password(checker)
    return checker.result()


def _add_defaults(inputs: dict[str, Any]) -> None:
    # An adopted service keeps its values in all fields that the program does not set.
    if "adopt" in inputs:
        return
    # The default of a secondary is the state of its primary, once that is known.
    primarys = inputs.get(PRIMARYS_STATE)
    inputs.setdefault("desired_state", primarys if primarys in DESIRED_STATES else "running")
    if inputs.get("tier") == "development":
        return
    inputs.setdefault("autoscaling_mode", "vertical")
    if inputs["autoscaling_mode"] == "horizontal":
        given = next((inputs[name] for name in MEMORY if name in inputs), None)
        size = SCALING_DEFAULTS["min_replica_memory_gb"] if given is None else given
        for name in MEMORY:
            inputs.setdefault(name, size)
    else:
        for name, value in SCALING_DEFAULTS.items():
            inputs.setdefault(name, value)


def _check_infrastructure(checker: Checker) -> None:
    inputs = checker.inputs
    if "byoc_id" in inputs:
        for name in MEMORY:
            if name not in inputs and "adopt" not in inputs:
                checker.fail(name, "is required with byoc_id")
    profile = checker.known("profile")
    if profile in (None, *PROFILES):
        return
    if "byoc_id" not in inputs:
        checker.reject("profile", f"{', '.join(PROFILES)}; others only with byoc_id")
        return
    least, most = (checker.known(name) for name in MEMORY)
    if least is not None and most is not None and least != most:
        checker.reject(
            MEMORY[0], f"the profile's memory in both bounds, but max_replica_memory_gb is {most!r}"
        )


def _check_place(checker: Checker) -> None:
    checker.one_of("cloud_provider", tuple(REGIONS))
    provider = checker.known("cloud_provider")
    if provider in REGIONS:
        checker.one_of("region", REGIONS[provider])


def _check_scaling(checker: Checker) -> None:
    checker.one_of("autoscaling_mode", MODES)
    for name in MEMORY:
        checker.number(name, minimum=8, maximum=356, step=4)
    for name in ("num_replicas", *REPLICA_BOUNDS):
        checker.number(name, minimum=1, maximum=50)
    _check_order(checker, *MEMORY)
    _check_order(checker, *REPLICA_BOUNDS)
    if checker.known("tier") == "development":
        for name in ("autoscaling_mode", *MEMORY, "num_replicas", *REPLICA_BOUNDS):
            if name in checker.inputs:
                checker.reject(name, "nothing with tier development")
    elif checker.known("autoscaling_mode") == "horizontal":
        _check_horizontal(checker)
    elif is_known(checker.inputs.get("autoscaling_mode")):
        for name in REPLICA_BOUNDS:
            if name in checker.inputs:
                checker.reject(name, "nothing without autoscaling_mode horizontal")


def _check_horizontal(checker: Checker) -> None:
    if "num_replicas" in checker.inputs:
        checker.reject(
            "num_replicas", "nothing with autoscaling_mode horizontal: min_replicas, max_replicas"
        )
    for name in REPLICA_BOUNDS:
        if name not in checker.inputs:
            checker.fail(name, "is required with autoscaling_mode horizontal")
    least, most = (checker.known(name) for name in MEMORY)
    if isinstance(least, int) and isinstance(most, int) and least < most:
        checker.reject(
            "min_replica_memory_gb",
            f"max_replica_memory_gb, {most}, because autoscaling_mode is horizontal",
        )


def _check_order(checker: Checker, lowest: str, highest: str) -> None:
    least, most = checker.known(lowest), checker.known(highest)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        checker.reject(lowest, f"at most {highest}, {most}")


def _check_idling(checker: Checker) -> None:
    checker.number("idle_timeout_minutes", minimum=5, maximum=24 * 60 * 365)
    idling = checker.known("idle_scaling")
    if idling is False and "idle_timeout_minutes" in checker.inputs:
        checker.reject("idle_timeout_minutes", "nothing while idle_scaling is false")
    # The API requires this field when idling is enabled, possibly by a later change.
    if idling is True and "idle_timeout_minutes" not in checker.inputs:
        checker.fail("idle_timeout_minutes", "is required with idle_scaling")


def _check_origin(checker: Checker) -> None:
    """Check the fields that name the origin of a service, such as a backup."""
    inputs, adopted = checker.inputs, "adopt" in checker.inputs
    if checker.known("is_readonly") and "data_warehouse_id" not in inputs and not adopted:
        checker.reject("is_readonly", "nothing without data_warehouse_id: a primary is written to")
    if adopted and "backup_id" in inputs:
        checker.reject("backup_id", "nothing with adopt: only a new service is restored")
    # The message does not show the value, which may be a key.
    config = checker.known("backup_encryption_config")
    if config is not None and not (isinstance(config, Mapping) and config):
        checker.fail("backup_encryption_config", "is not a mapping with values")
    if "backup_encryption_config" in inputs and "backup_id" not in inputs:
        checker.fail("backup_encryption_config", "is only allowed with backup_id")
    encrypted = checker.known("has_transparent_data_encryption")
    # A service that is restored from an encrypted backup is always encrypted.
    checked = (
        not adopted
        and "backup_encryption_config" not in inputs
        and is_known(inputs.get("has_transparent_data_encryption"))
    )
    if checked and not encrypted and "transparent_data_encryption_key_id" in inputs:
        checker.reject(
            "transparent_data_encryption_key_id", "nothing without has_transparent_data_encryption"
        )


def _check_password(checker: Checker) -> None:
    inputs = checker.inputs
    sha256, double_sha1 = "password_sha256_hash", "password_double_sha1_hash"
    # No message shows a value: a password can be guessed from its hash.
    for name, pattern, form in (
        (sha256, r"[A-Za-z0-9+/]{43}=", "a SHA-256 in base64, 44 characters"),
        (double_sha1, r"[0-9a-fA-F]{40}", "a SHA-1 of a SHA-1, 40 hexadecimal digits"),
    ):
        value = checker.known(name)
        if value is not None and not (isinstance(value, str) and re.fullmatch(pattern, value)):
            checker.fail(name, f"is not {form}")
    if double_sha1 in inputs and sha256 not in inputs:
        checker.fail(double_sha1, f"is only allowed with {sha256}")
    for name in ("password", "password_version"):
        if sha256 in inputs and name in inputs:
            checker.fail(name, f"is not allowed with {sha256}: the hash is the password")
    if "data_warehouse_id" in inputs and "adopt" not in inputs:
        for name in ("password_version", sha256, double_sha1):
            if name in inputs:
                checker.fail(
                    name, "is not allowed with data_warehouse_id: the password is the primary's"
                )
    if "password" in inputs and "adopt" not in inputs:
        checker.fail("password", "is only allowed for an adopted service")
