"""Runs the plugin: prints its port, as the engine expects, and serves requests."""

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

# A script of 64 MB and its state are single messages; the engine allows 400 MB.
_MAX_MESSAGE_BYTES = 400 * 1024 * 1024
_WORKERS = 16


def main() -> int:
    """Serve until the engine cancels or ends."""
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
    """Return the engine's address: the last argument, after flags that are ignored.

    Newer engines send the address again in Handshake.
    """
    parser = argparse.ArgumentParser(
        prog="python -m local.pulumi_resource_cloudflare",
        usage="%(prog)s [-h] [ENGINE_ADDRESS]",
        description="A stand-in for pulumi-cloudflare's plugin. The Pulumi engine starts it. It "
        "prints its port and ends with the engine.",
        allow_abbrev=False,
    )
    _, given = parser.parse_known_args()
    return given[-1] if given else None


def _end_with_the_engine() -> None:
    """Exit as soon as no process reads this process's standard output: then the engine has ended.

    An engine that gets a SIGKILL cannot cancel. Then the plugin would continue its uploads during
    the uploads of the next run. PR_SET_PDEATHSIG does not help: it signals the end of the thread
    that started this process, and Go ends the engine's threads at any time.
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
