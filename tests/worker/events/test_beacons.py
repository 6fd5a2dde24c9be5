"""`navigator.sendBeacon` when a page is closed, in a real Chromium."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.support.access_binding import access_document
from tests.support.clickhouse_server import ClickHouse
from tests.support.process import wait_until
from tests.support.worker_runtime import WorkerFactory

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Chromium: `python3 local/install.py --browser`"
)

# The page sends its events when the browser leaves it for the next page.
PAGE = """<!doctype html><script>
const send = (path, body) => navigator.sendBeacon("%(url)s" + path, body);
const json = (value) => new Blob([JSON.stringify(value)], { type: "application/json" });
const page = location.pathname.slice(1);
const named = (form) => ({ event_name: form, user_id: page });
addEventListener("pagehide", () => {
  send("/events", JSON.stringify(named("string")));
  send("/events", json(named("blob")));
  send("/events/bulk", json([named("bulk")]));
  send("/event", JSON.stringify({ accountId: page, event: "account" }));
});
setTimeout(() => location.assign("/left"), 0);
</script>"""
NEXT_PAGE = b"<!doctype html><title>left</title>"


class Site(BaseHTTPRequestHandler):
    """A page that sends beacons when it is closed, and the next page."""

    def __init__(self, worker_url: str, *args: object) -> None:
        self.page = (PAGE % {"url": worker_url}).encode()
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        body = NEXT_PAGE if self.path == "/left" else self.page
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Print nothing."""


@contextlib.contextmanager
def site(server: ThreadingHTTPServer) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def browsing(folder: Path, url: str) -> Iterator[None]:
    """Start a browser on that page, with a separate profile."""
    assert CHROMIUM is not None
    folder.mkdir()
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",  # tests may run as root, where Chromium's sandbox does not start
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}",
        "--remote-debugging-port=0",
        url,
    ]
    with (folder / "log").open("wb") as log:
        browser = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            yield
        finally:
            browser.terminate()
            browser.wait()


@pytest.mark.parametrize("by_name", [True, False], ids=["origin listed", "any origin"])
def test_beacons_of_a_page_arrive(
    clickhouse: ClickHouse, make_worker: WorkerFactory, tmp_path: Path, by_name: bool
) -> None:
    """A listed origin sends strings and blobs. Others send strings, which need no preflight."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, ""))
    with site(server) as origin:
        worker = make_worker(
            clickhouse_url=clickhouse.url,
            access=access_document(
                cors_origins=[origin if by_name else "*"],
                public={"team": "other", "requests_per_second": 100},
            ),
        )
        clickhouse.migrate(database="other")
        server.RequestHandlerClass = partial(Site, f"http://127.0.0.1:{worker.port}")
        found = "SELECT arraySort(groupUniqArray(event_name)) FROM other.events"
        expected = ["account", "string", *(["blob", "bulk"] if by_name else [])]
        with browsing(tmp_path / "browser", f"{origin}/page"):
            wait_until(
                f"{expected} arrive",
                lambda: clickhouse.query(found) == str(sorted(expected)).replace(" ", ""),
            )
    assert worker.stored("SELECT error FROM dead_letters") == []


def test_only_origins_that_are_named_may_send_credentials(make_worker: WorkerFactory) -> None:
    """A beacon always has credentials. With `*`, any page could use its visitor's credentials."""
    shop = "https://shop.example.com"
    for origins, allowed in (([shop], "true"), (["*"], None)):
        worker = make_worker(
            clickhouse_url="http://127.0.0.1:1",
            access=access_document(
                cors_origins=origins, public={"team": "other", "requests_per_second": 100}
            ),
        )
        preflight = worker.request(
            "OPTIONS",
            "/events",
            origin=shop,
            access_control_request_method="POST",
            access_control_request_headers="content-type",
        )
        sent = worker.request(
            "POST", "/events", b'{"event_name":"left"}', origin=shop, content_type="text/plain"
        )
        assert (preflight.status, sent.status) == (204, 200)
        for answer in (preflight, sent):
            assert answer.headers["access-control-allow-origin"] == shop
            assert answer.headers.get("access-control-allow-credentials") == allowed
    star = worker.request("OPTIONS", "/events", origin="*", access_control_request_method="POST")
    assert "access-control-allow-credentials" not in star.headers
