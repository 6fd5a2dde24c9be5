"""Runs the local clouds and the stack on them, for `make up`, `make down` and `make env`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from local.processes.process_tree import process_tree
from local.stack.cloud_processes import (
    ANY_PORTS,
    CLOUDS,
    CloudFailed,
    Ports,
    start_clouds,
    stop_clouds,
)
from local.stack.environment import cloud_environment, pulumi_environment
from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack, StackFailed

ROOT = Path(__file__).resolve().parents[1]
STACK = "local"

# Variable -> output of the stack.
OUTPUTS = {
    "INGEST_URL": "ingest_url",
    "INGEST_TOKEN": "ingest_token",
    "CLICKHOUSE_URL": "clickhouse_url",
    "CLICKHOUSE_USER": "reader_user",
    "CLICKHOUSE_PASSWORD": "reader_password",
}

TRY_NEXT = """
Try next, in this folder:
  eval "$(make env)"
  python examples/send_span.py
  curl -fsS "$INGEST_URL/events" -H "Authorization: Bearer $INGEST_TOKEN" \\
    -H "Content-Type: application/json" \\
    -d '{"event_name": "signed_up", "channel": "web", "user_id": "u1"}'
  curl -fsS "$CLICKHOUSE_URL" -u "$CLICKHOUSE_USER:$CLICKHOUSE_PASSWORD" \\
    -d 'SELECT (SELECT count() FROM otel_traces) AS spans, (SELECT count() FROM events) AS events'
"""


def main() -> int:
    """Parse the command line and run one command. An error is one line."""
    parser = _parser()
    arguments = parser.parse_args()
    command: Callable[[argparse.Namespace], None] = arguments.command
    try:
        command(arguments)
    except (CloudFailed, StackFailed, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def up(arguments: argparse.Namespace) -> None:
    """Start the clouds, run `pulumi up`, and print commands to try."""
    start(arguments)
    stack = Stack(StackPaths(ROOT), STACK)
    print("pulumi up: updating the stack", flush=True)
    stack.up()
    print(TRY_NEXT)


def down(_: argparse.Namespace) -> None:
    """Destroy the stack, then stop the clouds."""
    layout = StackPaths(ROOT)
    stack = Stack(layout, STACK)
    if stack.exists():
        # Pulumi destroys through the clouds' APIs, so they have to run on the ports of the stack.
        for line in start_clouds(layout.clouds, ANY_PORTS):
            print(line, flush=True)
        stack.destroy()
    stop(_)


def start(arguments: argparse.Namespace) -> None:
    """Start the clouds, without the stack."""
    layout = StackPaths(ROOT)
    for line in start_clouds(layout.clouds, _ports(arguments)):
        print(line, flush=True)


def stop(_: argparse.Namespace) -> None:
    """Stop the clouds. Their state stays on disk."""
    for line in stop_clouds(StackPaths(ROOT).clouds):
        print(line, flush=True)


def status(_: argparse.Namespace) -> None:
    """Print the addresses and processes of the clouds, with the memory of each process."""
    layout = StackPaths(ROOT)
    for cloud in CLOUDS:
        pid = cloud.running_pid(layout.clouds)
        if pid is None:
            print(f"{cloud.title}: not running")
            continue
        print(f"{cloud.title}: {cloud.description(layout.clouds)['url']}")
        for process, kilobytes, name in process_tree(pid):
            print(f"  {process:>8} {kilobytes / 1024:7.0f} MB  {name}")


def env(_: argparse.Namespace) -> None:
    """Print `export` lines for the clouds and the stack's outputs."""
    layout = StackPaths(ROOT)
    values = {**pulumi_environment(layout), **cloud_environment(layout)}
    stack = Stack(layout, STACK)
    outputs = stack.outputs() if stack.exists() else {}
    for name, token in outputs.get("tokens", {}).items():
        values[f"{name.upper().replace('-', '_')}_TOKEN"] = token
    values |= {name: str(outputs[key]) for name, key in OUTPUTS.items() if key in outputs}
    for name, value in values.items():
        print(f"export {name}={shlex.quote(value)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in {
        "up": up,
        "down": down,
        "start": start,
        "stop": stop,
        "status": status,
        "env": env,
    }.items():
        description = command.__doc__ or ""
        sub = commands.add_parser(name, help=description, description=description)
        sub.set_defaults(command=command)
        if name in ("up", "start"):
            _add_ports(sub)
    return parser


def _add_ports(parser: argparse.ArgumentParser) -> None:
    default = Ports()
    for name in ("control-plane", "cloudflare", "edge"):
        parser.add_argument(
            f"--{name}-port",
            type=int,
            default=getattr(default, name.replace("-", "_")),
            help="default %(default)s; 0 lets the system choose",
        )
    parser.add_argument(
        "--service-ports",
        default=default.services,
        help="FIRST-LAST for ClickHouse services, or 0; default %(default)s",
    )


def _ports(arguments: argparse.Namespace) -> Ports:
    return Ports(
        control_plane=arguments.control_plane_port,
        cloudflare=arguments.cloudflare_port,
        edge=arguments.edge_port,
        services=arguments.service_ports,
    )


if __name__ == "__main__":
    raise SystemExit(main())
