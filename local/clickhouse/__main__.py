"""`python -m local.clickhouse`: ClickHouse Cloud's control plane and its services, here."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from local.clickhouse.cloud import CannotServe, Options, serve


def main() -> int:
    """Parse the command line and serve; what keeps it from serving is one line and exit code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m local.clickhouse",
        description="ClickHouse Cloud's API over real ClickHouse processes, on this machine. "
        "Writes STATE_DIR/cloud.json when it is ready: address, organization and API key.",
    )
    parser.add_argument("--state-dir", type=Path, required=True, help="where everything is kept")
    parser.add_argument(
        "--port", type=int, default=0, help="of the API; 0 (default): last time's, or a free one"
    )
    parser.add_argument(
        "--service-ports", metavar="FIRST-LAST", help="public ports for services; three each"
    )
    parser.add_argument(
        "--certificates", type=Path, help="default: the folder `certificates` beside STATE_DIR"
    )
    parser.add_argument(
        "--check-answers", action="store_true", help="check each answer against the document"
    )
    given = parser.parse_args()
    state_dir: Path = given.state_dir.resolve()
    options = Options(
        state_dir=state_dir,
        port=given.port,
        certificates=(given.certificates or state_dir.parent / "certificates").resolve(),
        service_ports=given.service_ports,
        check_answers=given.check_answers,
    )
    try:
        asyncio.run(serve(options))
    except CannotServe as error:
        print(f"ClickHouse Cloud: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
