"""Replaces the grants and revokes of users and roles by the grants that remain.

Each GRANT and REVOKE adds a statement to an account. After a change, the engine returns the grants
that remain, which are often a single one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from local.clickhouse.sql_accounts import ADMIN, Directory, EngineAccount, EngineRole

__all__ = ["with_remaining_grants"]

Query = Callable[[str], Awaitable[str]]


async def with_remaining_grants(directory: Directory, query: Query) -> Directory:
    """Return the directory without revokes, where the engine can parse the grants that remain.

    Args:
        query: runs a query in the engine, in which `directory` is in force.
    """
    grantees: list[EngineAccount | EngineRole] = [
        *directory.users.values(),
        *directory.roles.values(),
    ]
    for grantee in grantees:
        # The admin's grants are not replaced: one of them is a REVOKE.
        if grantee.name != ADMIN and any(g.startswith("REVOKE") for g in grantee.grants):
            grants = await _grants_of(grantee.name, query)
            if await _can_be_parsed(grants, query):
                directory = directory.with_grantee(replace(grantee, grants=grants))
    return directory


async def _grants_of(name: str, query: Query) -> tuple[str, ...]:
    """Return the grants of rights, without those of roles."""
    text = await query(f"SHOW GRANTS FOR `{name}` FORMAT TSVRaw")
    lines = [line for line in text.splitlines() if " ON " in line]
    return tuple(_without_grantee(line, name) for line in lines)


async def _can_be_parsed(grants: tuple[str, ...], query: Query) -> bool:
    """Return whether the engine can parse its own grants.

    The engine cannot parse the list of rights that it shows for ALL on a database.
    """
    listed = ", ".join(f"'{_escaped(f'{grant} TO x')}'" for grant in grants)
    unread = await query(
        "SELECT countIf(isNull(formatQuerySingleLineOrNull(g))) "  # noqa: S608 - escaped
        f"FROM (SELECT arrayJoin([{listed}]::Array(String)) AS g)"
    )
    return int(unread) == 0


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _without_grantee(grant: str, name: str) -> str:
    for grantee in (f" TO {name}", f" TO `{name}`", f" FROM {name}", f" FROM `{name}`"):
        head, found, tail = grant.rpartition(grantee)
        if found:
            return head + tail
    return grant
