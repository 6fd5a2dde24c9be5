"""A TCP proxy in front of ClickHouse that loses responses or requests, or responds itself.

It relies on one fact about HTTP: when the server starts its response, the insert was applied.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import threading
from dataclasses import dataclass, field
from typing import Literal

RequestPart = Literal["url", "head", "body", "end"]
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


@dataclass
class Faults:
    """Faults that the proxy still has to cause; each number counts down.

    Attributes:
        lose_answers: responses to discard, together with their connection.
        lose_answers_to: discard only responses to requests whose first line contains these bytes.
        cut_requests: requests to forward only in part before their connections are closed.
        cut_requests_in: the part of a request in which it is cut; with `end`, everything except
            the last byte is forwarded.
        answer_instead: while this is not empty, it is the response and requests are not forwarded.
        hold: while this is set, requests are not forwarded and get no response.
        lost: responses discarded so far.
        cut: requests cut so far.
        kept: requests not forwarded so far.
        heads: the first bytes of every request.
    """

    lose_answers: int = 0
    lose_answers_to: bytes = b""
    cut_requests: int = 0
    cut_requests_in: RequestPart = "url"
    answer_instead: bytes = b""
    hold: bool = False
    lost: int = 0
    cut: int = 0
    kept: int = 0
    heads: list[bytes] = field(default_factory=list)


class Proxy:
    """Forward a local port to `port`, with `faults`; a context manager.

    Args:
        port: the server's port.
        forwards_partial_heads: if false, a request that is cut in its URL or head reaches the
            server only as a connection that closes. The ClickHouse of these tests, libchdb, ends
            with "a fatal error" when it receives half a request line.
    """

    def __init__(self, port: int, *, forwards_partial_heads: bool = True) -> None:
        self.faults = Faults()
        self._forwards_partial_heads = forwards_partial_heads
        self._target = port
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return  # closed at the end of the test
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            client,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._target)) as server,
        ):
            self._relay(client, server)

    def _relay(self, client: socket.socket, server: socket.socket) -> None:
        head = b""
        with selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _events in selector.select():
                    source, target = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    data = source.recv(65536)
                    if source is client and data.startswith(b"POST /"):
                        head = data
                        self.faults.heads.append(data)
                        if self.faults.hold or self.faults.answer_instead:
                            self._keep(client)
                            return
                        if self._cuts_request():
                            self._cut(client, server, data)
                            return
                    if not data or (source is server and self._loses_answer(head)):
                        return
                    target.sendall(data)

    def _keep(self, client: socket.socket) -> None:
        """Discard the request until the client closes, and send the configured response."""
        with self._lock:
            self.faults.kept += 1
        if self.faults.answer_instead:
            client.sendall(self.faults.answer_instead)
            client.shutdown(socket.SHUT_WR)
        while client.recv(65536):
            pass

    def _loses_answer(self, head: bytes) -> bool:
        with self._lock:
            if self.faults.lose_answers == 0 or self.faults.lose_answers_to not in head:
                return False
            self.faults.lose_answers -= 1
            self.faults.lost += 1
            return True

    def _cuts_request(self) -> bool:
        with self._lock:
            if self.faults.cut_requests == 0:
                return False
            self.faults.cut_requests -= 1
            return True

    def _cut(self, client: socket.socket, server: socket.socket, received: bytes) -> None:
        """Forward the first part of a request; `received` is what arrived so far."""
        try:
            while _HEAD_END not in received:
                received += _receive(client, 65536)
            until = _cut_after(received, self.faults.cut_requests_in)
            if self._forwards_partial_heads or _HEAD_END in received[:until]:
                server.sendall(received[:until])
            sent = len(received)
            while sent < until:
                data = _receive(client, until - sent)
                server.sendall(data)
                sent += len(data)
        finally:
            with self._lock:
                self.faults.cut += 1


def _receive(client: socket.socket, most: int) -> bytes:
    data = client.recv(min(most, 65536))
    if not data:
        raise ConnectionAbortedError
    return data


def _cut_after(received: bytes, part: RequestPart) -> int:
    """Return how many bytes of a request are forwarded, once its whole head has arrived."""
    url_end = received.index(b"\r\n")
    head_end = received.index(_HEAD_END) + len(_HEAD_END)
    found = _LENGTH.search(received, 0, head_end)
    length = 2 if found is None else int(found[1])  # a chunked body is longer
    end = head_end + length - 1
    middles = {
        "url": url_end // 2,
        "head": (url_end + head_end) // 2,
        "body": min(head_end + length // 2, end),
        "end": end,
    }
    return middles[part]
