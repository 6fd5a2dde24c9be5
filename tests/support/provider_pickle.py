"""Load a provider from the string that Pulumi keeps in the state."""

from __future__ import annotations

import base64

import dill  # type: ignore[import-untyped]
from pulumi.dynamic import ResourceProvider

__all__ = ["load_provider"]


def load_provider(pickle: str) -> ResourceProvider:
    """Load the value of `__provider` as Pulumi's server of dynamic providers does."""
    provider = dill.loads(base64.b64decode(pickle))  # noqa: S301 - written by this repository
    assert isinstance(provider, ResourceProvider)
    return provider
