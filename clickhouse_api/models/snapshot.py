# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: snapshot."""

from __future__ import annotations

from clickhouse_api.base import Number, RequestModel, ResponseModel

__all__ = [
    "SnapshotConfiguration",
    "SnapshotConfigurationPatchRequest",
]


class SnapshotConfiguration(ResponseModel):
    enabled: bool | None = None
    gap: Number | None = None
    time_frame: Number | None = None


class SnapshotConfigurationPatchRequest(RequestModel):
    enabled: bool | None = None
    gap: Number | None = None
    time_frame: Number | None = None
