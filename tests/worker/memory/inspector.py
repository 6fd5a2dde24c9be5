"""The memory of an isolate, as V8's inspector counts it."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.support.ports import free_port
from tests.support.worker_runtime import Worker


@dataclass(frozen=True)
class HeapUsage:
    """`Runtime.getHeapUsage`: V8's objects, and the bytes of buffers outside its heap."""

    object_bytes: int
    buffer_bytes: int

    @property
    def total_bytes(self) -> int:
        return self.object_bytes + self.buffer_bytes


class Inspector:
    """The inspector of a worker, which is restarted with an inspector."""

    def __init__(self, worker: Worker) -> None:
        self.port = free_port()
        worker.process.kill()
        worker.process.command.append(f"--inspector-addr=127.0.0.1:{self.port}")
        worker.start()

    def heap_usage(self) -> HeapUsage:
        """Return the usage after a garbage collection."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/json", timeout=10) as answer:
            (target,) = [each for each in json.load(answer) if each["id"] == "ingest"]
        found = asyncio.run(_heap_usage(target["webSocketDebuggerUrl"]))
        objects = found["usedSize"] + found.get("embedderHeapUsedSize", 0)
        return HeapUsage(int(objects), int(found.get("backingStorageSize", 0)))


async def _heap_usage(url: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await _call(socket, 1, "HeapProfiler.collectGarbage")
        return await _call(socket, 2, "Runtime.getHeapUsage")


async def _call(
    socket: aiohttp.ClientWebSocketResponse, number: int, method: str
) -> dict[str, Any]:
    await socket.send_json({"id": number, "method": method})
    while True:
        message = await socket.receive_json(timeout=30)
        if message.get("id") == number:
            assert "result" in message, message
            result: dict[str, Any] = message["result"]
            return result
