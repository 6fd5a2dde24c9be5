"""`probe_database`: valid names of databases, and the one reserved for `IngestProbe`.

    User(
        "custom-writer",
        UserArgs(
            connection=connection_of(warehouse),
            name="custom_writer",
            grants=["INSERT ON shop.events", f"INSERT ON {probe_database()}.*"],
        ),
    )

`ingest_writer` grants this right; the user of a custom program needs it as well.
"""

from __future__ import annotations

import hashlib

import pulumi

from resources.base.ownership import stack_mark

__all__ = ["DATABASE", "DATABASE_ALLOWED", "PROBE_DATABASE", "probe_database"]

_PREFIX = "telemetry_probe_"
_DIGITS = 16
PROBE_DATABASE = rf"{_PREFIX}[0-9a-f]{{{_DIGITS}}}"
# ClickHouse's own: https://clickhouse.com/docs/operations/system-tables/information_schema
_SYSTEM = ("system", "information_schema", "INFORMATION_SCHEMA")
# Names that are valid unquoted in SQL and in URLs everywhere.
DATABASE = rf"(?!({PROBE_DATABASE}|{'|'.join(_SYSTEM)})$)[A-Za-z_][A-Za-z0-9_]{{0,62}}"
DATABASE_ALLOWED = (
    "letters, digits and _, not beginning with a digit, and no name that is reserved for "
    f"ClickHouse ({', '.join(_SYSTEM)}) or IngestProbe ({_PREFIX} and {_DIGITS} hexadecimal digits)"
)


def probe_database() -> str:
    """Return the name of this stack's scratch database for `IngestProbe`.

    Each stack has a separate name, so two stacks can share a service. The SQL user of the worker
    needs `INSERT` on the tables of this database.
    """
    mark = stack_mark(pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack())
    return _PREFIX + hashlib.sha256(mark.encode()).hexdigest()[:_DIGITS]
