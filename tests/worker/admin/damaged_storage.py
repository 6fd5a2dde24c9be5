"""A buffer whose storage cannot be read, and the liveness of its worker."""

from __future__ import annotations

import urllib.error

from tests.support.worker_runtime import Response, Worker


def damage_storage(worker: Worker) -> None:
    """Kill the worker and overwrite its buffers' databases with invalid bytes."""
    worker.process.kill()
    for file in (worker.folder / "objects").rglob("*.sqlite*"):
        if not file.name.startswith("metadata"):
            file.write_bytes(b"a disk that lost its mind" * 1000)


def health_of(worker: Worker) -> Response | None:
    try:
        return worker.request("GET", "/health")
    except urllib.error.URLError:
        return None
