"""Takes backups of a service's databases, and restores them into a new service.

The engine's BACKUP and RESTORE copy tables with their rows, views and dictionaries. A backup has no
users, roles and settings profiles, because here they are in no table. Backups are stored apart
from their service and outlive it. A backup is deleted after the retention that was configured when
it was taken.
"""

from __future__ import annotations

import asyncio
import datetime
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from local.clickhouse.errors import Conflict
from local.clickhouse.proxy.data_plane import DataPlane, Unavailable
from local.clickhouse.proxy.protocol_errors import ClickHouseError
from local.clickhouse.state import ENGINE, ServiceRecord, now_text
from local.processes.durable_files import load_json, save_json

if TYPE_CHECKING:
    from local.clickhouse.service import LocalService

__all__ = ["CONFIGURATION", "CONFIGURATION_DEFAULTS", "Backups", "RestoreFailed", "next_time"]

Json = Any

# The key in `ServiceRecord.parts`.
CONFIGURATION = "backupConfiguration"
CONFIGURATION_DEFAULTS: dict[str, Json] = {
    "backupPeriodInHours": 24,
    "backupRetentionPeriodInHours": 24,
}
_EXCLUDED = "system, information_schema, INFORMATION_SCHEMA"


class RestoreFailed(Exception):
    """A backup could not be restored. The message is the engine's."""


class Backups:
    """All backups of the organization.

    Args:
        folder: has a folder for each backup: `backup.json`, and the engine's files in `data`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        entries = [load_json(file, {}) for file in folder.glob("*/backup.json")]
        self._entries: dict[str, dict[str, Json]] = {
            entry["id"]: entry for entry in sorted(entries, key=lambda entry: entry["startedAt"])
        }
        for entry in entries:
            if entry["status"] == "in_progress":  # a kill interrupted it
                self._save({**entry, "status": "error", "finishedAt": now_text()})

    def of(self, service_id: str) -> list[dict[str, Json]]:
        """Return a service's backups in the API's form, the oldest first."""
        return [_shown(entry) for entry in self._taken_of(service_id)]

    def find(self, id: str) -> dict[str, Json] | None:
        """Return one backup in the API's form, also of a deleted service."""
        entry = self._entries.get(id)
        return None if entry is None else _shown(entry)

    async def take(self, service: LocalService) -> dict[str, Json]:
        """Take a backup now. Wake an idle service.

        Returns:
            The backup in the API's form. Its status is `error` if the engine returned an error.
        Raises:
            Conflict: the service serves no queries in its state.
        """
        id, record = str(uuid.uuid4()), service.record
        # The engine may write only there.
        inside = record.folder / ENGINE / "backups" / id
        try:
            async with service.plane.entered():
                self._save(_begun(id, record))
                status = await self._written(service.plane, inside)
        except Unavailable as error:
            raise Conflict(str(error)) from None
        if status == "done":
            try:
                inside.rename(self._data(id))
            except FileNotFoundError:  # its service was deleted at this moment
                status = "error"
        finished = datetime.datetime.now(datetime.UTC)
        began = datetime.datetime.fromisoformat(self._entries[id]["startedAt"])
        seconds = max((finished - began).total_seconds(), 0.0)
        size = sum(file.stat().st_size for file in self._data(id).rglob("*") if file.is_file())
        ended = {"finishedAt": now_text(), "durationInSeconds": seconds, "sizeInBytes": size}
        self._save({**self._entries[id], **ended, "status": status})
        return _shown(self._entries[id])

    async def restore(self, id: str, plane: DataPlane, folder: Path) -> None:
        """Restore a backup's databases into an engine that has none yet.

        Args:
            folder: folder of the new service.
        Raises:
            RestoreFailed: the backup does not exist, or the engine returned an error.
        """
        inside = folder / ENGINE / "backups" / id
        try:
            # The engine only reads the files, so links are enough.
            await asyncio.to_thread(
                shutil.copytree, self._data(id), inside, copy_function=os.link, dirs_exist_ok=True
            )
            # The engine creates the default database, whose definition is not in the backup.
            await plane.query(
                f"RESTORE ALL FROM File('{inside}') SETTINGS allow_different_database_def = 1"
            )
        except (ClickHouseError, OSError, aiohttp.ClientError) as error:
            raise RestoreFailed(f"backup {id} cannot be restored: {error}") from error
        finally:
            shutil.rmtree(inside, ignore_errors=True)

    def is_due(self, record: ServiceRecord, now: datetime.datetime) -> bool:
        """Return whether the next backup of a running primary service is due."""
        if record.state != "running" or not record.fields["isPrimary"]:
            return False
        taken = self._taken_of(record.id)
        last = taken[-1]["startedAt"] if taken else record.fields["createdAt"]
        return now >= next_time(_configuration(record), datetime.datetime.fromisoformat(last))

    def drop_expired(self, now: datetime.datetime) -> None:
        """Delete the backups whose retention is over."""
        for id, entry in list(self._entries.items()):
            if now >= datetime.datetime.fromisoformat(entry["_until"]):
                del self._entries[id]
                shutil.rmtree(self._folder / id, ignore_errors=True)

    async def _written(self, plane: DataPlane, inside: Path) -> str:
        try:
            await plane.query(f"BACKUP ALL EXCEPT DATABASES {_EXCLUDED} TO File('{inside}')")
        except (ClickHouseError, aiohttp.ClientError):
            shutil.rmtree(inside, ignore_errors=True)
            return "error"
        return "done"

    def _taken_of(self, service_id: str) -> list[dict[str, Json]]:
        return [entry for entry in self._entries.values() if entry["serviceId"] == service_id]

    def _data(self, id: str) -> Path:
        return self._folder / id / "data"

    def _save(self, entry: dict[str, Json]) -> None:
        save_json(self._folder / entry["id"] / "backup.json", entry)
        self._entries[entry["id"]] = entry


def next_time(configuration: Mapping[str, Json], last: datetime.datetime) -> datetime.datetime:
    """Return the time of the next backup.

    Args:
        configuration: `backupPeriodInHours` and optionally `backupStartTime` (`HH:00`, UTC).
        last: time of the last backup, or of the service's creation.
    """
    following = last + datetime.timedelta(hours=configuration["backupPeriodInHours"])
    start = configuration.get("backupStartTime")
    if not start:
        return following
    # A fixed start time needs a period of whole days, so only the hour of the day differs.
    at_hour = following.replace(hour=int(start[:2]), minute=0, second=0, microsecond=0)
    return at_hour if at_hour > last else at_hour + datetime.timedelta(days=1)


def _configuration(record: ServiceRecord) -> Mapping[str, Json]:
    return {**CONFIGURATION_DEFAULTS, **record.parts.get(CONFIGURATION, {})}


def _begun(id: str, record: ServiceRecord) -> dict[str, Json]:
    began = now_text()
    retention = _configuration(record)["backupRetentionPeriodInHours"]
    until = datetime.datetime.fromisoformat(began) + datetime.timedelta(hours=retention)
    return {
        "id": id,
        "serviceId": record.id,
        "status": "in_progress",
        "type": "full",
        "backupName": f"{record.fields['name']} {began}",
        "startedAt": began,
        "_until": until.isoformat(),
    }


def _shown(entry: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in entry.items() if not name.startswith("_")}
