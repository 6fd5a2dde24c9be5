"""The kinds of sources of a ClickPipe: required properties, credentials, and changes in place.

The names are those of the OpenAPI spec, in snake_case. A test compares these tables with the spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = [
    "CREDENTIALS",
    "SOURCES",
    "Source",
    "kind_of",
    "managed_part",
    "matches",
    "must_delete_first",
    "replacing",
    "under_request_key",
]

# The possible keys of `credentials`. All values are secrets.
CREDENTIALS = (
    "username",
    "password",
    "access_key_id",
    "secret_key",
    "connection_string",
    "certificate",
    "private_key",
    "service_account_key",
    "service_account_file",
)
_LOGIN = ("username", "password")
_KEY = ("access_key_id", "secret_key")
_TLS = ("tls_host", "ca_certificate", "disable_tls", "skip_cert_verification")
_SINGLE_READER = (("postgres", "settings", "replication_slot_name"), ("mysql", "server_id"))
# Properties that no response contains.
_WRITE_ONLY = ("protobuf_schema", "roles")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of source.

    Attributes:
        needed: required properties. ClickHouse Cloud requires more than the OpenAPI spec.
        ways: authentication -> its keys in `credentials`. The first is the default.
        secrets_in: the property of a request that contains the credentials.
        in_place: properties that an update accepts. A change of any other replaces the pipe.
        settings_in_place: the same for `settings`.
        repeated: properties that every update must contain.
        tables: the fields that identify a table mapping; empty if mappings cannot change.
        is_database: the pipe replicates a database. It must be paused for an edit, creates its
            tables from the mappings, and shares its scaling with other such pipes.
    """

    needed: tuple[str, ...]
    ways: Mapping[str, tuple[str, ...]]
    secrets_in: str = "credentials"
    in_place: tuple[str, ...] = ()
    settings_in_place: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    is_database: bool = False


_DATABASE_WAYS = {
    "basic": _LOGIN,
    "IAM_ROLE": ("username",),
    "SERVICE_ACCOUNT_WORKLOAD_IDENTITY": ("username",),
}
_PULLED = ("sync_interval_seconds", "pull_batch_size")

SOURCES: Mapping[str, Source] = {
    "kafka": Source(
        needed=("format", "brokers", "topics"),
        ways={
            "PLAIN": _LOGIN,
            "SCRAM-SHA-256": _LOGIN,
            "SCRAM-SHA-512": _LOGIN,
            "IAM_ROLE": (),
            "IAM_USER": _KEY,
            "MUTUAL_TLS": ("certificate", "private_key"),
            "SERVICE_ACCOUNT_WORKLOAD_IDENTITY": (),
        },
        in_place=("authentication", "iam_role", "ca_certificate", "reverse_private_endpoint_ids"),
    ),
    "object_storage": Source(
        needed=("format",),
        ways={
            "": (),
            "IAM_ROLE": (),
            "IAM_USER": _KEY,
            "CONNECTION_STRING": ("connection_string",),
            "SERVICE_ACCOUNT": ("service_account_key",),
            "SERVICE_ACCOUNT_WORKLOAD_IDENTITY": (),
        },
        secrets_in="access_key",
        in_place=(
            "skip_initial_load",
            "start_after",
            "authentication",
            "iam_role",
            "path",
            "azure_container_name",
        ),
    ),
    "kinesis": Source(
        needed=("format", "stream_name", "region", "iterator_type", "authentication"),
        ways={"IAM_ROLE": (), "IAM_USER": _KEY},
        secrets_in="access_key",
        in_place=("authentication", "iam_role"),
    ),
    "pubsub": Source(
        needed=("format", "project_id", "topic", "seek_type", "authentication"),
        ways={
            "SERVICE_ACCOUNT": ("service_account_file",),
            "SERVICE_ACCOUNT_WORKLOAD_IDENTITY": (),
        },
        secrets_in="service_account_key",
        in_place=("authentication", "ack_deadline"),
        repeated=("authentication",),
    ),
    "postgres": Source(
        needed=("host", "port", "database", "settings", "table_mappings"),
        ways=_DATABASE_WAYS,
        in_place=("host", "port", "database", *_TLS),
        settings_in_place=_PULLED,
        tables=("source_schema_name", "source_table", "target_table"),
        is_database=True,
    ),
    "mysql": Source(
        needed=("host", "port", "settings", "table_mappings"),
        ways=_DATABASE_WAYS,
        in_place=("host", "port", "authentication", "iam_role", "server_id", *_TLS),
        settings_in_place=(*_PULLED, "use_compression"),
        repeated=("host", "port"),
        tables=("source_schema_name", "source_table", "target_table"),
        is_database=True,
    ),
    "mongodb": Source(
        needed=("uri", "read_preference", "settings", "table_mappings"),
        ways={"": _LOGIN},
        in_place=("uri", "read_preference", *_TLS),
        settings_in_place=_PULLED,
        repeated=("uri", "read_preference"),
        tables=("source_database_name", "source_collection", "target_table"),
        is_database=True,
    ),
    "bigquery": Source(
        needed=("snapshot_staging_path", "settings", "table_mappings"),
        ways={
            "SERVICE_ACCOUNT": ("service_account_file",),
            "SERVICE_ACCOUNT_WORKLOAD_IDENTITY": (),
        },
        is_database=True,
    ),
}


