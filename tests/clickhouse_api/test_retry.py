"""Which requests are repeated, after which pause and until when."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from clickhouse_api import AsyncClient, Client, errors, models
from tests.clickhouse_api.clocks import CountingClock
from tests.clickhouse_api.cloud import REQUEST_ID, Cloud, Reply, failed, hang_up, ok
from tests.support.without_network import run_without_network

CREATE = models.ServicePostRequest(
    name="n",
    provider=models.ServiceProvider.AWS,
    region=models.ServiceRegion.US_EAST_1,
    ip_access_list=[],
)


def unused_url() -> str:
    """Return a URL without a server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_get_is_repeated_after_a_temporary_failure(
    client: Client, cloud: Cloud, clock: CountingClock, status: int
) -> None:
    """Pauses double: 0.5, 1, 2 seconds with the longest jitter."""
    fault = failed(status, "try later")
    cloud.answers(fault, fault, fault, ok({"id": "s"}))
    assert client.service.instance_get("o", "s").id == "s"
    assert clock.slept == [0.5, 1.0, 2.0]


def test_jitter_shortens_a_pause_to_no_less_than_half(cloud: Cloud, tmp_path: Path) -> None:
    """With jitter, many callers do not repeat at the same time."""

    class Unlucky(CountingClock):
        def random(self) -> float:
            return 0.0

    clock = Unlucky()
    cloud.answers(failed(503, "busy"), ok({}))
    with Client(
        key_id="i", key_secret="s", base_url=cloud.base_url, state_dir=tmp_path, clock=clock
    ) as client:
        client.service.instance_get("o", "s")
    assert clock.slept == [0.25]


def test_a_call_fails_after_five_attempts(client: Client, cloud: Cloud) -> None:
    """The error has the details of the last response."""
    cloud.answers(failed(503, "still busy"))
    with pytest.raises(errors.ApiStatusError) as caught:
        client.service.instance_get("o", "s")
    assert len(cloud.requests) == 5
    assert str(caught.value) == f"instanceGet: 503 still busy (request id {REQUEST_ID})"
    assert not caught.value.maybe_applied


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 424, 501])
def test_a_permanent_rejection_is_not_repeated(
    client: Client, cloud: Cloud, clock: CountingClock, status: int
) -> None:
    """Another attempt would get the same response."""
    cloud.answers(failed(status, "no"))
    with pytest.raises(errors.ApiStatusError) as caught:
        client.service.instance_get("o", "s")
    assert (caught.value.status, len(cloud.requests), clock.slept) == (status, 1, [])


@pytest.mark.parametrize("reply", [failed(500, "oops"), failed(503, "busy"), hang_up()])
def test_a_create_that_may_have_arrived_is_never_repeated(
    client: Client, async_client: Callable[[], AsyncClient], cloud: Cloud, reply: Reply
) -> None:
    """A repeat would create a second, billed service. The error has `maybe_applied`."""
    cloud.answers(reply)

    async def create() -> None:
        async with async_client() as awaited:
            await awaited.service.instance_create("o", CREATE)

    with pytest.raises(errors.ClickHouseApiError) as caught:
        client.service.instance_create("o", CREATE)
    with pytest.raises(errors.ClickHouseApiError) as caught_async:
        asyncio.run(create())
    assert len(cloud.requests) == 2
    assert caught.value.maybe_applied
    assert caught_async.value.maybe_applied


def test_only_listed_posts_are_repeatable() -> None:
    """The list of repeatable POSTs is short and explicit."""
    from clickhouse_api.generator.patches import REPEATABLE_POSTS
    from tests.clickhouse_api.samples import operations

    posts = {o["operationId"] for _, method, o in operations() if method == "post"}
    assert posts >= REPEATABLE_POSTS
    assert len(posts) == 30
    assert not [name for name in REPEATABLE_POSTS if "create" in name.lower()]


def test_a_create_rejected_with_429_is_repeated(client: Client, cloud: Cloud) -> None:
    """The API rejects with 429 before it creates anything."""
    cloud.answers(failed(429, "slow down", X_RateLimit_Reset="2"), ok({}))
    client.service.instance_create("o", CREATE)
    assert len(cloud.requests) == 2


def test_a_create_that_never_arrived_is_repeated(tmp_path: Path, clock: CountingClock) -> None:
    """There was no server, so nothing can have been created."""
    with (
        Client(
            key_id="i", key_secret="s", base_url=unused_url(), state_dir=tmp_path, clock=clock
        ) as client,
        pytest.raises(errors.ConnectionFailed) as caught,
    ):
        client.service.instance_create("o", CREATE)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0]
    assert not caught.value.maybe_applied


