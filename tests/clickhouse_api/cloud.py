"""The vendor's API as a server: it sends the replies of a test and records the requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["REQUEST_ID", "Cloud", "Received", "Reply", "failed", "hang_up", "ok", "running_cloud"]

KEY_ID = "keyid0123456789"
KEY_SECRET = "sesame-open-up-4711"
REQUEST_ID = "11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Received:
    """A request as the server received it."""

    method: str
    target: str
    headers: dict[str, str]
    raw_body: bytes

    @property
    def path(self) -> str:
        """Path as received, percent-encoded."""
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        """Path segments, decoded after splitting."""
        return [unquote(segment) for segment in self.path.strip("/").split("/")]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def body(self) -> Any:
        return json.loads(self.raw_body) if self.raw_body else None


@dataclass(frozen=True)
class Reply:
    """A reply; `status` 0 closes the connection without a reply."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def ok(result: Any = None, status: int = 200, **beside: Any) -> Reply:
    """Return a reply with a `result`, in the API's format."""
    envelope = {"status": status, "requestId": REQUEST_ID, **beside}
    if result is not None:
        envelope["result"] = result
    return Reply(status, json.dumps(envelope).encode(), {"Content-Type": "application/json"})


def failed(status: int, error: Any, **headers: str) -> Reply:
    """Return a reply with an error, in the API's format."""
    envelope = {"status": status, "error": error, "requestId": REQUEST_ID}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(envelope).encode(), named)


def hang_up() -> Reply:
    """Receive the request, then close the connection, so that the response is lost."""
    return Reply(0)


@dataclass
class Cloud:
    """A running server.

    Attributes:
        respond: returns the reply to a request. Tests replace it.
        requests: all requests so far, in order of arrival.
    """

    base_url: str
    respond: Callable[[Received], Reply] = lambda _: ok({})
    requests: list[Received] = field(default_factory=list)

    def answers(self, *replies: Reply) -> None:
        """Send these replies one after the other, then the last one indefinitely."""
        remaining = list(replies)
        self.respond = lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0]


@contextmanager
def running_cloud() -> Iterator[Cloud]:
    """Run a server on a separate port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            request = Received(self.command, self.path, dict(self.headers.items()), body)
            cloud.requests.append(request)
            reply = cloud.respond(request)
            if reply.status == 0:
                self.close_connection = True
                return
            with suppress(ConnectionError):  # the client may have stopped waiting
                self.reply_with(reply)

        def reply_with(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)
            self.wfile.flush()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        def log_message(self, *_: object) -> None:
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cloud = Cloud(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
