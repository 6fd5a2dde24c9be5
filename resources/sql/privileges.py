"""Privileges of ClickHouse's `GRANT`: their valid spellings, and which of them include others.

`SHOW GRANTS` does not repeat the statement that granted a right. It shows an alias under its real
name and a group on a database as the long list of its members. It omits a right that a broader one
includes. The table `system.privileges` has the groups and aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from resources.base.errors import SqlError
from resources.sql.sql_server import SqlServer, quoted

__all__ = [
    "GRANT",
    "GRANTS_ALLOWED",
    "UNKNOWN",
    "Catalog",
    "Privilege",
    "Rights",
    "replace_grants",
    "rights",
    "shown",
]

# One privilege on one target: `SELECT ON telemetry.*`, `INSERT(a, b) ON telemetry.events`.
GRANT = r"[A-Za-z][A-Za-z ]*(\([\w, ]+\))? ON (\*|\w+)\.(\*|\w+)"
GRANTS_ALLOWED = "privileges such as 'SELECT ON telemetry.*', one per string"
# Error codes for a missing user: `UNKNOWN_USER`, and `UNKNOWN_ROLE` if a role is possible, too.
UNKNOWN = (192, 511)

# Levels in `system.privileges` that can be granted on a database or a table, not only on `*.*`.
_LEVELS = {"DATABASE", "TABLE", "VIEW", "DICTIONARY", "COLUMN"}


@dataclass(frozen=True, order=True)
class Privilege:
    """One privilege on one target.

    Attributes:
        columns: names of columns; empty for all columns.
        target: `db.table`, with `*` for all.
        passed_on: whether its holder may grant it to others.
    """

    name: str
    columns: tuple[str, ...]
    target: str
    passed_on: bool = False

    @classmethod
    def of(cls, grant: str, *, passed_on: bool = False) -> Privilege:
        """Parse a privilege as the inputs spell it: `SELECT(a, b) ON db.table`."""
        privilege, _, target = grant.rpartition(" ON ")
        name, _, columns = privilege.partition("(")
        listed = (column.strip(" )`") for column in columns.split(","))
        return cls(
            " ".join(name.upper().split()),
            tuple(sorted(column for column in listed if column)),
            target.replace("`", ""),
            passed_on,
        )

    def __str__(self) -> str:
        columns = f"({', '.join(self.columns)})" if self.columns else ""
        return f"{self.name}{columns} ON {self.target}"


@dataclass(frozen=True)
class Rights:
    """The rights of a user or role.

    Attributes:
        privileges: granted privileges.
        revoked: partial revokes: parts of granted privileges that were revoked again.
        roles: name of a granted role -> whether the holder may grant it to others.
    """

    privileges: frozenset[Privilege]
    revoked: frozenset[Privilege]
    roles: Mapping[str, bool]


def shown(server: SqlServer, name: str) -> list[str] | None:
    """Return the lines of `SHOW GRANTS FOR`, or None if the user or role does not exist."""
    try:
        # Raw, because the default format escapes quoted names.
        lines = server.command(f"SHOW GRANTS FOR {quoted(name)} FORMAT TSVRaw")
    except SqlError as error:
        if error.code in UNKNOWN:
            return None
        raise
    return sorted(line.strip() for line in lines.splitlines() if line.strip())


def rights(lines: Iterable[str]) -> Rights:
    """Parse the lines of `SHOW GRANTS FOR`."""
    privileges: set[Privilege] = set()
    revoked: set[Privilege] = set()
    roles: dict[str, bool] = {}
    for line in lines:
        statement, _, rest = line.partition(" ")
        head, _, tail = rest.rpartition(" TO " if statement == "GRANT" else " FROM ")
        listed, on, target = head.rpartition(" ON ")
        option = tail.endswith((" WITH GRANT OPTION", " WITH ADMIN OPTION"))
        if not on:
            roles.update({role.strip("` "): option for role in head.split(",")})
            continue
        found = privileges if statement == "GRANT" else revoked
        for privilege in re.split(r",\s*(?![^(]*\))", listed):
            found.add(Privilege.of(f"{privilege} ON {target}", passed_on=option))
    return Rights(frozenset(privileges), frozenset(revoked), roles)


def replace_grants(server: SqlServer, name: str, grants: Iterable[str]) -> None:
    """Set the privileges of a user or role to exactly these, in one statement.

    So a privilege that is in the old and the new list is in force all the time. Roles stay.
    """
    listed = ", ".join(str(privilege) for privilege in sorted({Privilege.of(g) for g in grants}))
    if listed:
        server.command(f"GRANT {listed} TO {quoted(name)} WITH REPLACE OPTION")
    else:
        server.command(f"REVOKE ALL ON *.* FROM {quoted(name)}")


class Catalog:
    """The privileges of a server and the groups that include them.

    Args:
        rows: name, aliases separated by commas, level, and parent of each privilege.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        self._names: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._levels: dict[str, str] = {}
        for row in rows:
            # In capitals, because the table has one name that is not: `dictGet`.
            name, aliases, level, parent = (value.upper() for value in row)
            self._names.update(dict.fromkeys(filter(None, aliases.split(",")), name))
            self._parents[name] = parent
            self._levels[name] = level

    @classmethod
    def of(cls, server: SqlServer) -> Catalog:
        """Read the table `system.privileges` of a server."""
        table = server.command(
            "SELECT privilege, arrayStringConcat(aliases, ','), ifNull(toString(level), ''), "
            "ifNull(toString(parent_group), '') FROM system.privileges FORMAT TSVRaw"
        )
        rows = (line.split("\t") for line in table.splitlines())
        return cls((row[0], row[1], row[2], row[3]) for row in rows)

    def is_in_force(self, wanted: Privilege, given: Rights) -> bool:
        """Return whether the rights include the whole privilege."""
        wanted = self._real(wanted)
        if any(self._includes(wanted, revoked) for revoked in given.revoked):
            return False
        if any(self._includes(held, wanted) for held in given.privileges):
            return True
        members = self._members(wanted)
        return bool(members) and all(self.is_in_force(member, given) for member in members)

    def _real(self, privilege: Privilege) -> Privilege:
        return replace(privilege, name=self._names.get(privilege.name, privilege.name))

    def _includes(self, wide: Privilege, narrow: Privilege) -> bool:
        wide = self._real(wide)
        return (
            wide.name in self._line_of(narrow.name)
            and (not wide.columns or bool(narrow.columns and {*narrow.columns} <= {*wide.columns}))
            and _is_within(narrow.target, wide.target)
            and (wide.passed_on or not narrow.passed_on)
        )

    def _line_of(self, name: str) -> Iterable[str]:
        """Yield the privilege and the groups that include it, from the inside out."""
        while name:
            yield name
            name = self._parents.get(name, "")

    def _members(self, group: Privilege) -> list[Privilege]:
        """Return the privileges of a group that can be granted on the group's target."""
        names = [name for name, parent in self._parents.items() if parent == group.name]
        if group.target != "*.*":
            names = [name for name in names if self._can_be_on(name, group.target)]
        return [replace(group, name=name) for name in names]

    def _can_be_on(self, name: str, target: str) -> bool:
        levels = _LEVELS if target.endswith(".*") else _LEVELS - {"DATABASE"}
        if self._levels[name] in levels:
            return True
        children = [child for child, parent in self._parents.items() if parent == name]
        return any(self._can_be_on(child, target) for child in children)


def _is_within(narrow: str, wide: str) -> bool:
    """Return whether a target is part of another: `db.table` of `db.*` or `*.*`."""
    database, _, table = wide.partition(".")
    inner, _, inner_table = narrow.partition(".")
    return database in ("*", inner) and (table in ("", "*") or table == inner_table)
