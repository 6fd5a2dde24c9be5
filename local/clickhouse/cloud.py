"""The state and the processes of the local ClickHouse Cloud, without its HTTP interface."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.clickhouse.backups import Backups
from local.clickhouse.engine import find_library
from local.clickhouse.engine_storage import load_storage_key
from local.clickhouse.faults import Faults
from local.clickhouse.key_ring import KeyRing
from local.clickhouse.openapi_spec import OpenApiSpec
from local.clickhouse.ports import PortRange
from local.clickhouse.rate_limit import RateLimit
from local.clickhouse.service_registry import ServiceRegistry
from local.clickhouse.state import LocalOrganization
from local.processes.certificates import Certificates, ensure_certificates
from local.processes.cloud_server import HOST
from local.processes.durable_files import load_json, save_json

__all__ = ["ClickHouseCloud", "ClickHouseOptions"]


@dataclass(frozen=True)
class ClickHouseOptions:
    """The options of the command line.

    Attributes:
        state_dir: everything that the cloud stores; one running cloud at a time.
        port: the API's port; 0 takes the port of the last start, or a free one.
        certificates: folder of the local certificate authority.
        service_ports: `FIRST-LAST`, or None for free ports.
        check_responses: check each response of the API against the OpenAPI spec.
    """

    state_dir: Path
    port: int
    certificates: Path
    service_ports: str | None
    check_responses: bool = False


@dataclass
class ClickHouseCloud:
    """The state on which the responses of the API depend.

    Attributes:
        key_file: file of the first API key, which `cloud.json` also contains.
        check_responses: return 500 instead of a response that does not fit the OpenAPI spec.
    """

    spec: OpenApiSpec
    organization: LocalOrganization
    keys: KeyRing
    services: ServiceRegistry
    limit: RateLimit
    certificates: Certificates
    key_file: Path
    faults: Faults = field(default_factory=Faults)
    check_responses: bool = False

    @classmethod
    def open(cls, options: ClickHouseOptions) -> ClickHouseCloud:
        """Load the cloud from its state folder, or create it there. Nothing runs yet.

        Raises:
            EngineFailed: the ClickHouse library is not installed.
            ValueError: `service_ports` is no range of ports.
        """
        folder = options.state_dir
        certificates = ensure_certificates(options.certificates)
        organization = LocalOrganization.load(folder / "organization.json")
        services = ServiceRegistry(
            folder / "services",
            organization=organization,
            library=find_library(),
            storage_key=load_storage_key(folder / "storage.key"),
            tls=_tls(certificates),
            ports=PortRange(options.service_ports),
            faults=lambda: cloud.faults,
            backups=Backups(folder / "backups"),
        )
        cloud = cls(
            spec=OpenApiSpec.load(),
            organization=organization,
            keys=KeyRing(folder / "keys.json"),
            services=services,
            limit=RateLimit(),
            certificates=certificates,
            key_file=folder / "first_key.json",
            check_responses=options.check_responses,
        )
        return cloud

    async def start(self) -> None:
        """Restore the state of every saved service.

        Raises:
            PortTaken: another program listens on a port of one of the services.
        """
        await self.services.start()

    async def stop(self) -> None:
        """Stop all engines and close their ports. The states of the services stay saved."""
        await self.services.stop()

    def ports(self) -> Mapping[str, int]:
        """Return no ports: each service's record has its own."""
        return {}

    def description(self, api_port: int) -> Mapping[str, Any]:
        """Return the address, the organization and an API key."""
        return {
            "url": f"http://{HOST}:{api_port}/v1",
            "port": api_port,
            "organization_id": self.organization.id,
            "organization_name": self.organization.name,
            **self._ensure_key(),
            "ca_file": str(self.certificates.ca_file),
        }

    def _ensure_key(self) -> Mapping[str, str]:
        """Return the first API key. Create one at the first start, or if a client deleted it."""
        saved: dict[str, str] = load_json(self.key_file, {})
        if saved and self.keys.has_key_id(saved["key_id"]):
            return saved
        _, key_id, secret = self.keys.create({"name": "Local"})
        created = {"key_id": key_id or "", "key_secret": secret or ""}
        save_json(self.key_file, created)
        return created


def _tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate_file, certificates.key_file)
    return context
