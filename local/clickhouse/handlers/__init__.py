"""Implements the operations, by `operationId`. Other operations return 501."""

from __future__ import annotations

from collections.abc import Mapping

from local.clickhouse.handlers import (
    access,
    api_keys,
    backups,
    byoc,
    clickpipes,
    clickstack,
    console,
    organizations,
    postgres,
    query_endpoint,
    reports,
    scaling_schedule,
    service_parts,
    services,
    udfs,
    upgrade_window,
)
from local.clickhouse.handlers.call import Call, Handler, Page, Text

__all__ = ["HANDLERS", "Call", "Handler", "Page", "Text"]

HANDLERS: Mapping[str, Handler] = {
    **organizations.HANDLERS,
    **services.HANDLERS,
    **backups.HANDLERS,
    **query_endpoint.HANDLERS,
    **scaling_schedule.HANDLERS,
    **upgrade_window.HANDLERS,
    **api_keys.HANDLERS,
    **access.HANDLERS,
    **reports.HANDLERS,
    **service_parts.HANDLERS,
    **clickpipes.HANDLERS,
    **clickstack.HANDLERS,
    **console.HANDLERS,
    **postgres.HANDLERS,
    **byoc.HANDLERS,
    **udfs.HANDLERS,
}
