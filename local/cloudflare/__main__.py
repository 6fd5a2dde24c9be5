"""`python -m local.cloudflare`: the local Cloudflare as a process."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import fcntl
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from aiohttp import web

from local.cloudflare.cloud import Cloud
from local.cloudflare.routes import PREFIX, make_application
from local.cloudflare.runtime import RuntimeFailed, find_workerd
from local.state import load_json, save_json

_HOST = "127.0.0.1"


class _CannotStart(Exception):
    """One line for the user."""


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 2 means it could not start and said why in one line."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)
    try:
        with _only_one(options.state_dir):
            asyncio.run(_serve(options))
    except (_CannotStart, FileNotFoundError, RuntimeFailed) as error:
        print(f"cloudflare: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.cloudflare",
        description="Serve the Cloudflare API on this machine, with real workerd behind it.",
    )
    parser.add_argument("--state-dir", type=Path, required=True, help="where everything is kept")
    parser.add_argument(
        "--port", type=int, default=0, help="of the API; 0: the last one, or any free one"
    )
    parser.add_argument(
        "--edge-port", type=int, default=0, help="of the Workers, over TLS; as above"
    )
    parser.add_argument(
        "--certificates", type=Path, help="folder of the local authority (default: beside DIR)"
    )
    return parser


@contextlib.contextmanager
def _only_one(state_dir: Path) -> Iterator[None]:
    """Two processes must never share Durable Objects."""
    state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (state_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _CannotStart(f"another process is using {state_dir}; stop it first") from None
        yield


async def _serve(options: argparse.Namespace) -> None:
    # Left behind by a SIGKILL; its presence means ready.
    (options.state_dir / "cloud.json").unlink(missing_ok=True)
    ports = load_json(options.state_dir / "ports.json", {})
    port = options.port or ports.get("port", 0)
    cloud = _open_cloud(options, options.edge_port or ports.get("edge_port", 0))
    runner = web.AppRunner(make_application(cloud), access_log=None)
    await runner.setup()
    try:
        port = await _listen(runner, port)
        await cloud.start()
        save_json(options.state_dir / "ports.json", {"port": port, "edge_port": cloud.edge.port})
        save_json(options.state_dir / "cloud.json", _card(cloud, port))
        await _until_told_to_stop()
    finally:
        (options.state_dir / "cloud.json").unlink(missing_ok=True)
        await runner.cleanup()
        await cloud.stop()


def _open_cloud(options: argparse.Namespace, edge_port: int) -> Cloud:
    workerd = find_workerd(Path(__file__).resolve().parents[1])
    certificates = options.certificates or options.state_dir.resolve().parent / "certificates"
    try:
        return Cloud(
            options.state_dir, workerd=workerd, certificates=certificates, edge_port=edge_port
        )
    except OSError as error:
        raise _port_trouble(error, "edge port", "--edge-port", edge_port) from None


async def _listen(runner: web.AppRunner, port: int) -> int:
    site = web.TCPSite(runner, _HOST, port, reuse_address=True)
    try:
        await site.start()
    except OSError as error:
        raise _port_trouble(error, "API port", "--port", port) from None
    address: tuple[str, int] = runner.addresses[0]
    return address[1]


def _port_trouble(error: OSError, what: str, option: str, port: int) -> Exception:
    if error.errno == errno.EADDRINUSE:
        return _CannotStart(f"{what} {port} is in use; free it or choose another with {option}")
    return error


def _card(cloud: Cloud, port: int) -> dict[str, object]:
    """What others need to use this cloud; written last, so its presence means ready."""
    return {
        "pid": os.getpid(),
        "url": f"http://{_HOST}:{port}{PREFIX}",
        "api_token": cloud.identity.api_token,
        "account_id": cloud.identity.account_id,
        "zone_id": cloud.identity.zone_id,
        "zone_name": cloud.identity.zone_name,
        "edge_port": cloud.edge.port,
        "ca_file": str(cloud.certificates.ca_file.resolve()),
    }


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
