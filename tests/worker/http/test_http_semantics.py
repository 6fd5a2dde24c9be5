"""HTTP semantics: HEAD, repeated slashes, and the headers of every response."""

from __future__ import annotations

import pytest

from tests.support.access_binding import TOKEN, access_document, token_entry
from tests.support.otlp_spans import export_bytes
from tests.support.worker_runtime import Response, Worker, WorkerFactory

NOWHERE = "http://127.0.0.1:1"
PAGE = "https://shop.example.com"
EVENT = {"event_name": "signup"}
ADMIN = {"authorization": "Bearer admin"}
# Headers that differ between two responses.
MOVING = {"date"}


@pytest.fixture
def worker(make_worker: WorkerFactory) -> Worker:
    """Start a worker without ClickHouse and with an operator's token."""
    admin = token_entry("admin", name="operator", scopes=["admin", "read"])
    access = access_document(admin, cors_origins=[PAGE])
    return make_worker(clickhouse_url=NOWHERE, access=access)


def still(answer: Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in MOVING}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/health",
        "/openapi.json",
        "/swagger",
        "/swagger/start.js",
        "/swagger/swagger-ui.js",
        "/swagger/swagger-ui.css",
        "/admin/buffers",
        "/admin/dead-letters?buffer=default/0",
    ],
)
def test_head_is_get_without_a_body(worker: Worker, path: str) -> None:
    """The status and headers are equal, including the body's length (RFC 9110, 9.3.2)."""
    got, head = (
        worker.request("GET", path, None, **ADMIN),
        worker.request("HEAD", path, None, **ADMIN),
    )
    assert (head.status, head.body) == (got.status, b"")
    assert got.status == 200
    length = still(got).pop("content-length", str(len(got.body)))
    assert still(head) == {**still(got), "content-length": length}


def test_head_is_rejected_as_get_is(worker: Worker) -> None:
    """Causes are no token, missing parameters, and paths without GET."""
    assert worker.request("HEAD", "/admin/buffers").status == 401
    assert worker.request("HEAD", "/metrics", None, **ADMIN).status == 400
    for path, allow in (("/events", "POST"), ("/admin/pause", "POST")):
        refused = worker.request("HEAD", path, None, **ADMIN)
        assert (refused.status, refused.headers["allow"], refused.body) == (405, allow, b"")
    assert worker.request("PUT", "/health").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/v1/traces/", "//v1/traces", "/v1//traces//", "///v1/traces"])
def test_repeated_slashes_lead_to_the_same_endpoint(worker: Worker, path: str) -> None:
    """Exporters build such a path from an endpoint that ends in a slash."""
    headers = {"authorization": f"Bearer {TOKEN}", "content_type": "application/x-protobuf"}
    assert worker.request("POST", path, export_bytes(2, seed=1), **headers).status == 200
    assert worker.stored("SELECT sum(row_count) FROM chunks") == [(2,)]
    # All requests are counted under the route's one name.
    scraped = worker.request("GET", "/admin/metrics", None, **ADMIN).body.decode()
    assert 'http_route="/v1/traces",http_response_status_code="200"' in scraped
    question = {"origin": PAGE, "access_control_request_method": "POST"}
    assert worker.request("OPTIONS", path, None, **question).status == 204


def test_a_path_of_slashes_alone_is_the_page(worker: Worker) -> None:
    """A path between the slashes is still checked."""
    assert worker.request("GET", "//").status == 200
    assert worker.request("GET", "/v1").status == 404
    assert worker.request("GET", "/v1/traces/x").status == 404


def test_every_response_has_security_headers(worker: Worker) -> None:
    """This includes errors, preflights and assets. Only responses with a lifetime may be cached."""
    token = {"authorization": f"Bearer {TOKEN}"}
    question = {"origin": PAGE, "access_control_request_method": "POST"}
    answers = [
        worker.request("GET", "/health"),
        worker.request("HEAD", "/health"),
        worker.request("GET", "/swagger"),
        worker.request("GET", "/nowhere"),
        worker.request("PUT", "/events"),
        worker.request("POST", "/events", b"{}"),
        worker.request("GET", "/admin/buffers", None, **ADMIN),
        worker.request("OPTIONS", "/events", None, **question),
        worker.request("OPTIONS", "/events", None, **{**question, "origin": "https://example.org"}),
        worker.post_event(EVENT),
        worker.post_event(EVENT, dnt="1"),
        worker.post_event({}, origin=PAGE),
        worker.post_traces(export_bytes(1, seed=2)),
        worker.post_traces(b"not OTLP", **token),
    ]
    assert {answer.status for answer in answers} == {200, 204, 400, 401, 403, 404, 405}
    asset = worker.request("GET", "/swagger/swagger-ui.js")
    for answer in (*answers, asset):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert "max-age=" in asset.headers["cache-control"]
