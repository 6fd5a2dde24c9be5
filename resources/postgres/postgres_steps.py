"""The steps of a Postgres service's lifecycle: wait, change, delete. Each can be repeated.

A step reads the cloud, not Pulumi's state.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from resources.base import Live, plain
from resources.base import pulumi_engine as engine
from resources.base.checker import whole_number
from resources.base.errors import ResourceError
from resources.base.ownership import PREFIX
from resources.base.polling import Poller
from resources.base.tags import tag_list
from resources.postgres.postgres_states import DELETING, RUNNING, UNAVAILABLE

if TYPE_CHECKING:
    from clickhouse_api import Client

__all__ = ["PATCHED", "PostgresSteps", "live_of", "same_parameters", "with_password"]

# The fields of the PATCH of a service. Each PATCH has the tags, because it would clear them
# otherwise (ClickHouse/clickhousectl#827).
PATCHED = ("name", "size", "ha_type", "tags", "ip_access_list")
# A change of these fields replaces the machines. At first the old machines still run, and the
# service already has the new fields.
RESIZING = frozenset({"size", "ha_type"})
CONFIGS = ("pg_config", "pg_bouncer_config")

# After a change request, the state may stay the same for this long.
_SETTLE_SECONDS = 15.0
# A service may be unavailable while it moves. After this time it does not recover.
_UNAVAILABLE_SECONDS = 300.0
DEFAULT_TIMEOUT_MINUTES = 30
_GOAL = "runs with the required fields"


@dataclass
class PostgresSteps:
    """One Postgres service. Tests pass their own clock and sleep.

    Attributes:
        client: an open client of the control plane.
        props: its properties in the program.
        service_id: its UUID.
        progress: receives a line before each pause.
    """

    client: Client
    props: Mapping[str, Any]
    service_id: str
    progress: Callable[[str], None] = lambda _message: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = engine.sleep
    poller: Poller = field(init=False)

    def __post_init__(self) -> None:
        minutes = self.props.get("timeout_minutes") or DEFAULT_TIMEOUT_MINUTES
        subject = f"Postgres service {self.props.get('name')} ({self.service_id})"
        self.poller = Poller(subject, minutes * 60, self.progress, self.clock, self.sleep)

    def look(self) -> Live | None:
        """Return the service, with parameters if the program sets any. None: it is deleted."""
        from clickhouse_api import errors

        place = self.props["organization_id"], self.service_id
        try:
            live = live_of(plain(self.client.postgres.postgres_service_get(*place)))
            if any(self.props.get(name) for name in CONFIGS):
                live |= plain(self.client.postgres.postgres_instance_config_get(*place))
        except errors.NotFound:
            return None
        return live

    def until_running(
        self, live: Live | None, matches: Callable[[Live], bool] = lambda _live: True
    ) -> Live:
        """Wait until the service runs and has the required fields.

        Raises:
            WaitFailed: it stays unavailable or is deleted, or the deadline passed.
        """
        return self._until(live, matches, settle_seconds=0.0)

    def until_changed(self, live: Live | None, matches: Callable[[Live], bool]) -> Live:
        """Wait as `until_running` does, after a change that may begin late.

        Raises:
            WaitFailed: see `until_running`.
        """
        return self._until(live, matches, settle_seconds=_SETTLE_SECONDS)

    def _until(
        self, live: Live | None, matches: Callable[[Live], bool], *, settle_seconds: float
    ) -> Live:
        started, unavailable = self.poller.clock(), None
        left = False

        def done(seen: Live | None) -> bool:
            nonlocal left, unavailable
            state = (seen or {}).get("state")
            if seen is None or state in DELETING:
                raise self.poller.failure(_GOAL, state)
            if state in UNAVAILABLE:
                unavailable = self.poller.clock() if unavailable is None else unavailable
                if self.poller.clock() - unavailable >= _UNAVAILABLE_SECONDS:
                    raise self.poller.failure(_GOAL, state)
            else:
                unavailable = None
            if state not in RUNNING:
                left = True
                return False
            return matches(seen) and (left or self.poller.clock() - started >= settle_seconds)

        seen = self.poller.until(live, self.look, done, state_of=_state, goal=_GOAL)
        assert seen is not None  # noqa: S101 - `done` raises on None
        return seen

    def patch(self, live: Live, names: Sequence[str]) -> Live:
        """Send the named fields that a PATCH accepts. Return the service afterwards."""
        from clickhouse_api import models

        sent = [name for name in PATCHED if name in names]
        if not sent:
            return live
        plain_fields = [name for name in sent if name not in ("tags", "ip_access_list")]
        values: dict[str, Any] = {name: self.props[name] for name in plain_fields}
        reserved = {key: value for key, value in live["all_tags"].items() if key.startswith(PREFIX)}
        tags = self.props["tags"] if "tags" in sent else live["tags"]
        values["tags"] = tag_list({**tags, **reserved})
        if "ip_access_list" in sent:
            values["ip_access_list"] = access_patch(live["entries"], self.props["ip_access_list"])
        request = models.PostgresServicePatchRequest.model_validate(values)
        response = self.client.postgres.postgres_service_patch(
            self.props["organization_id"], self.service_id, request
        )
        return {**live, **live_of(plain(response))}

    def configure(self, names: Sequence[str], olds: Mapping[str, Any]) -> None:
        """Send the program's parameters, and reset those that it no longer sets.

        A request must contain both mappings. A PATCH adds parameters. A POST replaces all of them,
        so it is sent only to remove parameters, and contains the others unchanged.
        """
        from clickhouse_api import models

        if not any(name in names for name in CONFIGS):
            return
        removed = {
            name: set(olds.get(name) or {}) - set(self.props.get(name) or {}) for name in CONFIGS
        }
        place = self.props["organization_id"], self.service_id
        known = plain(self.client.postgres.postgres_instance_config_get(*place))
        values = {}
        for name in CONFIGS:
            unchanged = {k: v for k, v in (known.get(name) or {}).items() if k not in removed[name]}
            values[name] = {**unchanged, **(self.props.get(name) or {})}
        fields = models.PgConfig.model_fields
        # A parameter that is missing in the OpenAPI spec cannot be sent.
        values["pg_config"] = {k: v for k, v in values["pg_config"].items() if k in fields}
        request = models.PostgresInstanceConfig.model_validate(values)
        send = self.client.postgres.postgres_instance_config_patch
        if any(removed.values()):
            send = self.client.postgres.postgres_instance_config_post
        response = send(*place, request)
        if response.message:
            engine.info(engine.urn_in(self.props), str(response.message))

    def command(self, command: str) -> Live:
        """Send `restart` or `promote`. Return the service afterwards."""
        from clickhouse_api import models

        request = models.PostgresServiceSetState.model_validate({"command": command})
        response = self.client.postgres.postgres_service_patch_state(
            self.props["organization_id"], self.service_id, request
        )
        return live_of(plain(response))

    def set_password(self, password: str) -> str:
        """Set the superuser's password. The API accepts no hash."""
        from clickhouse_api import models

        request = models.PostgresServiceSetPassword(password=password)
        self.client.postgres.postgres_service_set_password(
            self.props["organization_id"], self.service_id, request
        )
        return password

    def delete(self) -> None:
        """Delete the service, and wait until the API no longer has it.

        Raises:
            ResourceError: it has read replicas.
            WaitFailed: the deadline passed.
        """
        from clickhouse_api import errors

        def deleted(seen: Live | None) -> bool:
            if seen is None or seen.get("state") in DELETING:
                return True
            try:
                self.client.postgres.postgres_service_delete(
                    self.props["organization_id"], self.service_id
                )
            except errors.NotFound:
                return True
            except errors.Conflict as error:
                if "replica" in str(error):
                    raise ResourceError(f"{self.poller.subject} is not deleted: {error}") from None
                # It is changing its state, and can be deleted afterwards.
                return False
            return True

        self.poller.until(self.look(), self.look, deleted, state_of=_state, goal="may be deleted")
        self.poller.until(
            self.look(), self.look, lambda seen: seen is None, state_of=_state, goal="is deleted"
        )


