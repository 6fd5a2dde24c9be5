# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: notifications."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from clickhouse_api.base import Open, ResponseModel

__all__ = [
    "Notification",
    "NotificationType",
    "NotificationTypeSeverity",
]


class Notification(ResponseModel):
    id: str | None = None
    type: str | None = None
    severity: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    created_at: datetime | None = None
    title: str | None = None
    description: str | None = None


class NotificationTypeSeverity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class NotificationType(ResponseModel):
    name: str | None = None
    title: str | None = None
    description: str | None = None
    category: str | None = None
    severity: Open[NotificationTypeSeverity] | None = None
    resource_type: str | None = None
    is_configurable: bool | None = None
    is_available: bool | None = None
