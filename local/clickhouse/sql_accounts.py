"""The users, roles and settings profiles of one service, and their file between its starts.

The engine reads them only from a file (`users_file.py`). Its internal session belongs to a user
`default` without a password, which no setting can remove. So the client's `default` has the name
`ADMIN` in the engine. The engine's `default` may have one session: the internal one, which never
ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from local.processes.durable_files import load_json, save_json

__all__ = [
    "ADMIN",
    "MONITOR",
    "NAME",
    "RESERVED_NAMES",
    "Directory",
    "EngineAccount",
    "EngineRole",
    "Profile",
    "Setting",
    "generated_password",
    "hash_from_base64",
    "inner_name",
    "load_directory",
    "save_directory",
    "sha256_hex",
]

# As long as `default`, so that one can replace the other in a response of any format.
ADMIN = "_admin_"
MONITOR = "_monitor_"
RESERVED_NAMES = frozenset({ADMIN, MONITOR, "default"})

# Names of XML elements that the engine does not parse as a path.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

# The table function file() would read all files that the process can read. The scalar file()
# checks no grant, see README.md.
_ADMIN_GRANTS = ("GRANT ALL ON *.* WITH GRANT OPTION", "REVOKE READ, WRITE ON FILE")
_MONITOR_GRANTS = (
    "GRANT SELECT ON system.processes",
    "GRANT SHOW USERS, SHOW ROLES, SHOW ACCESS ON *.*",
    # For BACKUP and RESTORE, which create all objects and read through views.
    "GRANT BACKUP, CREATE, INSERT, SELECT, SHOW, dictGet ON *.*",
    "GRANT TABLE ENGINE ON *",
)


@dataclass(frozen=True)
class EngineAccount:
    """One user of a service.

    Attributes:
        name: its name in the engine.
        password_hash: hex; the engine compares passwords with it.
        grants: statements without their `TO`, applied in this order.
        database: the default database of its sessions.
        settings: settings of its sessions.
        hash_kind: `sha256` or `double_sha1`.
        roles: granted roles, and whether the user may grant them.
    """

    name: str
    password_hash: str
    grants: tuple[str, ...] = ()
    database: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    hash_kind: str = "sha256"
    roles: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def admin(cls, password_hash: str) -> EngineAccount:
        """Return the account of the client's `default`. The hash is a SHA-256."""
        return cls(ADMIN, password_hash, _ADMIN_GRANTS)

    @classmethod
    def monitor(cls, password: str) -> EngineAccount:
        """Return the account of the proxy, which reads queries and accounts, and takes backups."""
        return cls(MONITOR, sha256_hex(password), _MONITOR_GRANTS)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> EngineAccount:
        """Return the account of `to_json`."""
        return cls(**{**value, "grants": tuple(value["grants"])})

    def to_json(self) -> dict[str, Any]:
        """Return the account as JSON, for the state folder."""
        return {**asdict(self), "grants": list(self.grants)}


@dataclass(frozen=True)
class EngineRole:
    """One role of a service; the fields are those of `EngineAccount`."""

    name: str
    grants: tuple[str, ...] = ()
    roles: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """One setting of a profile and its constraints; None if the statement has none.

    Attributes:
        writability: `CONST`, `WRITABLE` or `CHANGEABLE_IN_READONLY`.
    """

    value: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    writability: str | None = None


@dataclass(frozen=True)
class Profile:
    """One settings profile of a service.

    Attributes:
        settings: settings by name, in the order of the statement.
        to: users and roles to which it applies.
    """

    name: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """All users, roles and profiles of a service, by their names in the engine."""

    users: Mapping[str, EngineAccount] = field(default_factory=dict)
    roles: Mapping[str, EngineRole] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def grantee(self, name: str) -> EngineAccount | EngineRole | None:
        """Return the user or the role with a name. No role has the name of a user."""
        return self.users.get(name) or self.roles.get(name)

    def with_grantee(self, grantee: EngineAccount | EngineRole) -> Directory:
        """Return a copy with this user or role added or replaced."""
        if isinstance(grantee, EngineAccount):
            return replace(self, users={**self.users, grantee.name: grantee})
        return replace(self, roles={**self.roles, grantee.name: grantee})

    def without(self, names: Iterable[str]) -> Directory:
        """Return a copy without these users and roles, and without references to them."""
        gone = set(names)

        def less(grantee: EngineAccount | EngineRole) -> Any:
            roles = {name: option for name, option in grantee.roles.items() if name not in gone}
            return replace(grantee, roles=roles)

        return Directory(
            users={name: less(user) for name, user in self.users.items() if name not in gone},
            roles={name: less(role) for name, role in self.roles.items() if name not in gone},
            profiles={
                name: replace(profile, to=tuple(n for n in profile.to if n not in gone))
                for name, profile in self.profiles.items()
            },
        )

    def roles_of(self, name: str) -> set[str]:
        """Return the roles that a user or role has, also through other roles."""
        found: set[str] = set()
        pending = [name]
        while pending:
            grantee = self.grantee(pending.pop())
            new = set(grantee.roles) - found if grantee else set()
            found |= new
            pending += new
        return found

    def profiles_of(self, name: str) -> list[str]:
        """Return the profiles of a user. Its own come after those of its roles, so they win."""
        roles = self.roles_of(name)
        through_roles = [p.name for p in self.profiles.values() if roles & set(p.to)]
        own = [p.name for p in self.profiles.values() if name in p.to]
        return [*(p for p in through_roles if p not in own), *own]


def sha256_hex(password: str) -> str:
    """Return the hash of a password in the users file."""
    return hashlib.sha256(password.encode()).hexdigest()


def hash_from_base64(value: str) -> str | None:
    """Convert a SHA-256 from base64 to hex. Return None if it is not one."""
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == hashlib.sha256().digest_size else None


def generated_password() -> str:
    """Return a random password with characters of all kinds that a rule can require."""
    return f"{secrets.token_urlsafe(15)}.1aA~"


def inner_name(name: str) -> str:
    """Return the engine's name of the user that clients call `name`."""
    return ADMIN if name in ("", "default") else name


def load_directory(path: Path) -> Directory:
    """Load the users of `save_directory`, or none if there is no such file."""
    saved = load_json(path, {})
    if isinstance(saved, list):  # the format before roles were added
        saved = {"users": saved}
    return Directory(
        users={u["name"]: EngineAccount.from_json(u) for u in saved.get("users", [])},
        roles={
            r["name"]: EngineRole(r["name"], tuple(r["grants"]), r["roles"])
            for r in saved.get("roles", [])
        },
        profiles={
            p["name"]: Profile(
                p["name"],
                {name: Setting(**setting) for name, setting in p["settings"].items()},
                tuple(p["to"]),
            )
            for p in saved.get("profiles", [])
        },
    )


def save_directory(path: Path, directory: Directory) -> None:
    """Save the users durably, for `load_directory`."""
    save_json(
        path,
        {
            "users": [user.to_json() for user in directory.users.values()],
            "roles": [asdict(role) for role in directory.roles.values()],
            "profiles": [asdict(profile) for profile in directory.profiles.values()],
        },
    )