def live_of(service: Live) -> Live:
    """Return a response with the inputs' names; `all_tags` and `entries` are unchanged."""
    entries = service.get("ip_access_list") or []
    tags = {tag["key"]: tag.get("value") or "" for tag in service.get("tags") or []}
    return {
        **service,
        "cloud_provider": service.get("provider"),
        "all_tags": tags,
        "tags": {key: value for key, value in tags.items() if not key.startswith(PREFIX)},
        "entries": entries,
        "ip_access_list": sorted(
            (_without_id(entry) for entry in entries),
            key=lambda entry: (entry["source"], entry["port_range"]),
        ),
    }


def access_patch(
    entries: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the change from present entries to wanted ones. The API removes before it adds."""
    unchanged: list[dict[str, Any]] = []
    removed = []
    for entry in entries:
        plain_entry = _without_id(entry)
        if plain_entry in wanted and plain_entry not in unchanged:
            unchanged.append(plain_entry)
        else:
            removed.append({"id": entry["id"]})
    return {"add": [dict(entry) for entry in wanted if entry not in unchanged], "remove": removed}


def same_parameters(old: Any, new: Any) -> bool:
    """Return whether two mappings are equal. The API may return a string for a number."""
    return _strings(old) == _strings(new)


def with_password(url: str | None, password: str | None) -> str | None:
    """Return a connection string with another password."""
    if not url or password is None:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or "postgres"
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def _strings(parameters: Any) -> dict[str, str]:
    return {name: str(whole_number(value)) for name, value in (parameters or {}).items()}


def _without_id(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "id" and value}


def _state(live: Live | None) -> str | None:
    return str(live.get("state")) if live else None
