"""HTTP over plain sockets, for requests that no client library sends."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.access_binding import TOKEN
from tests.support.worker_runtime import Worker

ANSWER_SECONDS = 120.0


@dataclass(frozen=True)
class RawResponse:
    """A response's status and the rest as a string; status 0 if there was no response."""

    status: int
    text: str


def head(
    method: str = "POST",
    path: str = "/v1/traces",
    *,
    token: str = TOKEN,
    content_type: str = "application/x-protobuf",
    more: Iterable[str] = (),
) -> bytes:
    """Return request line and headers; the lines of `more` are added unchanged."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: worker",
        f"authorization: Bearer {token}",
        f"content-type: {content_type}",
        *more,
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@contextmanager
def connection(worker: Worker) -> Iterator[socket.socket]:
    """Open a connection with a long timeout."""
    with socket.create_connection(
        ("127.0.0.1", worker.port), timeout=ANSWER_SECONDS
    ) as open_socket:
        yield open_socket


def answer_on(open_socket: socket.socket) -> RawResponse:
    """Read the head of the next response and the part of its body that arrived with it."""
    received = b""
    try:
        while b"\r\n\r\n" not in received:
            part = open_socket.recv(65_536)
            if not part:
                break
            received += part
    except ConnectionError:
        pass
    words = received.split(b" ", 2)
    status = int(words[1]) if len(words) > 1 else 0
    return RawResponse(status, received.decode("latin-1"))


def exchange(worker: Worker, *parts: bytes) -> RawResponse:
    """Send all parts, even if a response arrives meanwhile, then read one response."""
    with connection(worker) as open_socket:
        try:
            for part in parts:
                open_socket.sendall(part)
        except ConnectionError:
            pass  # the request was rejected while it was sent; the response may have arrived
        return answer_on(open_socket)
