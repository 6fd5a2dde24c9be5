"""The endpoints of a service: https and native TLS, streams, deduplication, errors."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from clickhouse_driver.errors import ServerException  # type: ignore[import-untyped]

from local.clickhouse.engine_sockets import engine_socket
from tests.local.clickhouse.control_plane import Service, kill_engine, native, wait_until

# httpx would otherwise send the client's credentials.
NO_AUTH = httpx.Auth()


@pytest.mark.parametrize("password", ["", "wrong", "x" * 100])
def test_an_invalid_password_is_rejected_over_https(service: Service, password: str) -> None:
    """Each way to send a password has the same result. The error is ClickHouse's."""
    token = {"user": "default", "password": password}
    with service.client() as client:
        responses = [
            client.post("/", content="SELECT 1", auth=("default", password)),
            client.post("/", content="SELECT 1", auth=NO_AUTH, params=token),
            client.post("/", content="SELECT 1", auth=NO_AUTH, params={"password": password}),
            client.post(
                "/",
                content="SELECT 1",
                auth=NO_AUTH,
                headers={"X-ClickHouse-User": "default", "X-ClickHouse-Key": password},
            ),
        ]
    for response in responses:
        assert response.status_code in (401, 403)
        assert response.headers["X-ClickHouse-Exception-Code"] in ("516", "194")
        assert "AUTHENTICATION_FAILED" in response.text or "REQUIRED_PASSWORD" in response.text
        assert "_admin_" not in response.text


def test_the_password_can_be_sent_in_every_way(service: Service) -> None:
    """The ways are Basic, two headers, and the query string, with and without a user."""
    password = service.password
    with service.client() as client:
        client.auth = NO_AUTH
        places: list[dict[str, Any]] = [
            {"auth": ("default", password)},
            {"auth": ("", password)},
            {"params": {"user": "default", "password": password}},
            {"params": {"password": password}},
            {"headers": {"X-ClickHouse-User": "default", "X-ClickHouse-Key": password}},
            {"headers": {"X-ClickHouse-Key": password}},
        ]
        for place in places:
            assert client.post("/", content="SELECT 1", **place).text == "1\n"


def test_no_client_connects_without_a_password(service: Service) -> None:
    """No client can use the engine's session without a password, even through the Unix socket."""
    with service.client() as client:
        assert client.get("/", params={"query": "SELECT 1"}, auth=NO_AUTH).status_code >= 400
    arguments = Path(f"/proc/{service.engine_pid}/cmdline").read_text().split("\0")
    port, door = int(arguments[5]), Path(arguments[7])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.sock = engine_socket(door)
    connection.sock.connect(("127.0.0.1", port))
    connection.request("POST", "/", b"SELECT 1")
    assert connection.getresponse().status >= 400


def test_the_engine_process_exposes_no_secret(service: Service) -> None:
    """The arguments, environment and state folder of the process contain no secret."""
    password = service.password.encode()
    for name in ("cmdline", "environ"):
        assert password not in Path(f"/proc/{service.engine_pid}/{name}").read_bytes()
    for file in service.cloud.state_dir.rglob("*"):
        if file.is_file() and "data" not in file.parts:
            assert password not in file.read_bytes(), file


def test_native_tls_works_and_enforces_the_password(service: Service) -> None:
    """The account is the same as over https."""
    client = native(service)
    client.execute("CREATE TABLE t (a Int64, s String) ENGINE = MergeTree ORDER BY a")
    rows = [(i, "x" * 50) for i in range(50_000)]
    assert client.execute("INSERT INTO t VALUES", rows) == len(rows)
    assert client.execute("SELECT count(), sum(a) FROM t") == [(50_000, sum(range(50_000)))]
    assert service.sql("SELECT count() FROM t") == "50000"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"password": ""}, 516), ({"user": "nobody"}, 516), ({"database": "none"}, 81)],
)
def test_a_rejected_native_login_does_not_affect_other_clients(
    service: Service, wrong: dict[str, str], code: int
) -> None:
    """An engine aborts when it rejects a native login, so the proxy must reject it first."""
    before = service.engine_pid
    for _ in range(3):
        with pytest.raises(ServerException) as rejected:
            native(service, **wrong).execute("SELECT 1")
        assert rejected.value.code == code
        assert "_admin_" not in str(rejected.value)
    assert service.sql("SELECT 1") == "1"
    assert service.engine_pid == before


