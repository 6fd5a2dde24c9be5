"""The tests' proxy cuts a request in the configured part."""

from __future__ import annotations

import socket
import threading
from typing import get_args

import pytest

from tests.support.tcp_proxy import Proxy, RequestPart

URL = b"POST /?query=" + b"q" * 10_000 + b" HTTP/1.1"
HEAD = URL + b"\r\nHost: a\r\nContent-Length: 200000\r\nAccept: " + b"h" * 1_000 + b"\r\n\r\n"
BODY = b"b" * 200_000
RANGES = {
    "url": (1, len(URL) - 1),
    "head": (len(URL) + 1, len(HEAD) - 1),
    "body": (len(HEAD) + 1, len(HEAD) + len(BODY) - 2),
    "end": (len(HEAD) + len(BODY) - 1, len(HEAD) + len(BODY) - 1),
}


def forwarded(part: RequestPart) -> bytes:
    """Return the bytes of the request that the server receives."""
    received = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            connection, _address = listener.accept()
            with connection:
                while data := connection.recv(65536):
                    received.extend(data)

        server = threading.Thread(target=accept)
        server.start()
        with Proxy(listener.getsockname()[1]) as proxy:
            proxy.faults.cut_requests_in = part
            proxy.faults.cut_requests = 1
            with socket.create_connection(("127.0.0.1", proxy.port)) as client:
                client.sendall(HEAD + BODY)
                server.join(30)
            assert proxy.faults.cut == 1
    return bytes(received)


@pytest.mark.parametrize("part", get_args(RequestPart))
def test_a_request_is_cut_inside_the_part(part: RequestPart) -> None:
    """All bytes before the cut are forwarded unchanged."""
    start = forwarded(part)
    least, most = RANGES[part]
    assert least <= len(start) <= most
    assert (HEAD + BODY).startswith(start)
