"""All services of the organization: creates, finds, restores, backs up and idles them."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import ssl
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.clickhouse.backups import Backups
from local.clickhouse.errors import BadRequest, Conflict, NotFound, ServerError
from local.clickhouse.faults import Faults
from local.clickhouse.ports import NoPortLeft, PortRange
from local.clickhouse.service import RESTORING, LocalService
from local.clickhouse.sql_accounts import ADMIN, EngineAccount
from local.clickhouse.state import LocalOrganization, ServiceRecord, load_services

__all__ = ["PortTaken", "ServiceRegistry"]

PROTOCOLS = ("https", "nativesecure", "mysql")
_LOOK_SECONDS = 5.0
_LISTEN_TRIES = 10
_LISTEN_PAUSE_SECONDS = 0.1


class PortTaken(Exception):
    """Another process uses a service's port. The message is one line."""


class ServiceRegistry:
    """The services by id, in their order of creation.

    Attributes:
        backups: backups of all services, also of deleted ones.
    """

    def __init__(
        self,
        folder: Path,
        *,
        organization: LocalOrganization,
        library: Path,
        storage_key: str,
        tls: ssl.SSLContext,
        ports: PortRange,
        faults: Callable[[], Faults],
        backups: Backups,
    ) -> None:
        self._folder = folder
        self._organization = organization
        self._library = library
        self._storage_key = storage_key
        self._tls = tls
        self._ports = ports
        self._faults = faults
        self.backups = backups
        self._services: dict[str, LocalService] = {}
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Restore the state of every saved service.

        Raises:
            PortTaken: another process uses a port of a service.
        """
        for record in load_services(self._folder, self._organization):
            service = self._adopt(record)
            try:
                await _listen(service)
            except OSError as error:
                await self.stop()
                raise PortTaken(
                    f"a port of service {record.fields['name']} is in use: {error}; "
                    f"its ports are {sorted(record.ports.values())}"
                ) from None
        for service in self._services.values():
            service.resume()
        self._looking = asyncio.create_task(self._look_after(), name="idle and backed up services")

    async def stop(self) -> None:
        """Stop all engines and close all ports. The states stay saved."""
        if self._looking is not None:
            self._looking.cancel()
        await asyncio.gather(*(service.close() for service in self._services.values()))

    def list(self) -> list[LocalService]:
        """Return all services that are not deleted."""
        return list(self._services.values())

    def find(self, id: str) -> LocalService:
        """Return one service.

        Raises:
            NotFound: the service is deleted.
            BadRequest: the service never existed.
        """
        service = self._services.get(id)
        if service is not None:
            return service
        if id in self._organization.deleted_services:
            raise NotFound(f"Service {id} was not found")
        # The vendor's response to a valid id that never existed (ClickHouse/clickhousectl#666).
        raise BadRequest("Invalid service id string")

    async def create(
        self, fields: Mapping[str, Any], *, admin: EngineAccount, backup_id: str | None = None
    ) -> LocalService:
        """Create and save a service, and begin to provision it.

        Args:
            admin: the account of its user `default`.
            backup_id: the backup to restore, if any.
        """
        id = str(uuid.uuid4())
        taken = [port for s in self._services.values() for port in s.record.ports.values()]
        try:
            ports = self._ports.take(len(PROTOCOLS), taken=taken)
        except NoPortLeft as error:
            raise ServerError(str(error)) from None
        record = ServiceRecord(
            folder=self._folder / id,
            id=id,
            ports=dict(zip(PROTOCOLS, ports, strict=True)),
            fields={**fields, "state": "provisioning"},
            parts={} if backup_id is None else {RESTORING: backup_id},
        )
        service = self._adopt(record)
        try:
            await service.listen()
            service.plane.set_accounts({ADMIN: admin})
            record.save()
        except OSError as error:
            del self._services[id]
            await service.close()
            raise ServerError(f"the service's ports cannot be opened: {error}") from None
        service.resume()
        return service

    def _adopt(self, record: ServiceRecord) -> LocalService:
        service = LocalService(
            record,
            library=self._library,
            storage_key=self._storage_key,
            tls=self._tls,
            faults=self._faults,
            backups=self.backups,
            on_deleted=self._drop,
        )
        self._services[record.id] = service
        return service

    def _drop(self, service: LocalService) -> None:
        self._organization.deleted_services.append(service.record.id)
        self._organization.save()
        del self._services[service.record.id]

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = datetime.datetime.now(datetime.UTC)
            for service in self.list():
                if service.is_due_to_idle():
                    await service.become_idle()
                if self.backups.is_due(service.record, now):
                    # The service was stopped at this moment. The backup is due again when it runs.
                    with contextlib.suppress(Conflict):
                        await self.backups.take(service)
            self.backups.drop_expired(now)


async def _listen(service: LocalService) -> None:
    """Open the service's ports. Retry for a moment, because a killed cloud may still have them."""
    for attempt in range(_LISTEN_TRIES):
        try:
            await service.listen()
            return
        except OSError:
            if attempt == _LISTEN_TRIES - 1:
                raise
            await asyncio.sleep(_LISTEN_PAUSE_SECONDS)
