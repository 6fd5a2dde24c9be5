"""Serves the local ClickHouse Cloud until a signal."""

from __future__ import annotations

from aiohttp import web

from local.clickhouse.admin import add_admin_routes
from local.clickhouse.cloud import ClickHouseCloud, ClickHouseOptions
from local.clickhouse.engine import EngineFailed
from local.clickhouse.routes import make_application, reject_unknown_path
from local.clickhouse.service_registry import PortTaken
from local.processes.cloud_server import CannotServe, exclusive, serve_until_signal

__all__ = ["serve"]


async def serve(options: ClickHouseOptions) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        CannotServe: a port is in use, another process uses the state folder, the ClickHouse library
            is not installed, or an option has an invalid value.
    """
    with exclusive(options.state_dir):
        cloud = _open(options)
        try:
            await serve_until_signal(
                _application(cloud), cloud, state_dir=options.state_dir, port=options.port
            )
        except PortTaken as error:
            raise CannotServe(str(error)) from None


def _open(options: ClickHouseOptions) -> ClickHouseCloud:
    try:
        return ClickHouseCloud.open(options)
    except (EngineFailed, ValueError) as error:
        raise CannotServe(str(error)) from None


def _application(cloud: ClickHouseCloud) -> web.Application:
    application = make_application(cloud)
    add_admin_routes(application, cloud)
    application.router.add_route("*", "/{path:.*}", reject_unknown_path)
    return application
