"""Adds Cloudflare's defaults to the `observability` settings of a script.

The API returns every field, also those that the upload omitted, so a client that compares the
response with what it sent finds a difference
(https://github.com/cloudflare/terraform-provider-cloudflare/issues/7155 and 7326).
No default is added for `traces.propagation_policy`, which the API returns only to accounts with
the feature (https://github.com/cloudflare/terraform-provider-cloudflare/pull/7203).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.cloudflare.errors import CloudflareError

__all__ = ["with_defaults"]


def with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all settings, with defaults for those that are absent or null.

    Raises:
        CloudflareError: `enabled` is no boolean, or a sampling rate is not between 0 and 1.
    """
    if not isinstance(given.get("enabled"), bool):
        raise CloudflareError.invalid_upload("The field 'observability.enabled' must be a boolean.")
    rate = given.get("head_sampling_rate")
    exported = {"destinations": [], "head_sampling_rate": 1, "persist": True}
    defaults = {
        "head_sampling_rate": 1,
        "issues": {"enabled": False},
        "logs": {
            **exported,
            "enabled": given["enabled"],
            "head_sampling_rate": 1 if rate is None else rate,
            "invocation_logs": True,
        },
        "traces": {**exported, "enabled": False},
    }
    filled = _merged(defaults, given)
    for settings in (filled, filled["logs"], filled["traces"]):
        _check_rate(settings["head_sampling_rate"])
    return filled


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(defaults)
    for key, value in given.items():
        if value is None:
            continue
        if not isinstance(merged.get(key), dict):
            merged[key] = value
        elif isinstance(value, dict):
            merged[key] = _merged(merged[key], value)
        else:
            raise CloudflareError.invalid_upload(
                f"The field 'observability.{key}' must be an object."
            )
    return merged


def _check_rate(rate: object) -> None:
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise CloudflareError.invalid_upload(
            f"A 'head_sampling_rate' of 'observability' is {rate!r}; it must be between 0 and 1."
        )
