"""The plugin's process: prints the port it serves on, as the engine expects."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from local.pulumi_resource_cloudflare.protos import provider_pb2_grpc
from local.pulumi_resource_cloudflare.provider import STAND_IN, Provider

# A script of 64 MB and its state travel in single messages; the engine allows 400 MB.
_MAX_MESSAGE_BYTES = 400 * 1024 * 1024
_WORKERS = 16


def main() -> int:
    """Serve until the engine cancels or goes away."""
    print(f"cloudflare: {STAND_IN}", file=sys.stderr, flush=True)
    # The engine's address is the last argument; newer engines give it again in Handshake.
    provider = Provider(engine=sys.argv[-1] if len(sys.argv) > 1 else None)
    limits = [
        ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
        ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=_WORKERS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    provider.stop.wait()
    server.stop(grace=5).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
