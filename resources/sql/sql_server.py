"""`SqlServer`: sends statements to a ClickHouse server, and wakes or starts its service."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resources.base.errors import (
    AccessDenied,
    ResourceError,
    ServiceGone,
    ServiceStopped,
    SqlError,
    one_line,
)
from resources.base.polling import Intervals, Poller

if TYPE_CHECKING:
    import httpx

    from resources.base.control_plane import ControlPlane

__all__ = ["SqlServer", "quoted"]

# The first statement wakes an idle service, which takes a minute or two.
_WAKE_SECONDS = 180.0
_START_SECONDS = 900.0
_QUERY_TIMEOUT_SECONDS = 60.0
_RETRY = Intervals.of(2.0)
# A proxy or load balancer returns these while its server is not reachable.
_NOT_READY = frozenset({502, 503, 504})
_CODE = re.compile(r"Code: (\d+)\.\s*")
# WRONG_PASSWORD, REQUIRED_PASSWORD, ACCESS_DENIED, AUTHENTICATION_FAILED (ClickHouse,
# src/Common/ErrorCodes.cpp). A proxy in front of the server responds without a code.
_DENIED_CODES = frozenset({193, 194, 497, 516})
_DENIED_STATUSES = frozenset({401, 403})


def quoted(identifier: str) -> str:
    """Return a name in backticks, as SQL writes any identifier."""
    return "`" + identifier.replace("\\", "\\\\").replace("`", "\\`") + "`"


@dataclass(frozen=True)
class SqlServer:
    """A ClickHouse server, and the user that sends statements to it.

    Attributes:
        wake: wakes an idle service or starts a stopped one. None if the server is not known to be
            a ClickHouse Cloud service.
    """

    url: str
    user: str
    password: str
    wake: Callable[[], None] | None = None

    @classmethod
    def of(
        cls,
        props: Mapping[str, Any],
        *,
        control_plane: ControlPlane | None = None,
        may_start: bool = True,
    ) -> SqlServer:
        """Return the server in a resource's inputs.

        Args:
            control_plane: the API that wakes an idle service and starts a stopped one.
            may_start: whether to start a stopped service, unless its `desired_state` is `stopped`.
        Raises:
            ResourceError: the inputs have no password, as with a service adopted without one.
        """
        if not props.get("admin_password"):
            raise ResourceError(
                f"no password for {props.get('url')}: set the `password` of an adopted service, or "
                "its `password_version` to create a new one; a secondary uses its primary's"
            )
        user = props.get("admin_user") or "default"
        organization_id, service_id = props.get("organization_id"), props.get("service_id")
        wake = None
        if control_plane is not None and organization_id and service_id:
            wake = functools.partial(
                _ensure_awake,
                control_plane,
                organization_id,
                service_id,
                stays_stopped=_reason_not_to_start(props, may_start=may_start),
            )
        return cls(props["url"], user, props["admin_password"], wake)

    @property
    def ca_file(self) -> str | None:
        """Return the file of trusted certificates that the environment names, if any."""
        return os.environ.get("SSL_CERT_FILE") or None

    def command(self, sql: str, *, deadline_seconds: float = _WAKE_SECONDS) -> str:
        """Run one idempotent statement. Wake an idle service, and start a stopped one if allowed.

        Returns:
            The body of the response, tab-separated unless the statement has another `FORMAT`.
        Raises:
            SqlError: the server rejected the statement.
            ServiceStopped: the service is stopped and may not be started.
            ResourceError: the server did not respond in time.
        """
        return self.post({}, sql.encode(), deadline_seconds=deadline_seconds)

    def post(
        self,
        parameters: Mapping[str, str],
        body: bytes,
        *,
        deadline_seconds: float = _WAKE_SECONDS,
    ) -> str:
        """Run a statement as `command` does, with URL parameters: settings, or a `query`.

        With `query`, the body is the data of that statement.

        A request without a response is sent again, so an insert needs a deduplication token.
        """
        # In headers, because proxies on the way log URLs.
        headers = {"X-ClickHouse-User": self.user, "X-ClickHouse-Key": self.password}

        def send() -> httpx.Response:
            return _client(self.ca_file).post(
                self.url,
                params=parameters,
                content=body,
                headers=headers,
                timeout=_QUERY_TIMEOUT_SECONDS,
            )

        return self._until_answered(send, deadline_seconds)

    def _until_answered(self, post: Callable[[], httpx.Response], deadline_seconds: float) -> str:
        if self.wake is not None:
            try:
                return _text_of(post)
            except _NotReady:
                # Only now: a server that responds costs no request to the control plane.
                self.wake()
        poller = Poller(self.url, deadline_seconds, intervals=_RETRY)
        try:
            return poller.retry(lambda: _text_of(post), _NotReady, lambda _: deadline_seconds)
        except _NotReady as problem:
            raise ResourceError(
                f"{self.url} did not respond within {deadline_seconds:.0f} s ({problem}): is "
                "the service running, and is this machine on its IP access list? A stopped "
                "service is started only if the connection has its `service_id`"
            ) from problem


class _NotReady(Exception):
    """The server did not respond, or a proxy responded for it."""


def _text_of(post: Callable[[], httpx.Response]) -> str:
    """Send a statement and return the text of the response.

    Raises:
        _NotReady: the server may respond later.
        SqlError: it rejected the statement.
    """
    import httpx

    try:
        response = post()
    except httpx.TransportError as error:
        raise _NotReady(one_line(error)) from error
    if response.status_code in _NOT_READY:
        raise _NotReady(f"HTTP {response.status_code}")
    if response.status_code != 200:
        raise _sql_error(response.status_code, response.text)
    return response.text


@functools.cache
def _client(_ca_file: str | None) -> httpx.Client:
    """Return the client for a set of certificates, which httpx reads from the environment.

    Reading them took longer than most statements. A connection that the server has closed
    meanwhile is a transport error, which `post` retries.
    """
    import httpx

    return httpx.Client()


def _sql_error(status: int, body: str) -> SqlError:
    message = one_line(body)
    found = _CODE.search(message)
    code = int(found[1]) if found else None
    denied = status in _DENIED_STATUSES if code is None else code in _DENIED_CODES
    error = AccessDenied if denied else SqlError
    return error(message or f"the server returned HTTP {status}", code=code)


def _reason_not_to_start(props: Mapping[str, Any], *, may_start: bool) -> str:
    if props.get("desired_state") == "stopped":
        return "desired_state is 'stopped'"
    return "" if may_start else "only a change starts it"


def _ensure_awake(
    control_plane: ControlPlane, organization_id: str, service_id: str, *, stays_stopped: str
) -> None:
    """Wake the service if it is idle, start it if it is stopped, and wait until it is running.

    Args:
        stays_stopped: the reason not to start a stopped service; empty to start it.
    Raises:
        ServiceGone: the service was deleted.
        ServiceStopped: the service is stopped, and `stays_stopped` is not empty.
        WaitFailed: the service did not become `running`.
    """
    from resources.service import service_steps
    from resources.service.service_states import DELETING, STOPPED_OR_STOPPING
    from resources.service.waits import ServiceRef, Waiter, get_or_none

    ref = ServiceRef(organization_id, service_id, "of this connection")
    with control_plane.client() as client:
        service = get_or_none(client, ref)
        if service is None or service.state in DELETING:
            raise ServiceGone(f"{ref} was deleted, with everything in it")
        waiter = Waiter(client, ref, deadline_seconds=_START_SECONDS)
        if service.state in STOPPED_OR_STOPPING:
            if stays_stopped:
                raise ServiceStopped(
                    f"{ref} is {service.state}, and {stays_stopped}: nothing in it can be read or "
                    "changed; set desired_state='running' on the service first"
                )
            waiter.until_stopped(service)
            waiter.until_running(service_steps.command(client, ref, "start"))
        elif service.state == "idle":
            service = service_steps.command(client, ref, "awake")
            waiter.until_running(service, states=frozenset({"running"}))
