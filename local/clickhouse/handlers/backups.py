"""Backups of a service and their configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from local.clickhouse.backups import CONFIGURATION, CONFIGURATION_DEFAULTS
from local.clickhouse.errors import BadRequest, NotFound
from local.clickhouse.handlers.call import Call, Handler

__all__ = ["HANDLERS"]

Json = Any

_PERIODS = (6, 8, 12, 16, 20, 24, 36, 48)
_DAY_HOURS = 24
_LONGEST_RETENTION_HOURS = 1080
# A fixed start hour is possible only with whole days.
_PERIODS_WITH_START = (24, 48)


async def get_list(call: Call) -> Json:
    return call.services.backups.of(call.service.record.id)


async def get(call: Call) -> Json:
    service_id, id = call.service.record.id, call.path["backupId"]
    backup = call.services.backups.find(id)
    if backup is None or backup["serviceId"] != service_id:
        raise NotFound(f"Backup {id} was not found")
    return backup


async def get_configuration(call: Call) -> Json:
    return _stored(call)


async def update_configuration(call: Call) -> Json:
    service, body = call.service, call.body
    if not service.record.fields["isPrimary"]:
        raise BadRequest("backups belong to the primary service of the warehouse")
    if body.get("backupPeriodInHours") and body.get("backupStartTime"):
        raise BadRequest("backupPeriodInHours and backupStartTime cannot both be given")
    after = {**_stored(call), **body}
    for name, value in body.items():
        if value is None:
            # Null resets to the default; the start time has no default.
            after.pop(name)
    after = {**CONFIGURATION_DEFAULTS, **after}
    _check(after)
    service.record.parts[CONFIGURATION] = after
    service.record.save()
    return after


def _stored(call: Call) -> dict[str, Json]:
    return dict(call.service.record.parts.get(CONFIGURATION, CONFIGURATION_DEFAULTS))


def _check(configuration: Mapping[str, Json]) -> None:
    period = configuration["backupPeriodInHours"]
    retention = configuration["backupRetentionPeriodInHours"]
    start = configuration.get("backupStartTime")
    if period not in _PERIODS:
        raise BadRequest(f"backupPeriodInHours: {period}; one of {_PERIODS}")
    if retention % _DAY_HOURS or not 0 < retention <= _LONGEST_RETENTION_HOURS:
        raise BadRequest(
            f"backupRetentionPeriodInHours: {retention}; whole days of {_DAY_HOURS} hours, "
            f"at most {_LONGEST_RETENTION_HOURS}"
        )
    if start is None:
        return
    if not re.fullmatch(r"(?:[01]\d|2[0-3]):00", start):
        raise BadRequest(f"backupStartTime: {start!r}; it must be HH:00")
    if period not in _PERIODS_WITH_START:
        raise BadRequest(
            f"backupStartTime: only with a period of {_PERIODS_WITH_START} hours, not {period}"
        )


HANDLERS: Mapping[str, Handler] = {
    "backupGetList": get_list,
    "backupGet": get,
    "backupConfigurationGet": get_configuration,
    "backupConfigurationUpdate": update_configuration,
}
