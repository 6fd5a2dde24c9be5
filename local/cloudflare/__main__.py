"""`python -m local.cloudflare` serves Cloudflare's API and deployed Workers locally."""

from __future__ import annotations

import argparse
from pathlib import Path

from local.cloudflare.cloud import CloudflareOptions
from local.cloudflare.serve import serve
from local.processes.cloud_server import run_server


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and serve. Return 2 if the cloud could not start, else 0."""
    given = _parser().parse_args(arguments)
    state_dir: Path = given.state_dir.resolve()
    options = CloudflareOptions(
        state_dir=state_dir,
        port=given.port,
        edge_port=given.edge_port,
        certificates=(given.certificates or state_dir.parent / "certificates").resolve(),
    )
    return run_server("Cloudflare", serve(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.cloudflare",
        description="Serve the Cloudflare API on this machine, with real workerd behind it. When "
        "it is ready, STATE_DIR/cloud.json contains the addresses, the account and an API token.",
    )
    parser.add_argument("--state-dir", type=Path, required=True, help="folder for all state")
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        help="the API's port; 0 (default) takes the port of the last start, or a free one",
    )
    parser.add_argument(
        "--edge-port", type=int, default=0, help="the Workers' TLS port; default as for --port"
    )
    parser.add_argument(
        "--certificates",
        type=Path,
        help="folder of the local certificate authority; default: `certificates` next to STATE_DIR",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
