"""The users, roles and settings profiles of one service, as they are kept between its starts.

The engine takes them only from a file (`users_file.py`), and its own session is a `default`
without a password that no setting can take away. So the outside's `default` has the name `ADMIN`
inside, and the engine's `default` may hold one session at most: its own, which never ends.
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
    "Account",
    "Directory",
    "Profile",
    "Role",
    "Setting",
    "generated_password",
    "hash_from_base64",
    "inner_name",
    "load_directory",
    "save_directory",
    "sha256_hex",
]

# As long as `default`, so that one can stand for the other in an answer of any format.
ADMIN = "_admin_"
MONITOR = "_monitor_"
RESERVED_NAMES = frozenset({ADMIN, MONITOR, "default"})

# What an XML element may be called without the engine reading a path out of it.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")

# The table function file() would read any file that the process may. The scalar file() checks no
# grant, see README.md.
_ADMIN_GRANTS = ("GRANT ALL ON *.* WITH GRANT OPTION", "REVOKE READ, WRITE ON FILE")
_MONITOR_GRANTS = (
    "GRANT SELECT ON system.processes",
    "GRANT SHOW USERS, SHOW ROLES, SHOW ACCESS ON *.*",
    # For BACKUP and RESTORE, which make what was there and read it through views.
    "GRANT BACKUP, CREATE, INSERT, SELECT, SHOW, dictGet ON *.*",
    "GRANT TABLE ENGINE ON *",
)


@dataclass(frozen=True)
class Account:
    """One user of a service.

    Attributes:
        name: as the engine knows it.
        password_hash: hex; the engine compares against it.
        grants: statements without their `TO`, applied in this order.
        database: where its sessions begin.
        settings: of its sessions.
        hash_kind: `sha256` or `double_sha1`.
        roles: those granted, and whether it may pass them on.
    """

    name: str
    password_hash: str
    grants: tuple[str, ...] = ()
    database: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    hash_kind: str = "sha256"
    roles: Mapping[str, bool] = field(default_factory=dict)

    @classmethod
    def admin(cls, password_hash: str) -> Account:
        """The account behind the outside's `default`; the hash is a SHA-256."""
        return cls(ADMIN, password_hash, _ADMIN_GRANTS)

    @classmethod
    def monitor(cls, password: str) -> Account:
        """The front's own account: it looks at queries and accounts, and makes backups."""
        return cls(MONITOR, sha256_hex(password), _MONITOR_GRANTS)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Account:
        """The account that `to_json` wrote."""
        return cls(**{**value, "grants": tuple(value["grants"])})

    def to_json(self) -> dict[str, Any]:
        """For the state folder."""
        return {**asdict(self), "grants": list(self.grants)}


@dataclass(frozen=True)
class Role:
    """One role of a service; the fields are those of `Account`."""

    name: str
    grants: tuple[str, ...] = ()
    roles: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """One setting of a profile and its constraints; None where nothing is said.

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
        settings: by name, in the order of the statement.
        to: users and roles it is in force for.
    """

    name: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Directory:
    """Everything about access that a service remembers, each by its name in the engine."""

    users: Mapping[str, Account] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def grantee(self, name: str) -> Account | Role | None:
        """The user or the role of that name; no role has a user's name."""
        return self.users.get(name) or self.roles.get(name)

    def with_grantee(self, grantee: Account | Role) -> Directory:
        """The same with this user or role in place of the one of its name."""
        if isinstance(grantee, Account):
            return replace(self, users={**self.users, grantee.name: grantee})
        return replace(self, roles={**self.roles, grantee.name: grantee})

    def without(self, names: Iterable[str]) -> Directory:
        """The same without these users and roles, wherever they are mentioned."""
        gone = set(names)

        def less(grantee: Account | Role) -> Any:
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
        """The roles that a user or role has, also through other roles."""
        found: set[str] = set()
        pending = [name]
        while pending:
            grantee = self.grantee(pending.pop())
            new = set(grantee.roles) - found if grantee else set()
            found |= new
            pending += new
        return found

    def profiles_of(self, name: str) -> list[str]:
        """The profiles in force for a user: its own after those of its roles, as each wins."""
        roles = self.roles_of(name)
        through_roles = [p.name for p in self.profiles.values() if roles & set(p.to)]
        own = [p.name for p in self.profiles.values() if name in p.to]
        return [*(p for p in through_roles if p not in own), *own]


def sha256_hex(password: str) -> str:
    """What the users file holds for a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def hash_from_base64(value: str) -> str | None:
    """Hex of a SHA-256 that came in base64, or None where it is not one."""
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return digest.hex() if len(digest) == hashlib.sha256().digest_size else None


def generated_password() -> str:
    """A password with characters of every kind that a rule may ask for."""
    return f"{secrets.token_urlsafe(15)}.1aA~"


def inner_name(name: str) -> str:
    """What the engine calls the user that clients call `name`."""
    return ADMIN if name in ("", "default") else name


def load_directory(path: Path) -> Directory:
    """What `save_directory` wrote; nobody where there is no such file."""
    saved = load_json(path, {})
    if isinstance(saved, list):  # as before there were roles
        saved = {"users": saved}
    return Directory(
        users={u["name"]: Account.from_json(u) for u in saved.get("users", [])},
        roles={
            r["name"]: Role(r["name"], tuple(r["grants"]), r["roles"])
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
    """Write what `load_directory` reads, durable before this returns."""
    save_json(
        path,
        {
            "users": [user.to_json() for user in directory.users.values()],
            "roles": [asdict(role) for role in directory.roles.values()],
            "profiles": [asdict(profile) for profile in directory.profiles.values()],
        },
    )
