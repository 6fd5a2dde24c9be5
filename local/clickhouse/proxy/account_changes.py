"""Applies a statement to a service's users, roles and settings profiles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from local.clickhouse.proxy.protocol_errors import ClickHouseError
from local.clickhouse.proxy.sql_tokens import unsupported
from local.clickhouse.proxy.statements import (
    AlterProfile,
    AlterUser,
    CreateProfile,
    CreateRole,
    CreateUser,
    DropProfile,
    DropRole,
    DropUser,
    GrantRoles,
    GrantStatement,
    Revoke,
    RevokeRoles,
    SettingsChange,
    Statement,
)
from local.clickhouse.sql_accounts import (
    ADMIN,
    Directory,
    EngineAccount,
    EngineRole,
    Profile,
    Setting,
)
from local.clickhouse.users_file import OWN_PROFILES

__all__ = ["apply", "unknown_profile"]


def apply(statement: Statement, found: Directory, *, database: str | None = None) -> Directory:
    """Return the users, roles and profiles after a statement.

    Args:
        database: database of the session, for grants that name none.
    Raises:
        ClickHouseError: an object exists already or does not exist, or a feature is not available
            locally.
    """
    match statement:
        case CreateUser():
            return _create_users(statement, found)
        case AlterUser():
            return _alter_users(statement, found)
        case DropUser():
            return _drop_users(statement, found)
        case CreateRole():
            return _create_roles(statement, found)
        case DropRole():
            gone = _present(statement.names, found.roles, "role", if_exists=statement.if_exists)
            return found.without(gone)
        case GrantStatement():
            return _grant(statement, found, database)
        case Revoke():
            return _revoke(statement, found, database)
        case GrantRoles():
            return _grant_roles(statement, found)
        case RevokeRoles():
            return _revoke_roles(statement, found)
        case CreateProfile():
            return _create_profiles(statement, found)
        case AlterProfile():
            return _alter_profiles(statement, found)
        case DropProfile():
            return _drop_profiles(statement, found)


def unknown_profile(name: str) -> ClickHouseError:
    """Return the error for a profile that does not exist."""
    return ClickHouseError(
        180, "THERE_IS_NO_PROFILE", f"There is no settings profile `{name}` in user directories"
    )


def _create_users(statement: CreateUser, found: Directory) -> Directory:
    for name in _new(statement, found.users, "user"):
        if name == ADMIN:
            raise ClickHouseError(
                495, "ACCESS_STORAGE_READONLY", "The user `default` cannot be replaced"
            )
        if name in found.roles:
            raise unsupported(f"a user and a role of one name, `{name}`")
        if statement.password is None:
            raise ClickHouseError(
                36, "BAD_ARGUMENTS", f"user `{name}` needs a password: IDENTIFIED BY is missing"
            )
        kind, digest = statement.password
        user = EngineAccount(
            name,
            digest,
            hash_kind=kind,
            database=statement.database or None,
            settings=_values(statement.settings, {}),
        )
        found = found.with_grantee(user)
    return found


def _alter_users(statement: AlterUser, found: Directory) -> Directory:
    for name in _present(statement.names, found.users, "user", if_exists=statement.if_exists):
        user = found.users[name]
        if statement.password is not None:
            kind, digest = statement.password
            user = replace(user, password_hash=digest, hash_kind=kind)
        if statement.database is not None:
            user = replace(user, database=statement.database or None)
        settings = {setting: Setting(value) for setting, value in user.settings.items()}
        user = replace(user, settings=_values(statement.settings, settings))
        found = found.with_grantee(user)
    return found


def _drop_users(statement: DropUser, found: Directory) -> Directory:
    gone = _present(statement.names, found.users, "user", if_exists=statement.if_exists)
    if ADMIN in gone:
        raise ClickHouseError(
            495, "ACCESS_STORAGE_READONLY", "The user `default` cannot be dropped"
        )
    return found.without(gone)


def _create_roles(statement: CreateRole, found: Directory) -> Directory:
    for name in _new(statement, found.roles, "role"):
        if name in found.users:
            raise unsupported(f"a user and a role of one name, `{name}`")
        found = found.with_grantee(EngineRole(name))
    return found


def _grant(statement: GrantStatement, found: Directory, database: str | None) -> Directory:
    clause = _with_database(statement.clause, database)
    for grantee in _grantees(statement.names, found):
        held = () if statement.replace else grantee.grants
        # Rights that were revoked since may be part of rights that were granted before.
        if clause not in held or any(grant.startswith("REVOKE") for grant in held):
            held = (*held, clause)
        found = found.with_grantee(replace(grantee, grants=held))
    return found


def _revoke(statement: Revoke, found: Directory, database: str | None) -> Directory:
    clause = _with_database(statement.clause, database)
    for grantee in _grantees(statement.names, found):
        # Without grants there is nothing to revoke, and the engine is not replaced.
        if grantee.grants:
            found = found.with_grantee(replace(grantee, grants=(*grantee.grants, clause)))
    return found


def _grant_roles(statement: GrantRoles, found: Directory) -> Directory:
    roles = _present(statement.roles, found.roles, "role")
    for grantee in _grantees(statement.names, found):
        if any(grantee.name in {role, *found.roles_of(role)} for role in roles):
            raise unsupported(f"a circle of roles through `{grantee.name}`")
        held = {} if statement.replace else dict(grantee.roles)
        for role in roles:
            held[role] = statement.admin_option or held.get(role, False)
        found = found.with_grantee(replace(grantee, roles=held))
    return found


def _revoke_roles(statement: RevokeRoles, found: Directory) -> Directory:
    roles = _present(statement.roles, found.roles, "role")
    for grantee in _grantees(statement.names, found):
        if statement.admin_option_only:
            held = {r: option and r not in roles for r, option in grantee.roles.items()}
        else:
            held = {r: option for r, option in grantee.roles.items() if r not in roles}
        found = found.with_grantee(replace(grantee, roles=held))
    return found


def _create_profiles(statement: CreateProfile, found: Directory) -> Directory:
    _grantees(statement.to, found)
    for name in _new(statement, found.profiles, "settings profile"):
        if OWN_PROFILES.fullmatch(name):
            raise unsupported(f"a settings profile named `{name}`")
        profile = Profile(name, statement.settings.after({}), statement.to)
        found = replace(found, profiles={**found.profiles, name: profile})
    return found


def _alter_profiles(statement: AlterProfile, found: Directory) -> Directory:
    _grantees(statement.to or (), found)
    for name in _profiles(statement.names, found, if_exists=statement.if_exists):
        profile = found.profiles[name]
        to = profile.to if statement.to is None else statement.to
        profile = replace(profile, settings=statement.settings.after(profile.settings), to=to)
        found = replace(found, profiles={**found.profiles, name: profile})
    return found


def _drop_profiles(statement: DropProfile, found: Directory) -> Directory:
    gone = _profiles(statement.names, found, if_exists=statement.if_exists)
    left = {name: profile for name, profile in found.profiles.items() if name not in gone}
    return replace(found, profiles=left)


def _new(
    statement: CreateUser | CreateRole | CreateProfile, existing: Collection[str], what: str
) -> list[str]:
    """Return the names that the statement creates or replaces."""
    taken = [name for name in statement.names if name in existing]
    if taken and not statement.if_not_exists and not statement.or_replace:
        raise ClickHouseError(
            493,
            "ACCESS_ENTITY_ALREADY_EXISTS",
            f"{what} `{taken[0]}`: cannot insert because {what} `{taken[0]}` already exists",
        )
    return [name for name in statement.names if statement.or_replace or name not in taken]


def _present(
    names: Iterable[str], existing: Collection[str], what: str, *, if_exists: bool = False
) -> list[str]:
    names = list(names)
    for name in names:
        if name not in existing and not if_exists:
            code, error = (192, "UNKNOWN_USER") if what == "user" else (511, "UNKNOWN_ROLE")
            raise ClickHouseError(code, error, f"There is no {what} `{name}` in user directories")
    return [name for name in names if name in existing]


def _grantees(names: Iterable[str], found: Directory) -> list[EngineAccount | EngineRole]:
    # This raises ClickHouse's error for a name that is neither a user nor a role.
    present = _present(names, {*found.users, *found.roles}, "role")
    return [grantee for name in present if (grantee := found.grantee(name))]


def _profiles(names: Iterable[str], found: Directory, *, if_exists: bool) -> list[str]:
    names = list(names)
    for name in names:
        if name not in found.profiles and not if_exists:
            raise unknown_profile(name)
    return [name for name in names if name in found.profiles]


def _values(change: SettingsChange, before: dict[str, Setting]) -> dict[str, str]:
    after = change.after(before)
    return {name: setting.value for name, setting in after.items() if setting.value is not None}


def _with_database(clause: str, database: str | None) -> str:
    """Add the session's database to a grant `ON table`: the users file has no session."""
    found = re.search(r"^(.*) ON (`(?:[^`\\]|\\.)*`|\w+|\*)( WITH GRANT OPTION)?$", clause)
    if found is None or re.search(r"\b(READ|WRITE|DEFINER|ENGINE|COLLECTION|USER)\b", found[1]):
        return clause
    if not re.fullmatch(r"\w+", database or "default"):
        raise unsupported(f"a grant without a database in a session on {database!r}")
    return f"{found[1]} ON {database or 'default'}.{found[2]}{found[3] or ''}"