@pytest.mark.parametrize("call", ["update", "delete"])
def test_repeatable_changes_are_repeated(client: Client, cloud: Cloud, call: str) -> None:
    """Two equal PATCH or DELETE requests have the effect of one."""
    cloud.answers(hang_up(), failed(502, "gateway"), ok({"id": "s"}))
    if call == "update":
        client.service.instance_update("o", "s", models.ServicePatchRequest(name="n"))
    else:
        client.service.instance_delete("o", "s")
    assert len(cloud.requests) == 3


def test_maybe_applied_is_kept_from_earlier_attempts(client: Client, cloud: Cloud) -> None:
    """The first attempt may have been applied although the last one was rejected."""
    cloud.answers(hang_up(), failed(409, "not now"))
    with pytest.raises(errors.Conflict) as caught:
        client.service.instance_delete("o", "s")
    assert caught.value.maybe_applied


@pytest.mark.parametrize("reset", ["2.75", "3"])
def test_a_call_waits_after_a_429_as_long_as_the_api_requires(
    client: Client, cloud: Cloud, clock: CountingClock, reset: str
) -> None:
    """Including fractions of a second."""
    cloud.answers(failed(429, "slow down", X_RateLimit_Reset=reset), ok({}))
    client.service.instance_get("o", "s")
    assert clock.slept == [float(reset)]


def test_a_call_also_waits_after_a_429_without_a_reset(
    client: Client, cloud: Cloud, clock: CountingClock
) -> None:
    """Each wait is longer, because the response has no duration."""
    busy = failed(429, "slow down")
    cloud.answers(busy, busy, busy, ok({}))
    client.service.instance_get("o", "s")
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_reset_after_the_deadline_is_an_error_at_once(
    cloud: Cloud, tmp_path: Path, clock: CountingClock
) -> None:
    """The error has the wait that the API requires."""
    cloud.answers(failed(429, "slow down", X_RateLimit_Reset="90.5"))
    with (
        Client(
            key_id="i",
            key_secret="s",
            base_url=cloud.base_url,
            state_dir=tmp_path,
            clock=clock,
            retry_deadline_seconds=60,
        ) as client,
        pytest.raises(errors.RateLimited) as caught,
    ):
        client.service.instance_get("o", "s")
    assert caught.value.retry_after_seconds == 90.5
    assert clock.slept == []


def test_an_absurd_reset_does_not_block_other_callers(
    client: Client, cloud: Cloud, clock: CountingClock
) -> None:
    """For example a time instead of a duration, which would block them for years."""
    cloud.answers(failed(429, "slow down", X_RateLimit_Reset="1795000000"), ok({}))
    with pytest.raises(errors.RateLimited):
        client.service.instance_get("o", "s")
    client.service.instance_get("o", "s")
    assert clock.slept == [60.0]


def test_a_reset_of_zero_is_treated_as_none(
    client: Client, cloud: Cloud, clock: CountingClock
) -> None:
    """The call waits as after a 429 without a reset."""
    cloud.answers(failed(429, "slow down", X_RateLimit_Reset="0"), ok({}))
    client.service.instance_get("o", "s")
    assert clock.slept == [0.5]


def test_no_pause_ends_after_the_deadline(
    cloud: Cloud, tmp_path: Path, clock: CountingClock
) -> None:
    """0.5 + 1 seconds fit into 3 seconds, another 2 do not."""
    cloud.answers(failed(503, "busy"))
    with (
        Client(
            key_id="i",
            key_secret="s",
            base_url=cloud.base_url,
            state_dir=tmp_path,
            clock=clock,
            retry_deadline_seconds=3,
        ) as client,
        pytest.raises(errors.ApiStatusError),
    ):
        client.service.instance_get("o", "s")
    assert clock.slept == [0.5, 1.0]


def test_the_asyncio_client_has_the_same_pauses(
    async_client: Callable[[], AsyncClient], cloud: Cloud, clock: CountingClock
) -> None:
    """Both clients have one policy."""
    cloud.answers(failed(503, "busy"), failed(429, "slow", X_RateLimit_Reset="1.5"), ok({}))

    async def get() -> None:
        async with async_client() as awaited:
            await awaited.service.instance_get("o", "s")

    asyncio.run(get())
    assert clock.slept == [0.5, 1.5]


def test_a_cancelled_call_stops_waiting(cloud: Cloud, tmp_path: Path) -> None:
    """With the real clock. The task ends although its pause is an hour."""
    request = threading.Event()

    def reject(_: object) -> Reply:
        request.set()
        return failed(429, "slow down", X_RateLimit_Reset="3600")

    cloud.respond = reject

    async def call_and_cancel() -> None:
        async with AsyncClient(
            key_id="i",
            key_secret="s",
            base_url=cloud.base_url,
            state_dir=tmp_path,
            retry_deadline_seconds=7200,
        ) as awaited:
            task = asyncio.ensure_future(awaited.service.instance_get("o", "s"))
            await asyncio.to_thread(request.wait)
            task.cancel()
            await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(call_and_cancel())
    assert len(cloud.requests) == 1


