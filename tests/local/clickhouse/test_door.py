"""No other program of the machine reaches an engine: it aborts when it rejects a native login."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from local.clickhouse.doorway import socket_from

from .harness import Service


def folder_of(service: Service) -> Path:
    return service.cloud.state_dir / "services" / service.id


def engine_ports(service: Service) -> list[int]:
    """The private ports, from the process's arguments."""
    arguments = Path(f"/proc/{service.engine_pid}/cmdline").read_bytes().decode().split("\0")
    return [int(argument) for argument in arguments if argument.isdecimal()]


def rejected_login() -> bytes:
    """A Hello of the native protocol with a wrong password."""
    strings = [bytes([len(text)]) + text for text in (b"", b"_admin_", b"wrong")]
    return b"\0\1x\x18\1\xbc\xa9\3" + b"".join(strings)


def test_the_ports_of_an_engine_are_closed_to_others(service: Service) -> None:
    """Nothing listens there, and the front's socket is its owner's alone."""
    ports = engine_ports(service)
    assert len(ports) == 2
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    assert stat.S_IMODE((folder_of(service) / "door").stat().st_mode) == 0o600
    assert service.answer("SELECT 1") == "1"


def test_a_login_that_aborts_an_engine_needs_its_door(service: Service) -> None:
    """Through it the same bytes get to the engine, so the ports above are the engine's."""
    with socket_from(folder_of(service) / "door") as connection:
        connection.settimeout(30)
        connection.connect(("127.0.0.1", engine_ports(service)[1]))
        connection.sendall(rejected_login())
        assert b"Authentication failed" in connection.recv(4096)


def test_password_hashes_are_not_left_where_sql_reads(service: Service) -> None:
    """The file with them is deleted once the engine has read it; the rest of its folder is not."""
    assert "users_config" in service.answer("SELECT file('config.xml')")
    refused = service.query("SELECT file('users.xml')")
    assert refused.status_code >= 400
    assert "password" not in refused.text
