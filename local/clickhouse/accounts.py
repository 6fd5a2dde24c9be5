"""The accounts of one service, and the users file that the engine reads them from.

The engine takes users only from a file, and its own session is a `default` without a password
that no setting can take away. So the outside's `default` has the name `ADMIN` inside, and the
engine's `default` may hold one session at most: its own, which never ends.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from local.state import load_json, save_json, write_private

__all__ = [
    "ADMIN",
    "MONITOR",
    "NAME",
    "RESERVED_NAMES",
    "Account",
    "generated_password",
    "hash_from_base64",
    "inner_name",
    "load_accounts",
    "save_accounts",
    "sha256_hex",
    "users_file",
]

# As long as `default`, so that one can stand for the other in an answer of any format.
ADMIN = "_admin_"
MONITOR = "_monitor_"
RESERVED_NAMES = frozenset({ADMIN, MONITOR, "default"})

# What an XML element may be called without the engine reading a path out of it.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_SETTING_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

# file() would read any file of this machine, and the service's users are not its owner.
_ADMIN_GRANTS = ("GRANT ALL ON *.* WITH GRANT OPTION", "REVOKE READ, WRITE ON FILE")
_MONITOR_GRANTS = (
    "GRANT SELECT ON system.processes",
    "GRANT SHOW USERS, SHOW ROLES, SHOW ACCESS ON *.*",
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
    """

    name: str
    password_hash: str
    grants: tuple[str, ...] = ()
    database: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    hash_kind: str = "sha256"

    @classmethod
    def admin(cls, password_hash: str) -> Account:
        """The account behind the outside's `default`; the hash is a SHA-256."""
        return cls(ADMIN, password_hash, _ADMIN_GRANTS)

    @classmethod
    def monitor(cls, password: str) -> Account:
        """The front's own account: it looks at queries and accounts, at no data."""
        return cls(MONITOR, sha256_hex(password), _MONITOR_GRANTS)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Account:
        """The account that `to_json` wrote."""
        return cls(**{**value, "grants": tuple(value["grants"])})

    def to_json(self) -> dict[str, Any]:
        """For the state folder."""
        return {**asdict(self), "grants": list(self.grants)}


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


def load_accounts(path: Path) -> dict[str, Account]:
    """The accounts saved in `path`, by name."""
    accounts = [Account.from_json(value) for value in load_json(path, [])]
    return {account.name: account for account in accounts}


def save_accounts(path: Path, accounts: Mapping[str, Account]) -> None:
    """Write what `load_accounts` reads, durable before this returns."""
    save_json(path, [account.to_json() for account in accounts.values()])


def users_file(path: Path, accounts: Iterable[Account], *, memory_bytes: int) -> None:
    """Write what the engine reads its users from.

    Args:
        path: replaced, durable before this returns.
        accounts: every account but the engine's own `default`.
        memory_bytes: the most one query may take.
    """
    accounts = list(accounts)
    profiles = "".join(_profile(account) for account in accounts if account.settings)
    users = "".join(_user(account) for account in accounts)
    text = f"""<clickhouse>
<profiles>
<default><max_memory_usage>{memory_bytes}</max_memory_usage></default>
<engine><max_sessions_for_user>1</max_sessions_for_user></engine>
{profiles}</profiles>
<quotas><default/></quotas>
<users>
<default><password></password><networks><ip>127.0.0.1</ip></networks><profile>engine</profile>
<quota>default</quota><grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants></default>
{users}</users>
</clickhouse>
"""
    write_private(path, text.encode())


def _profile(account: Account) -> str:
    settings = "".join(
        f"<{name}>{escape(value)}</{name}>"
        for name, value in account.settings.items()
        if _SETTING_NAME.fullmatch(name)
    )
    return f"<of_{account.name}><profile>default</profile>{settings}</of_{account.name}>\n"


def _user(account: Account) -> str:
    password = f"password_{account.hash_kind}_hex"
    grants = "".join(f"<query>{escape(grant)}</query>" for grant in account.grants)
    profile = f"of_{account.name}" if account.settings else "default"
    database = f"<default_database>{escape(account.database or '')}</default_database>"
    return (
        f"<{account.name}><{password}>{account.password_hash}</{password}>"
        f"<networks><ip>::/0</ip></networks><profile>{profile}</profile><quota>default</quota>"
        f"{database if account.database else ''}"
        # Without any grant of its own a user of this file would be given all of them.
        f"<grants>{grants or '<query>GRANT USAGE ON *.*</query>'}</grants></{account.name}>\n"
    )
