"""A new password costs no right, whenever the run dies and whichever answer is lost."""

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
from resources.sql import connection as warehouse
from resources.sql.connection import SqlServer
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
    """The run ends here: nothing else is sent, and nothing is saved."""


class Life:
    """A user with rights of every kind, and what Pulumi's engine does with it."""

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
        """Change the version, from what was saved last."""
        news = {**self.inputs, "password_version": "2"}
        self.outputs = self.provider.update(NAME, self.outputs, news).outs or {}

    def shown(self) -> str:
        """All that the user may do."""
        return self.server.query(f"SHOW GRANTS FOR {NAME} FORMAT TSVRaw")

    def assert_whole(self) -> None:
        """The saved password logs in, and finds roles, setting and database as they were."""
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
    """A role that is in force by default, a profile and a database."""
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
def test_a_run_that_dies_in_a_rotation_costs_nothing(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each statement; the next run ends with a password that works."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.clouds.clouds / "certificates" / "bundle.pem"))
    life = Life(server, server.url)
    command, first = SqlServer.command, life.outputs["password"]
    sent: list[str] = []
    last = 1

    def dying(self: SqlServer, sql: str, **keywords: Any) -> str:
        answer = command(self, sql, **keywords)
        sent.append(sql)
        if len(sent) == last:
            raise Killed
        return answer

    monkeypatch.setattr(SqlServer, "command", dying)
    while last <= len(sent) + 1:
        sent.clear()
        try:
            life.rotate()
        except Killed:
            assert life.shown() == life.rights
        last += 1
    # One that was killed after each of these, and one that got through.
    assert [statement.split(" ")[0] for statement in sent] == ["ALTER", "GRANT", "SELECT", "SHOW"]
    assert life.outputs["password"] != first
    life.assert_whole()


@pytest.mark.usefixtures("rights")
def test_lost_answers_in_a_rotation_cost_nothing(
    server: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement is carried out twice, and the password handed on is the one in force."""
    monkeypatch.setattr(warehouse, "_RETRY", Intervals.of(0))
    with losing_every_first_answer(server) as (url, lost):
        life = Life(server, url)
        life.assert_whole()
        first = life.outputs["password"]
        before = len(lost)
        life.rotate()
        assert len(lost) > before
    assert life.outputs["password"] != first
    life.assert_whole()


@contextmanager
def losing_every_first_answer(server: RunningService) -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that hands each new statement on and hangs up, and answers when it comes again."""
    lost: list[bytes] = []
    authority = server.clouds.clouds / "certificates" / "ca.pem"
    context = ssl.create_default_context(cafile=str(authority))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sql = self.rfile.read(int(self.headers["Content-Length"]))
            names = ("X-ClickHouse-User", "X-ClickHouse-Key")
            headers = {name: self.headers[name] for name in names}
            request = urllib.request.Request(server.url, data=sql, headers=headers)
            with urllib.request.urlopen(request, context=context, timeout=60) as answer:
                body = answer.read()
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