def kind_of(source: Mapping[str, Any]) -> str:
    """Return the kind of a source in inputs or in a response."""
    (kind,) = source
    return str(kind)


def under_request_key(kind: str, credentials: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credentials under their key in a request."""
    for alone in ("connection_string", "service_account_key"):
        if kind == "object_storage" and alone in credentials:
            return {alone: credentials[alone]}
    return {SOURCES[kind].secrets_in: dict(credentials)}


def managed_part(live: Any, wanted: Any) -> Any:
    """Return the part of a live value that the program sets.

    A part that means the same as the wanted value is the wanted value itself. The order of sets,
    server defaults and properties that no response contains make no difference.
    """
    if isinstance(wanted, Mapping) and isinstance(live, Mapping):
        shown = {
            name: value if name in _WRITE_ONLY else managed_part(live.get(name), value)
            for name, value in wanted.items()
        }
        return {name: value for name, value in shown.items() if value is not None}
    if isinstance(wanted, list) and isinstance(live, list):
        return wanted if _same_items(live, wanted) else live
    if live is None and (wanted is False or wanted == []):
        return wanted
    if isinstance(wanted, str) and isinstance(live, str) and live.strip() == wanted.strip():
        return wanted  # the API removes the last line break of certificates
    return live


def matches(live: Any, wanted: Any) -> bool:
    """Return whether a live value means the same as the wanted one."""
    return bool(managed_part(live, wanted) == wanted)


def _same_items(live: list[Any], wanted: list[Any]) -> bool:
    left = list(wanted)
    for item in live:
        match = next((other for other in left if matches(item, other)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def replacing(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of changed properties that only another pipe can have."""
    old_source, new_source = olds.get("source"), news.get("source")
    if isinstance(old_source, Mapping) and isinstance(new_source, Mapping):
        yield from _replacing_in_source(old_source, new_source)
    yield from _differing("destination", olds, news, in_place=("columns",))


def must_delete_first(olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Return whether a pipe must be deleted before its replacement is created.

    A replication slot of Postgres and a `server_id` of MySQL can have only one reader.
    """
    old, new = olds.get("source") or {}, news.get("source") or {}
    return any(
        _at(new, path) is not None and matches(_at(old, path), _at(new, path))
        for path in _SINGLE_READER
    )


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _replacing_in_source(olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
    kind = kind_of(news)
    if kind not in olds:
        yield "source"
        return
    source = SOURCES[kind]
    in_place = {*source.in_place, "settings"}
    if source.tables:
        in_place.add("table_mappings")
    yield from _differing(f"source.{kind}", olds, news, in_place=tuple(in_place))
    yield from _differing(
        f"source.{kind}.settings",
        olds[kind] or {},
        news[kind] or {},
        in_place=source.settings_in_place,
    )


def _differing(
    path: str, olds: Mapping[str, Any], news: Mapping[str, Any], *, in_place: tuple[str, ...]
) -> Iterator[str]:
    """Yield the paths of changed properties. Properties that are no longer set are unchanged."""
    name = path.rpartition(".")[2]
    old, new = olds.get(name) or {}, news.get(name)
    if not isinstance(new, Mapping):
        return
    for part, value in new.items():
        if part not in in_place and not matches(old.get(part), value):
            yield f"{path}.{part}"
