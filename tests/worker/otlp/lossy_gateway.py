"""An HTTP gateway in front of the worker that returns a 503 for requests the worker accepted.

For a client this equals a lost response. Every SDK retries after a 503, but not every SDK retries
after a closed connection.
"""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


class Gateway:
    """Forward a local port to `port`; a context manager.

    Attributes:
        requests: the number of requests for each path, including repeats.
    """

    def __init__(self, port: int) -> None:
        self.requests: Counter[str] = Counter()
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            gateway: ClassVar[Gateway] = self

            def do_POST(self) -> None:
                status, headers, answer = forward(port, self, body_of(self))
                with lock:
                    self.gateway.requests[self.path] += 1
                    is_first = self.gateway.requests[self.path] == 1
                if is_first and status == 200:
                    status, headers, answer = 503, {"retry-after": "1"}, b""
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                """Write no log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Gateway:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def body_of(handler: BaseHTTPRequestHandler) -> bytes:
    """Return a request's body, of declared length or in chunks."""
    length = handler.headers["content-length"]
    if length is not None:
        return handler.rfile.read(int(length))
    chunks = []
    while size := int(handler.rfile.readline(), 16):
        chunks.append(handler.rfile.read(size))
        handler.rfile.readline()
    handler.rfile.readline()
    return b"".join(chunks)


def forward(
    port: int, handler: BaseHTTPRequestHandler, body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Return the worker's status, the headers that a client reads, and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        name: value
        for name, value in handler.headers.items()
        if name.lower() in ("authorization", "content-type", "content-encoding")
    }
    connection.request("POST", handler.path, body, headers)
    answer = connection.getresponse()
    kept = {"content-type": answer.headers["content-type"]}
    result = answer.status, kept, answer.read()
    connection.close()
    return result
