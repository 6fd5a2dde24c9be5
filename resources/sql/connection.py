"""`Connection`: a server, and who makes changes in it, for the resources that live inside.

    Database(
        "staging",
        DatabaseArgs(
            connection=Connection(
                url="https://clickhouse.example.com:8443",
                admin_user="default",
                admin_password=pulumi.Config().require_secret("password"),
            ),
            name="staging",
        ),
    )

`connection_of(warehouse)` is that of a `Service` of the same program. SQL goes over the HTTPS
interface; an idle service is woken by it.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pulumi

from resources.base.errors import ResourceError, ServiceGone, ServiceStopped, SqlError, one_line
from resources.base.polling import Intervals, Poller

if TYPE_CHECKING:
    import httpx

    from resources.base.control_plane import ControlPlane
    from resources.service.service import Service

__all__ = ["CONNECTION", "Connection", "Warehouse", "connection_of", "quoted"]

# Property names of a connection in the inputs of a resource.
CONNECTION = ("url", "admin_user", "admin_password")
# An idle service is woken by the first query, which takes a minute or two.
_WAKE_SECONDS = 180.0
_START_SECONDS = 900.0
_QUERY_TIMEOUT_SECONDS = 60.0
_RETRY = Intervals.of(2.0)
# A proxy or load balancer whose server is not there yet.
_NOT_READY = frozenset({502, 503, 504})
_CODE = re.compile(r"Code: (\d+)\.\s*")


def quoted(identifier: str) -> str:
    """An identifier as SQL has it."""
    return "`" + identifier.replace("\\", "\\\\").replace("`", "\\`") + "`"


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How to reach a server as somebody who may change it.

    Attributes:
        url: origin of the HTTPS interface.
        admin_user: who makes the changes.
        admin_password: that user's password, a secret.
        organization_id: with `service_id`: of the ClickHouse Cloud service behind the url, which
            is woken, or started if it is stopped, for a change.
        service_id: see there.
        desired_state: the service's: one that is wanted `stopped` is not started.
        service: the service, where it is in the same program: what is in it goes with it.
    """

    url: pulumi.Input[str]
    admin_user: pulumi.Input[str]
    admin_password: pulumi.Input[str]
    organization_id: pulumi.Input[str] | None = None
    service_id: pulumi.Input[str] | None = None
    desired_state: pulumi.Input[str] | None = None
    service: Service | None = field(default=None, repr=False)

    def inputs(self) -> dict[str, Any]:
        """What of it is an input of a resource."""
        return {name: value for name, value in vars(self).items() if name != "service"}


def connection_of(service: Service) -> Connection:
    """The connection of a service's `default` user."""
    return Connection(
        url=service.https_url,
        admin_user=service.https["username"],
        admin_password=service.password,
        organization_id=service.organization_id,
        service_id=service.id,
        desired_state=service.desired_state,
        service=service,
    )


@dataclass(frozen=True)
class Warehouse:
    """A ClickHouse server, and who asks.

    Attributes:
        awake: makes an idle or stopped service answer; None where nobody knows how.
    """

    url: str
    user: str
    password: str
    awake: Callable[[], None] | None = None

    @classmethod
    def of(
        cls,
        props: Mapping[str, Any],
        *,
        control_plane: ControlPlane | None = None,
        may_start: bool = True,
    ) -> Warehouse:
        """The server that a resource's inputs name.

        Args:
            control_plane: where an idle service is woken, and a stopped one started.
            may_start: whether this is worth starting it; never against its `desired_state`.
        Raises:
            ResourceError: there is no password, as with a service adopted without one.
        """
        if not props.get("admin_password"):
            raise ResourceError(
                f"no password for {props.get('url')}: an adopted service needs its `password`, "
                "or a `password_version` to be given a new one; a secondary has its primary's"
            )
        user = props.get("admin_user") or "default"
        organization_id, service_id = props.get("organization_id"), props.get("service_id")
        awake = None
        if control_plane is not None and organization_id and service_id:
            stays = "desired_state is 'stopped'" if props.get("desired_state") == "stopped" else ""
            stays = stays or ("" if may_start else "it is started for a change alone")

            def awake() -> None:
                _ensure_awake(control_plane, organization_id, service_id, stays=stays)

        return cls(props["url"], user, props["admin_password"], awake)

    @property
    def ca_file(self) -> str | None:
        """The certificates to trust, where the environment names some."""
        return os.environ.get("SSL_CERT_FILE") or None

    def command(self, sql: str, *, deadline_seconds: float = _WAKE_SECONDS) -> str:
        """Run one idempotent statement; wakes an idle service, starts a stopped one if it may.

        Returns:
            The answer's body, tab-separated unless the statement says otherwise.
        Raises:
            SqlError: the server refused.
            ServiceStopped: it is stopped, and stays so.
            ResourceError: it did not answer in time.
        """
        return self.post({}, sql.encode(), deadline_seconds=deadline_seconds)

    def post(
        self,
        parameters: Mapping[str, str],
        body: bytes,
        *,
        deadline_seconds: float = _WAKE_SECONDS,
    ) -> str:
        """As `command`, with parameters in the URL: settings, and a `query` whose data is the body.

        A request without a response is sent again, so an insert needs a deduplication token.
        """
        # In headers: a URL ends up in the logs of whatever lies in between.
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
        if self.awake is not None:
            try:
                return _text_of(post)
            except _NotReady:
                # Only now: a server that responds costs no request to the control plane.
                self.awake()
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
        raise _refusal(response.status_code, response.text)
    return response.text


@functools.cache
def _client(_ca_file: str | None) -> httpx.Client:
    """Return the client for a set of certificates, which httpx reads from the environment.

    Reading them took longer than most statements. A connection that the server has closed
    meanwhile is a transport error, which `post` retries.
    """
    import httpx

    return httpx.Client()


def _refusal(status: int, body: str) -> SqlError:
    message = one_line(body)
    code = _CODE.search(message)
    return SqlError(
        message or f"the server answered with HTTP {status}", code=int(code[1]) if code else None
    )


def _ensure_awake(
    control_plane: ControlPlane, organization_id: str, service_id: str, *, stays: str
) -> None:
    """Wake the service if it is idle, start it if it is stopped, and wait until it answers.

    Args:
        stays: why a stopped one stays so; nothing where it is started.
    Raises:
        ServiceGone: it was deleted.
        ServiceStopped: it stays stopped.
        WaitFailed: it did not come up.
    """
    from resources.service import service_steps
    from resources.service.service_states import DELETING, STOPPED_OR_STOPPING
    from resources.service.waits import ServiceRef, Waiter, get_or_none

    ref = ServiceRef(organization_id, service_id, "of this connection")
    with control_plane.client() as client:
        service = get_or_none(client, ref)
        if service is None or service.state in DELETING:
            raise ServiceGone(f"{ref} is gone, and what was in it")
        waiter = Waiter(client, ref, deadline_seconds=_START_SECONDS)
        if service.state in STOPPED_OR_STOPPING:
            if stays:
                raise ServiceStopped(
                    f"{ref} is {service.state}, and {stays}: nothing in it can be changed or "
                    "seen; allowed: desired_state='running' of the service first"
                )
            waiter.until_stopped(service)
            waiter.until_running(service_steps.command(client, ref, "start"))
        elif service.state == "idle":
            service = service_steps.command(client, ref, "awake")
            waiter.until_running(service, states=frozenset({"running"}))
