"""The statements about users, roles and settings profiles, after they were parsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.clickhouse.sql_accounts import Setting

__all__ = [
    "AlterProfile",
    "AlterUser",
    "CreateProfile",
    "CreateRole",
    "CreateUser",
    "DropProfile",
    "DropRole",
    "DropUser",
    "GrantRoles",
    "GrantStatement",
    "Revoke",
    "RevokeRoles",
    "SettingsChange",
    "Statement",
    "UserClauses",
]


@dataclass(frozen=True, kw_only=True)
class SettingsChange:
    """A change of the settings of a user or a profile.

    Attributes:
        afresh: drop all existing settings first.
        drop: names of settings to drop.
        put: settings to add or replace.
    """

    afresh: bool = False
    drop: tuple[str, ...] = ()
    put: Mapping[str, Setting] = field(default_factory=dict)

    def after(self, before: Mapping[str, Setting]) -> dict[str, Setting]:
        """Return the settings after the change."""
        kept = {} if self.afresh else {n: s for n, s in before.items() if n not in self.drop}
        return {**kept, **self.put}


@dataclass(frozen=True, kw_only=True)
class UserClauses:
    """The clauses of CREATE USER and ALTER USER; None if a clause is missing.

    Attributes:
        password: kind of hash, and the hash in hex.
        database: empty for none.
    """

    password: tuple[str, str] | None = None
    database: str | None = None
    settings: SettingsChange = SettingsChange()


@dataclass(frozen=True, kw_only=True)
class CreateUser(UserClauses):
    """`CREATE USER`."""

    names: tuple[str, ...]
    if_not_exists: bool
    or_replace: bool


@dataclass(frozen=True, kw_only=True)
class AlterUser(UserClauses):
    """`ALTER USER`."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True, kw_only=True)
class DropUser:
    """`DROP USER`."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True, kw_only=True)
class GrantStatement:
    """`GRANT`; the clause is the statement without its `TO`."""

    clause: str
    names: tuple[str, ...]
    replace: bool


@dataclass(frozen=True, kw_only=True)
class Revoke:
    """`REVOKE`; the clause is the statement without its `FROM`."""

    clause: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CreateRole:
    """`CREATE ROLE`."""

    names: tuple[str, ...]
    if_not_exists: bool
    or_replace: bool


@dataclass(frozen=True, kw_only=True)
class DropRole:
    """`DROP ROLE`."""

    names: tuple[str, ...]
    if_exists: bool


@dataclass(frozen=True, kw_only=True)
class GrantRoles:
    """`GRANT role TO …`."""

    roles: tuple[str, ...]
    names: tuple[str, ...]
    admin_option: bool
    replace: bool


@dataclass(frozen=True, kw_only=True)
class RevokeRoles:
    """`REVOKE [ADMIN OPTION FOR] role FROM …`."""

    roles: tuple[str, ...]
    names: tuple[str, ...]
    admin_option_only: bool


@dataclass(frozen=True, kw_only=True)
class CreateProfile:
    """`CREATE SETTINGS PROFILE`."""

    names: tuple[str, ...]
    if_not_exists: bool
    or_replace: bool
    settings: SettingsChange
    to: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AlterProfile:
    """`ALTER SETTINGS PROFILE`; `to` is None if the clause is missing."""

    names: tuple[str, ...]
    if_exists: bool
    settings: SettingsChange
    to: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class DropProfile:
    """`DROP SETTINGS PROFILE`."""

    names: tuple[str, ...]
    if_exists: bool


Statement = (
    CreateUser
    | AlterUser
    | DropUser
    | CreateRole
    | DropRole
    | GrantStatement
    | Revoke
    | GrantRoles
    | RevokeRoles
    | CreateProfile
    | AlterProfile
    | DropProfile
)
