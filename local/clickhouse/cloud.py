"""Puts the cloud together, serves it until a signal, and takes it apart."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from aiohttp import web

from local.certificates import Certificates, ensure_certificates
from local.clickhouse.admin import add_admin_routes
from local.clickhouse.backups import Backups
from local.clickhouse.document import Document
from local.clickhouse.engine import EngineFailed, find_library
from local.clickhouse.fleet import Fleet, PortTaken
from local.clickhouse.keys import KeyRing
from local.clickhouse.ports import PortRange
from local.clickhouse.rate_limit import RateLimit
from local.clickhouse.routes import Cloud, api, unknown_path
from local.clickhouse.state import Organization
from local.state import load_json, save_json

__all__ = ["CannotServe", "Options", "serve"]

_HOST = "127.0.0.1"
_SHUTDOWN_SECONDS = 1.0


class CannotServe(Exception):
    """The cloud cannot start; the message is one line that says what to do."""


@dataclass(frozen=True)
class Options:
    """What the command line says.

    Attributes:
        state_dir: everything the cloud remembers; one running cloud at a time.
        port: of the API; 0 takes the one of last time, or a free one.
        certificates: folder of the local authority.
        service_ports: `FIRST-LAST`, or None.
        check_answers: check every answer of the API against the document.
    """

    state_dir: Path
    port: int
    certificates: Path
    service_ports: str | None
    check_answers: bool = False


async def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        CannotServe: a port is taken, another cloud uses the folder, or the engine is missing.
    """
    options.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(options.state_dir):
        certificates = ensure_certificates(options.certificates)
        try:
            cloud = _assembled(options, _tls(certificates))
            runner = await _listening(options, cloud)
        except (EngineFailed, ValueError) as error:
            raise CannotServe(str(error)) from None
        try:
            await cloud.fleet.start()
            _describe(options, cloud, runner, certificates)
            await _signalled()
        except PortTaken as error:
            raise CannotServe(str(error)) from None
        finally:
            await cloud.fleet.stop()
            await runner.cleanup()


def _assembled(options: Options, tls: ssl.SSLContext) -> Cloud:
    organization = Organization.load(options.state_dir / "organization.json")
    fleet = Fleet(
        options.state_dir / "services",
        organization=organization,
        library=find_library(),
        tls=tls,
        ports=PortRange(options.service_ports),
        faults=lambda: cloud.faults,
        backups=Backups(options.state_dir / "backups"),
    )
    cloud = Cloud(
        document=Document.load(),
        organization=organization,
        keys=KeyRing(options.state_dir / "keys.json"),
        fleet=fleet,
        limit=RateLimit(),
        check_answers=options.check_answers,
    )
    return cloud


async def _listening(options: Options, cloud: Cloud) -> web.AppRunner:
    application = api(cloud)
    add_admin_routes(application, cloud)
    application.router.add_route("*", "/{path:.*}", unknown_path)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    saved = load_json(options.state_dir / "cloud.json", {}).get("port", 0)
    port = options.port or saved
    try:
        await web.TCPSite(runner, _HOST, port, reuse_address=True).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotServe(
            f"port {port} is in use ({error.strerror}); give another with --port"
        ) from None
    return runner


def _describe(
    options: Options, cloud: Cloud, runner: web.AppRunner, certificates: Certificates
) -> None:
    """Write `cloud.json`, which says that the cloud is ready and how to use it."""
    file = options.state_dir / "cloud.json"
    saved = load_json(file, {})
    credentials = {name: saved[name] for name in ("key_id", "key_secret") if name in saved}
    # The first start, or somebody deleted the key that stands here.
    if len(credentials) < 2 or not cloud.keys.knows(credentials["key_id"]):
        _, key_id, secret = cloud.keys.create({"name": "Local"})
        credentials = {"key_id": key_id, "key_secret": secret}
    port = runner.addresses[0][1]
    description: dict[str, Any] = {
        "pid": os.getpid(),
        "url": f"http://{_HOST}:{port}/v1",
        "port": port,
        "organization_id": cloud.organization.id,
        "organization_name": cloud.organization.name,
        **credentials,
        "ca_file": str(certificates.ca_file),
    }
    save_json(file, description)


def _tls(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.certificate_file, certificates.key_file)
    return context


async def _signalled() -> None:
    loop, signalled = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, signalled.set)
    await signalled.wait()


def _locked(state_dir: Path) -> IO[str]:
    """Hold the folder for this process; the lock ends with it, however it ends."""
    lock = (state_dir / ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CannotServe(f"another cloud is running on {state_dir}") from None
    return lock
