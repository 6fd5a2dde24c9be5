"""The plugin's process: prints the port it serves on, as the engine expects."""

from __future__ import annotations

import argparse
import os
import select
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc

from local.pulumi_resource_cloudflare.protos import provider_pb2_grpc
from local.pulumi_resource_cloudflare.provider import STAND_IN, CloudflareProvider

# A script of 64 MB and its state travel in single messages; the engine allows 400 MB.
_MAX_MESSAGE_BYTES = 400 * 1024 * 1024
_WORKERS = 16


def main() -> int:
    """Serve until the engine cancels or goes away."""
    engine = _engine()
    print(f"cloudflare: {STAND_IN}", file=sys.stderr, flush=True)
    provider = CloudflareProvider(engine=engine)
    limits = [
        ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=_WORKERS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    _end_with_the_engine()
    provider.stop.wait()
    server.stop(grace=5).wait()
    return 0


def _engine() -> str | None:
    """The engine's address: its last argument, after flags that are the engine's own business.

    Newer engines give it again in Handshake.
    """
    parser = argparse.ArgumentParser(
        prog="python -m local.pulumi_resource_cloudflare",
        usage="%(prog)s [-h] [ENGINE_ADDRESS]",
        description="A stand-in for pulumi-cloudflare's plugin. The Pulumi engine starts it; it "
        "prints the port that it serves on, and ends with the engine.",
        allow_abbrev=False,
    )
    _, given = parser.parse_known_args()
    return given[-1] if given else None


def _end_with_the_engine() -> None:
    """Exit as soon as nobody reads our standard output any more: then the engine is dead.

    It cannot cancel after a SIGKILL, and a plugin that lives on would finish uploads beside the
    next run's. The parent's death would not do as a sign: with PR_SET_PDEATHSIG that is the death
    of the engine's thread that started us, and Go ends threads as it likes.
    """
    if not stat.S_ISFIFO(os.fstat(1).st_mode):
        return

    def watch() -> None:
        poll = select.poll()
        poll.register(1, 0)  # errors and hang-ups are always reported
        poll.poll()
        os._exit(1)

    threading.Thread(target=watch, name="engine-watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
