"""SQL over a service's HTTPS interface, for the resources that live inside the server."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi

from resources.errors import ResourceError, SqlError, one_line

if TYPE_CHECKING:
    from resources.service import Service

__all__ = ["CONNECTION", "Connection", "Warehouse", "connection_of", "quoted"]

# Property names of a connection in the inputs of a resource.
CONNECTION = ("url", "admin_user", "admin_password")
# An idle service is woken by the first query, which takes a minute or two.
_WAKE_SECONDS = 180.0
_QUERY_TIMEOUT_SECONDS = 60.0
_RETRY_SECONDS = 2.0
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
    """

    url: pulumi.Input[str]
    admin_user: pulumi.Input[str]
    admin_password: pulumi.Input[str]


def connection_of(service: Service) -> Connection:
    """The connection of a service's `default` user."""
    return Connection(
        url=service.https_url,
        admin_user=service.https["username"],
        admin_password=service.password,
    )


@dataclass(frozen=True)
class Warehouse:
    """A ClickHouse server, and who asks."""

    url: str
    user: str
    password: str

    @classmethod
    def of(cls, props: Mapping[str, Any]) -> Warehouse:
        """The server that a resource's inputs name.

        Raises:
            ResourceError: there is no password, as with a service adopted without one.
        """
        if not props.get("admin_password"):
            raise ResourceError(
                f"no password for {props.get('url')}: an adopted service needs its `password`, "
                "or a `password_version` to be given a new one"
            )
        return cls(props["url"], props.get("admin_user") or "default", props["admin_password"])

    @property
    def ca_file(self) -> str | None:
        """The certificates to trust, where the environment names some."""
        return os.environ.get("SSL_CERT_FILE") or None

    def command(self, sql: str, *, deadline_seconds: float = _WAKE_SECONDS) -> str:
        """Run one idempotent statement; wakes an idle service.

        Returns:
            The answer's body, tab-separated unless the statement says otherwise.
        Raises:
            SqlError: the server refused.
            ResourceError: it did not answer in time.
        """
        import httpx

        # In headers: a URL ends up in the logs of whatever lies in between.
        headers = {"X-ClickHouse-User": self.user, "X-ClickHouse-Key": self.password}

        def post() -> httpx.Response:
            return httpx.post(
                self.url, content=sql, headers=headers, timeout=_QUERY_TIMEOUT_SECONDS
            )

        return self._until_answered(post, deadline_seconds)

    def _until_answered(self, post: Callable[[], Any], deadline_seconds: float) -> str:
        import httpx

        deadline = time.monotonic() + deadline_seconds
        while True:
            try:
                answer = post()
                problem = f"HTTP {answer.status_code}"
            except httpx.TransportError as error:
                answer, problem = None, one_line(error)
            if answer is not None and answer.status_code not in _NOT_READY:
                if answer.status_code != 200:
                    raise _refusal(answer.status_code, answer.text)
                return str(answer.text)
            if time.monotonic() >= deadline:
                raise ResourceError(
                    f"{self.url} did not answer within {deadline_seconds:.0f} s ({problem}): is "
                    "the service running, and is this machine on its IP access list?"
                )
            time.sleep(_RETRY_SECONDS)


def _refusal(status: int, body: str) -> SqlError:
    message = one_line(body)
    code = _CODE.search(message)
    return SqlError(
        message or f"the server answered with HTTP {status}", code=int(code[1]) if code else None
    )