def test_another_protocol_on_the_native_port_gets_an_error(service: Service) -> None:
    """A client of another protocol gets an error."""
    context = ssl.create_default_context(cafile=service.cloud.description["ca_file"])
    with (
        socket.create_connection(("127.0.0.1", service.port("nativesecure"))) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert b"Hello" in connection.recv(4096)


def test_a_stopped_service_returns_an_error_over_native(service: Service) -> None:
    """The error is an exception of the protocol."""
    service.command("stop")
    service.wait_for("stopped")
    with pytest.raises(ServerException, match="stopped"):
        native(service).execute("SELECT 1")


def test_bodies_are_passed_unchanged(service: Service) -> None:
    """Bodies can be compressed with a Content-Encoding, concatenated, chunked or whole."""
    service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    insert = {"query": "INSERT INTO t FORMAT TSV"}
    with service.client() as client:
        members = gzip.compress(b"1\n2\n") + gzip.compress(b"3\n")
        encoded = {"Content-Encoding": "gzip"}
        assert client.post("/", params=insert, content=members, headers=encoded).is_success
        assert client.post("/", params=insert, content=iter([b"4\n", b"5\n"])).is_success
        assert client.post("/", content=b"INSERT INTO t FORMAT TSV\n6\n").is_success
        response = client.post(
            "/", content=b"SELECT sum(a) FROM t", headers={"Accept-Encoding": "gzip"}
        )
        assert response.text == "21\n"


def test_a_large_response_is_streamed(service: Service) -> None:
    """Bytes arrive before the end of the query, and none is lost."""
    query = "SELECT number, repeat('x', 100) FROM numbers(300000) FORMAT TSV"
    with service.client() as client, client.stream("POST", "/", content=query) as response:
        assert sum(chunk.count(b"\n") for chunk in response.iter_bytes()) == 300_000


def test_an_expected_continue_is_sent(service: Service) -> None:
    """curl requests it before large bodies."""
    service.sql("CREATE TABLE t (a String) ENGINE = Memory")
    context = ssl.create_default_context(cafile=service.cloud.description["ca_file"])
    token = b64encode(f"default:{service.password}".encode()).decode()
    head = (
        "POST /?query=INSERT+INTO+t+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Basic {token}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", service.port("https"))) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 100")
        connection.sendall(b"7\n")
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    assert service.sql("SELECT count() FROM t") == "1"


@pytest.mark.parametrize("chunked", [False, True])
def test_half_a_body_inserts_nothing(service: Service, *, chunked: bool) -> None:
    """A client that is killed during an insert leaves no rows."""
    service.sql("CREATE TABLE t (a String) ENGINE = MergeTree ORDER BY a")
    connection = http.client.HTTPSConnection(
        "localhost",
        service.port("https"),
        context=ssl.create_default_context(cafile=service.cloud.description["ca_file"]),
    )
    connection.putrequest("POST", "/?query=INSERT+INTO+t+FORMAT+TSV")
    token = b64encode(f"default:{service.password}".encode()).decode()
    connection.putheader("Authorization", f"Basic {token}")
    rows = b"row\n" * 100_000
    if chunked:
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        connection.send(b"%x\r\n%s\r\n" % (len(rows), rows))
    else:
        connection.putheader("Content-Length", str(2 * len(rows)))
        connection.endheaders()
        connection.send(rows)
    connection.close()
    running = "SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO t%'"
    wait_until(lambda: service.sql(running) == "0", "the insert has ended")
    assert service.sql("SELECT count() FROM t") == "0"


def test_a_repeated_insert_counts_once(service: Service) -> None:
    """The token is the same. A kill of the engine in between has no effect."""
    service.sql(
        "CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    insert = "INSERT INTO t VALUES (1)"
    for _ in range(2):
        service.sql(insert, insert_deduplication_token="batch-1")
    kill_engine(service)
    service.sql(insert, insert_deduplication_token="batch-1")
    service.sql(insert, insert_deduplication_token="batch-2")
    assert service.sql("SELECT count() FROM t") == "2"


SCHEMA = 'syntax = "proto3"; message Row { int64 a = 1; string s = 2; }'


def test_a_protobuf_schema_can_be_a_string_or_in_a_table(service: Service) -> None:
    """`format_schema_source` can be string or query, as in the cloud."""
    service.sql("CREATE TABLE t (a Int64, s String) ENGINE = MergeTree ORDER BY a")
    service.sql("CREATE TABLE schemas (text String) ENGINE = MergeTree ORDER BY text")
    service.sql(f"INSERT INTO schemas VALUES ('{SCHEMA}')")
    row = b"\x08\x07\x12\x02ok"
    sources = {"string": SCHEMA, "query": "SELECT text FROM schemas"}
    with service.client() as client:
        for source, schema in sources.items():
            parameters = {
                "query": "INSERT INTO t FORMAT ProtobufSingle",
                "format_schema_source": source,
                "format_schema": schema,
                "format_schema_message_name": "Row",
            }
            response = client.post("/", params=parameters, content=row)
            assert response.is_success, response.text
    assert service.sql("SELECT count(), any(a), any(s) FROM t") == "2\t7\tok"


def test_a_database_is_atomic_by_default(service: Service) -> None:
    """The database engine is the default of ClickHouse Cloud."""
    service.sql("CREATE DATABASE telemetry")
    engines = "SELECT engine FROM system.databases WHERE name = 'telemetry'"
    assert service.sql(engines) == "Atomic"


def test_files_of_the_machine_cannot_be_read(service: Service) -> None:
    """Even the service's admin cannot read them."""
    rejected = service.query("SELECT * FROM file('/etc/passwd', LineAsString)")
    assert rejected.status_code >= 400
    assert "ACCESS_DENIED" in rejected.text


def test_concurrent_clients_do_not_wait_for_each_other(service: Service) -> None:
    """A slow insert on one connection does not block queries on another."""
    service.sql("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a")
    may_end = threading.Event()

    def slow_body() -> Iterator[bytes]:
        yield b"1\n"
        may_end.wait(30)
        yield b"2\n"

    def insert() -> None:
        with service.client() as client:
            query = {"query": "INSERT INTO t FORMAT TSV"}
            client.post("/", params=query, content=slow_body()).raise_for_status()

    thread = threading.Thread(target=insert)
    thread.start()
    assert service.sql("SELECT 1") == "1"
    may_end.set()
    thread.join()
    assert service.sql("SELECT sum(a) FROM t") == "3"
