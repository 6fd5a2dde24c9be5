"""The vendor's edge as a server: it answers what a test tells it to and notes what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["REQUEST_ID", "Asked", "Cloud", "Reply", "failed", "hang_up", "ok", "running_cloud"]

KEY_ID = "keyid0123456789"
KEY_SECRET = "sesame-open-up-4711"
REQUEST_ID = "11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    raw_body: bytes

    @property
    def path(self) -> str:
        """Path as sent, still percent-encoded."""
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
    """An answer; `status` 0 closes the connection instead of answering."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def ok(result: Any = None, status: int = 200, **beside: Any) -> Reply:
    """The API's envelope around a result."""
    envelope = {"status": status, "requestId": REQUEST_ID, **beside}
    if result is not None:
        envelope["result"] = result
    return Reply(status, json.dumps(envelope).encode(), {"Content-Type": "application/json"})


def failed(status: int, error: Any, **headers: str) -> Reply:
    """The API's envelope around an error."""
    envelope = {"status": status, "error": error, "requestId": REQUEST_ID}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(envelope).encode(), named)


def hang_up() -> Reply:
    """Take the request, then close the connection: the lost answer."""
    return Reply(0)


@dataclass
class Cloud:
    """A running server.

    Attributes:
        answer: makes the reply to a request; tests replace it.
        asked: every request so far, in order of arrival.
    """

    base_url: str
    answer: Callable[[Asked], Reply] = lambda _: ok({})
    asked: list[Asked] = field(default_factory=list)

    def answers(self, *replies: Reply) -> None:
        """Answer with these, one after the other, then with the last for ever."""
        remaining = list(replies)
        self.answer = lambda _: remaining.pop(0) if len(remaining) > 1 else remaining[0]


@contextmanager
def running_cloud() -> Iterator[Cloud]:
    """A server on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            asked = Asked(self.command, self.path, dict(self.headers.items()), body)
            cloud.asked.append(asked)
            reply = cloud.answer(asked)
            if reply.status == 0:
                self.close_connection = True
                return
            with suppress(ConnectionError):  # a client that gave up waiting is no fault here
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
            """Keep quiet."""

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
