"""The account and the process that runs it, changed together, one change at a time."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

from local.certificates import ensure_certificates
from local.cloudflare.config import ConfigWriter
from local.cloudflare.errors import ApiError
from local.cloudflare.runtime import EdgeSockets, Runtime, RuntimeFailed
from local.cloudflare.state import Account, Identity, Script, Store

__all__ = ["Cloud"]


class Cloud:
    """The whole local Cloudflare, without its HTTP face.

    Args:
        directory: the state folder.
        workerd: the runtime's binary.
        certificates: folder of the local authority's files.
        edge_port: 0 for any free one.
    """

    def __init__(
        self, directory: Path, *, workerd: Path, certificates: Path, edge_port: int
    ) -> None:
        self.store = Store(directory)
        self.identity: Identity = self.store.identity()
        self.certificates = ensure_certificates(certificates)
        self.account: Account = self.store.load()
        self.edge = EdgeSockets(edge_port)
        self.runtime = Runtime(workerd, directory / "runtime", self.edge)
        self.writer = ConfigWriter(
            directory=directory / "runtime",
            modules=self.store.modules,
            objects=self.store.objects,
            certificates=self.certificates,
        )
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        """Run what the state folder holds.

        Raises:
            RuntimeFailed: workerd does not start.
        """
        self.store.forget_unused(self.account)
        await self._run(self.account)

    async def stop(self) -> None:
        """End the runtime and free the edge's port."""
        await self.runtime.stop()
        self.edge.close()

    def script(self, name: str) -> Script:
        """A script by name.

        Raises:
            ApiError: there is none.
        """
        script = self.account.scripts.get(name)
        if script is None:
            raise ApiError.no_script()
        return script

    @contextlib.asynccontextmanager
    async def changing(self) -> AsyncIterator[Account]:
        """Hold off other changes while one is worked out from the account as it is."""
        async with self._changing:
            yield self.account

    async def commit(self, account: Account) -> None:
        """Run `account` and keep it. To be called inside `changing`.

        Saved before it runs: a namespace that has objects must never be forgotten. If it does
        not run, the old account is saved and runs again.

        Raises:
            ApiError: the runtime refused it.
        """
        former = self.account
        self.store.save(account)
        try:
            await self._run(account)
        except RuntimeFailed as error:
            self.store.save(former)
            raise ApiError(500, 10013, f"The Workers runtime refused it: {error}") from None
        self.account = account
        self.store.forget_unused(account)

    def note(self, account: Account) -> None:
        """Keep an account that runs exactly as the present one does."""
        self.store.save(account)
        self.account = account

    async def _run(self, account: Account) -> None:
        generation = uuid.uuid4().hex
        config = self.writer.account(
            account, sockets=list(self.edge.sockets), generation=generation
        )
        await self.runtime.replace(config, generation=generation)
