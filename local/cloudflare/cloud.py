"""Keeps the account and the workerd process that runs it. One change at a time updates both."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.cloudflare.errors import CloudflareError
from local.cloudflare.runtime import EdgeSockets, Runtime, RuntimeFailed, find_workerd
from local.cloudflare.state import CloudflareAccount, Identity, Script, Store
from local.cloudflare.workerd_config import ConfigWriter
from local.processes.certificates import ensure_certificates
from local.processes.cloud_server import HOST

__all__ = ["API_PREFIX", "CloudflareCloud", "CloudflareOptions"]

# Every path of the API begins with this.
API_PREFIX = "/client/v4"
_LOCAL_FOLDER = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class CloudflareOptions:
    """The options of the command line.

    Attributes:
        state_dir: everything that the cloud stores; one running cloud at a time.
        port: the API's port; 0 takes the port of the last start, or a free one.
        edge_port: the Workers' TLS port; 0 as for `port`.
        certificates: folder of the local certificate authority.
    """

    state_dir: Path
    port: int
    edge_port: int
    certificates: Path


class CloudflareCloud:
    """The state and the workerd process of the local Cloudflare, without its HTTP interface.

    Args:
        options: the options of the command line.
        edge_port: the Workers' TLS port; 0 takes a free one.
    Raises:
        FileNotFoundError: workerd is not installed.
        OSError: the edge port is in use.
    """

    def __init__(self, options: CloudflareOptions, *, edge_port: int) -> None:
        workerd = find_workerd(_LOCAL_FOLDER)
        runtime_folder = options.state_dir / "runtime"
        self.store = Store(options.state_dir)
        self.identity: Identity = self.store.identity()
        self.certificates = ensure_certificates(options.certificates)
        self.account: CloudflareAccount = self.store.load()
        self.edge = EdgeSockets(edge_port)
        self.runtime = Runtime(workerd, runtime_folder, self.edge)
        self.writer = ConfigWriter(
            directory=runtime_folder,
            modules=self.store.modules,
            objects=self.store.objects,
            certificates=self.certificates,
        )
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Run the account that is in the state folder.

        Raises:
            RuntimeFailed: workerd does not start.
        """
        self.store.delete_unused(self.account)
        await self._run(self.account)

    async def stop(self) -> None:
        """Stop workerd and free the edge's port."""
        await self.runtime.stop()
        self.edge.close()

    def ports(self) -> Mapping[str, int]:
        """Return the edge's port."""
        return {"edge_port": self.edge.port}

    def description(self, api_port: int) -> Mapping[str, Any]:
        """Return the addresses, the account and its API token."""
        return {
            "url": f"http://{HOST}:{api_port}{API_PREFIX}",
            "api_token": self.identity.api_token,
            "account_id": self.identity.account_id,
            "zone_id": self.identity.zone_id,
            "zone_name": self.identity.zone_name,
            "edge_port": self.edge.port,
            "ca_file": str(self.certificates.ca_file.resolve()),
        }

    def script(self, name: str) -> Script:
        """Return a script by its name.

        Raises:
            CloudflareError: there is no such script.
        """
        script = self.account.scripts.get(name)
        if script is None:
            raise CloudflareError.no_script()
        return script

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[CloudflareAccount]:
        """Delay other changes until this change is committed. Yield the current account."""
        async with self._changing:
            yield self.account

    async def commit(self, account: CloudflareAccount) -> None:
        """Save `account` and run it. Call this only inside `changing`.

        The account is saved before it runs, because a namespace that has objects must never be
        lost. If workerd does not run it, the old account is saved and run again.

        Raises:
            CloudflareError: workerd does not run the account.
        """
        former = self.account
        self.store.save(account)
        try:
            await self._run(account)
        except RuntimeFailed as error:
            self.store.save(former)
            raise CloudflareError(
                500, 10013, f"The Workers runtime rejected the change: {error}"
            ) from None
        self.account = account
        self.store.delete_unused(account)

    def save(self, account: CloudflareAccount) -> None:
        """Save a changed account that needs no other workerd configuration than the current one."""
        self.store.save(account)
        self.account = account

    async def _run(self, account: CloudflareAccount) -> None:
        generation = uuid.uuid4().hex
        config = self.writer.account(
            account, sockets=list(self.edge.sockets), generation=generation
        )
        await self.runtime.replace(config, generation=generation)
