"""The steps of a Postgres service's life, each safe to do again: wait, change, delete.

What a step observes is the cloud; nothing here knows of Pulumi's state.
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

# What one PATCH of the service takes; tags are in every one, or it would clear them
# (ClickHouse/clickhousectl#827).
PATCHED = ("name", "size", "ha_type", "tags", "ip_access_list")
# These make other machines: for a moment the old ones still run, and show the new fields already.
RESIZING = frozenset({"size", "ha_type"})
CONFIGS = ("pg_config", "pg_bouncer_config")

# How long it may go on looking as before, although it was told to change.
_SETTLE_SECONDS = 15.0
# It may be unavailable while it moves, and comes back; longer than this it does not.
_UNAVAILABLE_SECONDS = 300.0
DEFAULT_TIMEOUT_MINUTES = 30
_AS_ASKED = "runs as asked"


@dataclass
class PostgresSteps:
    """One Postgres service; tests hand in the clock and the sleep.

    Attributes:
        client: an open client of the control plane.
        props: what it should be.
        service_id: UUID that the API gave.
        progress: told what is waited for.
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
        """The service as the API has it, with its parameters if they are asked for; None: gone."""
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
        """Wait until it runs and has the fields that were asked for.

        Raises:
            WaitFailed: it is unavailable for good, leaving or gone, or the deadline passed.
        """
        return self._until(live, matches, settle_seconds=0.0)

    def until_changed(self, live: Live | None, matches: Callable[[Live], bool]) -> Live:
        """The same after a change that it does not begin at once.

        Raises:
            WaitFailed: as above.
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
                raise self.poller.failure(_AS_ASKED, state)
            if state in UNAVAILABLE:
                unavailable = self.poller.clock() if unavailable is None else unavailable
                if self.poller.clock() - unavailable >= _UNAVAILABLE_SECONDS:
                    raise self.poller.failure(_AS_ASKED, state)
            else:
                unavailable = None
            if state not in RUNNING:
                left = True
                return False
            return matches(seen) and (left or self.poller.clock() - started >= settle_seconds)

        seen = self.poller.until(live, self.look, done, state_of=_state, goal=_AS_ASKED)
        assert seen is not None  # noqa: S101 - `done` raises on None
        return seen

    def patch(self, live: Live, names: Sequence[str]) -> Live:
        """Send those of the named fields that one PATCH takes; what it is then."""
        from clickhouse_api import models

        sent = [name for name in PATCHED if name in names]
        if not sent:
            return live
        plain_fields = [name for name in sent if name not in ("tags", "ip_access_list")]
        values: dict[str, Any] = {name: self.props[name] for name in plain_fields}
        theirs = {key: value for key, value in live["all_tags"].items() if key.startswith(PREFIX)}
        tags = self.props["tags"] if "tags" in sent else live["tags"]
        values["tags"] = tag_list({**tags, **theirs})
        if "ip_access_list" in sent:
            values["ip_access_list"] = access_patch(live["entries"], self.props["ip_access_list"])
        request = models.PostgresServicePatchRequest.model_validate(values)
        answer = self.client.postgres.postgres_service_patch(
            self.props["organization_id"], self.service_id, request
        )
        return {**live, **live_of(plain(answer))}

    def configure(self, names: Sequence[str], olds: Mapping[str, Any]) -> None:
        """Send the parameters of the program; those that it no longer has are reset.

        The API takes both mappings or none. A PATCH adds to them, a POST puts others in their
        place: it is only for what has to go, and tells the rest as it is.
        """
        from clickhouse_api import models

        if not any(name in names for name in CONFIGS):
            return
        gone = {
            name: set(olds.get(name) or {}) - set(self.props.get(name) or {}) for name in CONFIGS
        }
        place = self.props["organization_id"], self.service_id
        known = plain(self.client.postgres.postgres_instance_config_get(*place))
        values = {}
        for name in CONFIGS:
            kept = {k: v for k, v in (known.get(name) or {}).items() if k not in gone[name]}
            values[name] = {**kept, **(self.props.get(name) or {})}
        fields = models.PgConfig.model_fields
        # A parameter that the document does not know yet cannot be told, and so is not touched.
        values["pg_config"] = {k: v for k, v in values["pg_config"].items() if k in fields}
        request = models.PostgresInstanceConfig.model_validate(values)
        send = self.client.postgres.postgres_instance_config_patch
        if any(gone.values()):
            send = self.client.postgres.postgres_instance_config_post
        answer = send(*place, request)
        if answer.message:
            engine.info(engine.urn_in(self.props), str(answer.message))

    def command(self, command: str) -> Live:
        """`restart` or `promote`; what it is then."""
        from clickhouse_api import models

        request = models.PostgresServiceSetState.model_validate({"command": command})
        answer = self.client.postgres.postgres_service_patch_state(
            self.props["organization_id"], self.service_id, request
        )
        return live_of(plain(answer))

    def set_password(self, password: str) -> str:
        """Give the superuser a password; the API takes no hash of it."""
        from clickhouse_api import models

        request = models.PostgresServiceSetPassword(password=password)
        self.client.postgres.postgres_service_set_password(
            self.props["organization_id"], self.service_id, request
        )
        return password

    def delete(self) -> None:
        """Delete it, wait until the API no longer has it.

        Raises:
            ResourceError: read replicas of it are left.
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
                # It is on its way somewhere, and may be deleted once it is there.
                return False
            return True

        self.poller.until(self.look(), self.look, deleted, state_of=_state, goal="may be deleted")
        self.poller.until(
            self.look(), self.look, lambda seen: seen is None, state_of=_state, goal="is deleted"
        )


def live_of(service: Live) -> Live:
    """An answer in the spelling of the inputs; `all_tags` and `entries` are as the API has them."""
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
    """What makes the entries that are there the wanted ones; the API removes before it adds."""
    kept: list[dict[str, Any]] = []
    gone = []
    for entry in entries:
        plain_entry = _without_id(entry)
        if plain_entry in wanted and plain_entry not in kept:
            kept.append(plain_entry)
        else:
            gone.append({"id": entry["id"]})
    return {"add": [dict(entry) for entry in wanted if entry not in kept], "remove": gone}


def same_parameters(old: Any, new: Any) -> bool:
    """Whether two mappings mean the same: the API may answer a number with a text."""
    return _texts(old) == _texts(new)


def with_password(url: str | None, password: str | None) -> str | None:
    """A connection string with another password in it."""
    if not url or password is None:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = parts.username or "postgres"
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def _texts(parameters: Any) -> dict[str, str]:
    return {name: str(whole_number(value)) for name, value in (parameters or {}).items()}


def _without_id(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "id" and value}


def _state(live: Live | None) -> str | None:
    return str(live.get("state")) if live else None
