"""Other programs cannot connect to an engine, which aborts when it rejects a native login."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from local.clickhouse.engine_sockets import engine_socket
from tests.local.clickhouse.control_plane import Service


def folder_of(service: Service) -> Path:
    return service.cloud.state_dir / "services" / service.id / "engine"


def engine_ports(service: Service) -> list[int]:
    """Return the private ports, from the process's arguments."""
    arguments = Path(f"/proc/{service.engine_pid}/cmdline").read_bytes().decode().split("\0")
    return [int(argument) for argument in arguments if argument.isdecimal()]


def rejected_login() -> bytes:
    """Return a Hello of the native protocol with an invalid password."""
    strings = [bytes([len(text)]) + text for text in (b"", b"_admin_", b"wrong")]
    return b"\0\1x\x18\1\xbc\xa9\3" + b"".join(strings)


def listening_inodes(processes: Path) -> set[str]:
    """Return the inodes of the sockets that listen on TCP in a process's network."""
    rows = [row.split() for row in (processes / "net" / "tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[3] == "0A"}


def socket_inodes(process_id: int | None) -> set[str]:
    """Return the inodes of all sockets of a process."""
    files = [str(file.readlink()) for file in Path(f"/proc/{process_id}/fd").iterdir()]
    return {file[8:-1] for file in files if file.startswith("socket:[")}


def test_an_engine_does_not_listen_in_the_network_of_the_machine(service: Service) -> None:
    """Only the proxy can connect, through a socket that only its owner can open."""
    children = Path(f"/proc/{service.engine_pid}/task/{service.engine_pid}/children").read_text()
    (doorman,) = children.split()
    sockets = socket_inodes(service.engine_pid)
    assert len(sockets & listening_inodes(Path(f"/proc/{doorman}"))) == 2
    assert not sockets & listening_inodes(Path("/proc/self"))
    assert stat.S_IMODE((folder_of(service) / "door").stat().st_mode) == 0o600
    assert service.sql("SELECT 1") == "1"


def test_a_login_that_aborts_an_engine_needs_its_door(service: Service) -> None:
    """Only a client of the Unix socket `door` can reach the engine."""
    with engine_socket(folder_of(service) / "door") as connection:
        connection.settimeout(30)
        connection.connect(("127.0.0.1", engine_ports(service)[1]))
        connection.sendall(rejected_login())
        assert b"Authentication failed" in connection.recv(4096)


def test_sql_cannot_read_password_hashes(service: Service) -> None:
    """No file that the engine can read has a hash, and the file with all hashes cannot be read."""
    accounts = json.loads((folder_of(service).parent / "accounts.json").read_text())
    hashes = [user["password_hash"].encode() for user in accounts["users"]]
    assert hashes
    files = [file for file in folder_of(service).rglob("*") if file.is_file()]
    assert folder_of(service) / "config.xml" in files
    assert not [file for file in files if any(one in file.read_bytes() for one in hashes)]


@pytest.mark.parametrize("name", ["accounts.json", "service.json"])
def test_sql_cannot_read_the_files_of_the_proxy(service: Service, name: str) -> None:
    """No relative or absolute path reads them."""
    outside = folder_of(service).parent / name
    assert outside.exists()
    for path in (name, f"../{name}", str(outside), f"/proc/self/cwd/../{name}"):
        rejected = service.query(f"SELECT file('{path}')")
        assert rejected.status_code >= 400, path
        assert "password_hash" not in rejected.text
        assert "isPrimary" not in rejected.text
