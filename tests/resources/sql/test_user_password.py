"""With a new password a user keeps all rights, also after a killed run or a lost response."""

from __future__ import annotations

import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from resources.base.control_plane import ControlPlane
from resources.base.polling import Intervals
from resources.sql import sql_server
from resources.sql.sql_server import SqlServer
from resources.sql.user import UserProvider
from tests.support.running_service import RunningService

NAME = "password_user"
INPUTS = {
    "admin_user": "default",
    "name": NAME,
    "grants": ["SELECT ON telemetry.*", "INSERT ON telemetry.events"],
    "default_database": "password_home",
    "password_version": "1",
}


class Killed(BaseException):
    """The run ends here: no other statement is sent, and no state is saved."""


class UserLifecycle:
    """A user with rights of every kind, and the calls of Pulumi's engine."""

    def __init__(self, server: RunningService, url: str) -> None:
        self.server = server
        self.provider = UserProvider()
        self.provider._control_plane = ControlPlane(lambda _key: None)
        self.inputs = {**INPUTS, "url": url, "admin_password": server.password}
        created = self.provider.create(self.inputs)
        self.outputs: dict[str, Any] = created.outs or {}
        server.query(f"GRANT password_role TO {NAME}")
        self.rights = self.shown()

    def rotate(self) -> None:
        """Update the user from the state that was saved last to another password version."""
        news = {**self.inputs, "password_version": "2"}
        self.outputs = self.provider.update(NAME, self.outputs, news).outs or {}

    def shown(self) -> str:
        """Return all rights of the user."""
        return self.server.query(f"SHOW GRANTS FOR {NAME} FORMAT TSVRaw")

    def assert_complete(self) -> None:
        """Log in with the saved password, and compare roles, setting and database."""
        assert self.shown() == self.rights
        assert "password_role" in self.rights
        seen = self.server.query(
            "SELECT currentDatabase(), currentRoles(), getSetting('max_block_size')",
            user=NAME,
            password=self.outputs["password"],
        )
        assert seen == "password_home\t['password_role']\t700"


@pytest.fixture
def rights(server: RunningService) -> Iterator[None]:
    """A role that applies by default, a profile and a database."""
    for statement in (
        "CREATE DATABASE IF NOT EXISTS password_home ENGINE = Atomic",
        "CREATE ROLE password_role",
        "GRANT SELECT ON others.* TO password_role",
        "CREATE SETTINGS PROFILE password_small SETTINGS max_block_size = 700 TO password_role",
    ):
        assert server.query(statement) == ""
    yield
    server.query(f"DROP USER IF EXISTS {NAME}")
    server.query("DROP SETTINGS PROFILE password_small")
    server.query("DROP ROLE password_role")


@pytest.mark.usefixtures("rights")
def test_a_run_killed_in_a_rotation_loses_no_right(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is killed after each statement. The password of the next run is valid."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.clouds.clouds / "certificates" / "bundle.pem"))
    life = UserLifecycle(server, server.url)
    command, first = SqlServer.command, life.outputs["password"]
    sent: list[str] = []
    last = 1

    def dying(self: SqlServer, sql: str, **keywords: Any) -> str:
        response = command(self, sql, **keywords)
        sent.append(sql)
        if len(sent) == last:
            raise Killed
        return response

    monkeypatch.setattr(SqlServer, "command", dying)
    while last <= len(sent) + 1:
        sent.clear()
        try:
            life.rotate()
        except Killed:
            assert life.shown() == life.rights
        last += 1
    # One run was killed after each of these statements, and the last run was not killed.
    assert [statement.split(" ")[0] for statement in sent] == ["ALTER", "GRANT", "SELECT", "SHOW"]
    assert life.outputs["password"] != first
    life.assert_complete()


@pytest.mark.usefixtures("rights")
def test_lost_responses_in_a_rotation_lose_no_right(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement runs twice, and the saved password is the valid one."""
    monkeypatch.setattr(sql_server, "_RETRY", Intervals.of(0.01))
    with losing_every_first_response(server) as (url, lost):
        life = UserLifecycle(server, url)
        life.assert_complete()
        first = life.outputs["password"]
        before = len(lost)
        life.rotate()
        assert len(lost) > before
    assert life.outputs["password"] != first
    life.assert_complete()


@contextmanager
def losing_every_first_response(server: RunningService) -> Iterator[tuple[str, list[bytes]]]:
    """Run a proxy that forwards each statement but returns no response the first time."""
    lost: list[bytes] = []
    authority = server.clouds.clouds / "certificates" / "ca.pem"
    context = ssl.create_default_context(cafile=str(authority))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sql = self.rfile.read(int(self.headers["Content-Length"]))
            names = ("X-ClickHouse-User", "X-ClickHouse-Key")
            headers = {name: self.headers[name] for name in names}
            request = urllib.request.Request(server.url, data=sql, headers=headers)
            with urllib.request.urlopen(request, context=context, timeout=60) as response:
                body = response.read()
            if sql not in lost:
                lost.append(sql)
                self.connection.close()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            return None

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}", lost
    finally:
        proxy.shutdown()
        proxy.server_close()