def test_an_unreachable_api_is_one_line_with_the_url_and_a_remedy(
    tmp_path: Path, clock: CountingClock
) -> None:
    """For a port without a server."""
    url = unused_url()
    with (
        Client(key_id="i", key_secret="s", base_url=url, state_dir=tmp_path, clock=clock) as client,
        pytest.raises(errors.ConnectionFailed) as caught,
    ):
        client.organization.organization_get_list()
    line = str(caught.value)
    assert url in line
    assert "check CLICKHOUSE_API_URL" in line
    assert "\n" not in line


def test_an_unknown_host_is_one_line_with_the_url_and_a_remedy(tmp_path: Path) -> None:
    """Without a network, because a lookup of the name would leave the machine."""
    asking = (
        "from pathlib import Path\n"
        "from clickhouse_api import Client, errors\n"
        "try:\n"
        "    with Client(key_id='i', key_secret='s', base_url='http://no-such-host.invalid/v1',\n"
        f"                state_dir=Path({str(tmp_path)!r}), retry_deadline_seconds=1) as client:\n"
        "        client.organization.organization_get_list()\n"
        "except errors.ConnectionFailed as error:\n"
        "    print(error)\n"
    )
    line, looked_up = run_without_network(sys.executable, "-c", asking)
    assert looked_up
    assert "http://no-such-host.invalid/v1" in line
    assert "check CLICKHOUSE_API_URL" in line
    assert line.count("\n") == 1


def test_a_timeout_is_a_lost_response(cloud: Cloud, tmp_path: Path, clock: CountingClock) -> None:
    """The timeout applies to each attempt."""
    release = threading.Event()

    def stuck(_: object) -> Reply:
        release.wait(30)
        return ok({})

    cloud.respond = stuck
    with (
        Client(
            key_id="i",
            key_secret="s",
            base_url=cloud.base_url,
            state_dir=tmp_path,
            clock=clock,
            timeout_seconds=0.05,
        ) as client,
        pytest.raises(errors.ConnectionFailed, match="may have been applied") as caught,
    ):
        client.service.instance_create("o", CREATE)
    release.set()
    assert caught.value.maybe_applied


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.AuthenticationFailed),
        (403, errors.AuthenticationFailed),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (418, errors.ApiStatusError),
        (302, errors.ApiStatusError),
    ],
)
def test_each_status_has_an_error_class_with_its_details(
    client: Client, cloud: Cloud, status: int, kind: type[errors.ApiStatusError]
) -> None:
    """Status, the API's message, request id and operation."""
    cloud.answers(failed(status, "because"))
    with pytest.raises(errors.ApiStatusError) as caught:
        client.service.instance_get("o", "s")
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.message, error.request_id, error.operation) == (
        status,
        "because",
        REQUEST_ID,
        "instanceGet",
    )


def test_an_error_object_has_its_code_and_message(client: Client, cloud: Cloud) -> None:
    """Callers handle `SERVICE_IDLE`."""
    cloud.answers(failed(424, {"code": "SERVICE_IDLE", "message": "asleep", "canWake": True}))
    with pytest.raises(errors.ApiStatusError) as caught:
        client.service.instance_get("o", "s")
    assert (caught.value.code, caught.value.message) == ("SERVICE_IDLE", "asleep")
    assert "424 SERVICE_IDLE asleep" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>\n<b>Bad\nGateway</b>\n</html>", "<html> <b>Bad Gateway</b> </html>"),
        (b"", "Bad Request"),
        (b"[]", "[]"),
        (b"x" * 10_000, "x" * 500),
    ],
)
def test_every_error_body_is_one_short_line(
    client: Client, cloud: Cloud, body: bytes, message: str
) -> None:
    """The page of a proxy must not fill the screen."""
    cloud.answers(Reply(400, body))
    with pytest.raises(errors.ApiStatusError) as caught:
        client.service.instance_get("o", "s")
    assert caught.value.message == message


def test_the_key_is_sent_as_http_basic_and_not_to_other_hosts(client: Client, cloud: Cloud) -> None:
    """A redirect is not followed."""
    cloud.answers(Reply(302, b"", {"Location": "http://example.invalid/"}))
    with pytest.raises(errors.ApiStatusError):
        client.organization.organization_get_list()
    [request] = cloud.requests
    assert request.headers["Authorization"].startswith("Basic ")


def test_the_docstring_has_the_tree_of_errors() -> None:
    """Every class is in the tree, under its base class."""
    drawn = errors.__doc__ or ""
    classes = [getattr(errors, name) for name in errors.__all__ if name[0].isupper()]
    assert len(classes) >= 10
    for kind in classes:
        assert issubclass(kind, errors.ClickHouseApiError)
        assert kind.__name__ in drawn
