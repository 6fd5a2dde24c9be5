"""Writes the file from which the engine reads users, roles and settings profiles at its start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from local.clickhouse.sql_accounts import Directory, EngineAccount, EngineRole, Profile, Setting
from local.processes.durable_files import write_private

__all__ = ["OWN_PROFILES", "write_users_file"]

# Names in the file that a profile of a service must not have.
OWN_PROFILES = re.compile(r"default|engine|of_.*", re.DOTALL)
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WRITABILITY = {
    "CONST": "<readonly/>",
    "CHANGEABLE_IN_READONLY": "<changeable_in_readonly/>",
}


def write_users_file(path: Path, directory: Directory, *, memory_bytes: int) -> None:
    """Write the users file durably.

    Args:
        path: the file, which is replaced.
        directory: all users except the engine's own `default`.
        memory_bytes: the most memory that a query may use.
    """
    profiles = "".join(_profile(profile) for profile in directory.profiles.values())
    own = "".join(_own_profile(user, directory) for user in directory.users.values())
    users = "".join(_user(user) for user in directory.users.values())
    roles = "".join(_role(role) for role in directory.roles.values())
    text = f"""<clickhouse>
<profiles>
<default><max_memory_usage>{memory_bytes}</max_memory_usage></default>
<engine><max_sessions_for_user>1</max_sessions_for_user></engine>
{profiles}{own}</profiles>
<quotas><default/></quotas>
<roles>
{roles}</roles>
<users>
<default><password></password><networks><ip>127.0.0.1</ip></networks><profile>engine</profile>
<quota>default</quota><grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>
{users}</users>
</clickhouse>
"""
    write_private(path, text.encode())


def _own_profile(user: EngineAccount, directory: Directory) -> str:
    """Return the profile of a user, merged from all that apply: the file allows only one."""
    parents = "".join(
        f"<profile>{name}</profile>" for name in ["default", *directory.profiles_of(user.name)]
    )
    values = {name: Setting(value) for name, value in user.settings.items()}
    return f"<of_{user.name}>{parents}{_settings(values)}</of_{user.name}>\n"


def _profile(profile: Profile) -> str:
    constraints = "".join(
        f"<{name}>{_constraints(setting)}</{name}>"
        for name, setting in profile.settings.items()
        if _SETTING_NAME.fullmatch(name) and _constraints(setting)
    )
    constraints = f"<constraints>{constraints}</constraints>" if constraints else ""
    return f"<{profile.name}>{_settings(profile.settings)}{constraints}</{profile.name}>\n"


def _settings(settings: Mapping[str, Setting]) -> str:
    return "".join(
        f"<{name}>{escape(setting.value)}</{name}>"
        for name, setting in settings.items()
        if setting.value is not None and _SETTING_NAME.fullmatch(name)
    )


def _constraints(setting: Setting) -> str:
    bounds = (("min", setting.minimum), ("max", setting.maximum))
    shown = "".join(f"<{bound}>{escape(value)}</{bound}>" for bound, value in bounds if value)
    return shown + _WRITABILITY.get(setting.writability or "", "")


def _user(account: EngineAccount) -> str:
    password = f"password_{account.hash_kind}_hex"
    database = f"<default_database>{escape(account.database or '')}</default_database>"
    return (
        f"<{account.name}><{password}>{account.password_hash}</{password}>"
        f"<networks><ip>::/0</ip></networks><profile>of_{account.name}</profile>"
        f"<quota>default</quota>{database if account.database else ''}"
        f"{_grants(account)}</{account.name}>\n"
    )


def _role(role: EngineRole) -> str:
    return f"<{role.name}>{_grants(role)}</{role.name}>\n"


def _grants(grantee: EngineAccount | EngineRole) -> str:
    granted: Iterable[str] = [
        *grantee.grants,
        *(
            f"GRANT `{name}`{' WITH ADMIN OPTION' if option else ''}"
            for name, option in grantee.roles.items()
        ),
    ]
    queries = "".join(f"<query>{escape(grant)}</query>" for grant in granted)
    # A user of this file without any grant would have all rights.
    return f"<grants>{queries or '<query>GRANT USAGE ON *.*</query>'}</grants>"
