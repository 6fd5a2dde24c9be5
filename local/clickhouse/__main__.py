"""`python -m local.clickhouse` serves ClickHouse Cloud's control plane and its services locally."""

from __future__ import annotations

import argparse
from pathlib import Path

from local.clickhouse.cloud import ClickHouseOptions
from local.clickhouse.serve import serve
from local.processes.cloud_server import run_server


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and serve. Return 2 if the cloud could not start, else 0."""
    given = _parser().parse_args(arguments)
    state_dir: Path = given.state_dir.resolve()
    options = ClickHouseOptions(
        state_dir=state_dir,
        port=given.port,
        certificates=(given.certificates or state_dir.parent / "certificates").resolve(),
        service_ports=given.service_ports,
        check_responses=given.check_responses,
    )
    return run_server("ClickHouse Cloud", serve(options))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.clickhouse",
        description="Serve ClickHouse Cloud's API on this machine, with real ClickHouse processes "
        "behind it. When it is ready, STATE_DIR/cloud.json contains the address, the organization "
        "and an API key.",
    )
    parser.add_argument("--state-dir", type=Path, required=True, help="folder for all state")
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        help="the API's port; 0 (default) takes the port of the last start, or a free one",
    )
    parser.add_argument(
        "--service-ports",
        metavar="FIRST-LAST",
        help="public ports of the services, three each; default: any free ports",
    )
    parser.add_argument(
        "--certificates",
        type=Path,
        help="folder of the local certificate authority; default: `certificates` next to STATE_DIR",
    )
    parser.add_argument(
        "--check-responses",
        action="store_true",
        help="check each response against the OpenAPI spec",
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
