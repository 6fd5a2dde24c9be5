"""A local Sentry: it receives envelopes over HTTP and parses them as strictly as Sentry does.

https://develop.sentry.dev/sdk/foundations/transport/envelopes/
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "0a1b2c3d4e5f"
PROJECT = "42"


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        """Return the event; fail if Sentry would reject the request."""
        assert self.path == f"/api/{PROJECT}/envelope/"
        assert self.headers["content-type"] == "application/x-sentry-envelope"
        scheme, _, pairs = self.headers["x-sentry-auth"].partition(" ")
        auth = dict(pair.split("=", 1) for pair in pairs.split(", "))
        assert (scheme, auth["sentry_version"], auth["sentry_key"]) == ("Sentry", "7", KEY)
        header, items = parse(self.body)
        ((item, payload),) = items
        assert item["type"] == "event"
        event: dict[str, Any] = json.loads(payload)
        assert event["event_id"] == header["event_id"]
        assert re.fullmatch(r"[0-9a-f]{32}", event["event_id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", header["sent_at"])
        assert event["timestamp"] > 1_700_000_000
        assert event["platform"] == "javascript"
        assert event["level"] in ("error", "warning")
        assert all(isinstance(part, str) for part in event["fingerprint"])
        for exception in event["exception"]["values"]:
            assert exception["type"]
            assert isinstance(exception["value"], str)
            for frame in exception.get("stacktrace", {"frames": []})["frames"]:
                assert frame.keys() >= {"function", "filename", "lineno"}
        return event


def parse(body: bytes) -> tuple[dict[str, Any], list[tuple[dict[str, Any], bytes]]]:
    """Return header and items; fail on everything that the grammar does not allow."""
    first, _, rest = body.partition(b"\n")
    items = []
    while rest:
        line, newline, rest = rest.partition(b"\n")
        assert newline, "the payload of an item is missing"
        item = json.loads(line)
        length = item["length"]
        assert len(rest) >= length, "the end came before the length"
        payload, rest = rest[:length], rest[length:]
        assert rest[:1] in (b"", b"\n"), "more than its length"
        items.append((item, payload))
        rest = rest[1:]
    header = json.loads(first)
    assert isinstance(header, dict)
    return header, items


class Receiver:
    """A local Sentry; a context manager.

    Attributes:
        received: requests in the order of their arrival.
        status: the status of every response.
        may_answer: while it is cleared, requests are received but get no response.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 200
        self.may_answer = threading.Event()
        self.may_answer.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.received.append(Received(self.path, headers, body))
                receiver.may_answer.wait()
                self.send_response(receiver.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Write no log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.dsn = f"http://{KEY}@127.0.0.1:{self._server.server_port}/{PROJECT}"

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()

    def events(self, type_: str) -> list[dict[str, Any]]:
        """Return the events received so far with this type of exception."""
        events = [each.event for each in list(self.received)]
        return [each for each in events if each["exception"]["values"][0]["type"] == type_]
