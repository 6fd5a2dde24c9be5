"""Serves the local Cloudflare until a signal."""

from __future__ import annotations

from local.cloudflare.cloud import CloudflareCloud, CloudflareOptions
from local.cloudflare.routes import make_application
from local.cloudflare.runtime import RuntimeFailed
from local.processes.cloud_server import (
    CannotServe,
    exclusive,
    port_in_use,
    saved_port,
    serve_until_signal,
)

__all__ = ["serve"]


async def serve(options: CloudflareOptions) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        CannotServe: a port is in use, another process uses the state folder, or workerd is not
            installed or does not start.
    """
    with exclusive(options.state_dir):
        cloud = _open(options)
        try:
            await serve_until_signal(
                make_application(cloud), cloud, state_dir=options.state_dir, port=options.port
            )
        except RuntimeFailed as error:
            raise CannotServe(str(error)) from None


def _open(options: CloudflareOptions) -> CloudflareCloud:
    port = options.edge_port or saved_port(options.state_dir, "edge_port")
    try:
        return CloudflareCloud(options, edge_port=port)
    except FileNotFoundError as error:
        raise CannotServe(str(error)) from None
    except OSError as error:
        raise port_in_use(error, name="edge port", port=port, option="--edge-port") from None
