"""What each operation does, by `operationId`; an operation not here is answered with 501."""

from __future__ import annotations

from collections.abc import Mapping

from local.clickhouse.handlers import (
    api_keys,
    backups,
    organizations,
    query_endpoint,
    scaling_schedule,
    services,
    upgrade_window,
)
from local.clickhouse.handlers.call import Call, Handler, Page

__all__ = ["HANDLERS", "Call", "Handler", "Page"]

HANDLERS: Mapping[str, Handler] = {
    **organizations.HANDLERS,
    **services.HANDLERS,
    **backups.HANDLERS,
    **query_endpoint.HANDLERS,
    **scaling_schedule.HANDLERS,
    **upgrade_window.HANDLERS,
    **api_keys.HANDLERS,
}
