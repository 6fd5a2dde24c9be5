"""The password of a service's `default` user: generated here, given as hashes, or set elsewhere.

The API accepts only hashes and returns none of them, so a password is sent only when it changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from resources.base import passwords
from resources.service.service_fields import HASHES

if TYPE_CHECKING:
    from clickhouse_api import models

__all__ = ["NewPassword", "first_password", "next_password"]


@dataclass(frozen=True)
class NewPassword:
    """The password after a create or an update.

    Attributes:
        hashes: the hashes to send; None if the password stays as it is.
        password: the password to store in the state; None if this stack does not have it.
    """

    hashes: Mapping[str, Any] | None
    password: str | None


def first_password(service: models.Service, props: Mapping[str, Any]) -> NewPassword:
    """Return the password of a service that was created or adopted.

    A secondary has its primary's password. An adopted service keeps its own, unless
    `password_version` is set and `password` is not.
    """
    if props.get(HASHES[0]) is not None:
        return NewPassword(props, None)
    given: str | None = props.get("password")
    if props.get("adopt") is not None:
        keeps = given or not props.get("password_version")
        return NewPassword(None, given) if keeps else _generated()
    return NewPassword(None, None) if service.is_primary is False else _generated()


def next_password(olds: Mapping[str, Any], news: Mapping[str, Any]) -> NewPassword:
    """Return the password after an update: a new one if the program requires it."""
    if news.get(HASHES[0]) is not None:
        changed = any(olds.get(name) != news.get(name) for name in HASHES)
        return NewPassword(news if changed else None, None)
    current: str | None = news.get("password") or olds.get("password")
    version = news.get("password_version")
    rotated = version is not None and version != olds.get("password_version")
    # The password of a hash is unknown here. If the hash is removed from the program, the service
    # needs another password.
    hash_removed = olds.get(HASHES[0]) is not None and news.get("password") is None
    return _generated() if rotated or hash_removed else NewPassword(None, current)


def _generated() -> NewPassword:
    password = passwords.generate()
    hashes = (passwords.base64_sha256(password), passwords.double_sha1_hex(password))
    return NewPassword(dict(zip(HASHES, hashes, strict=True)), password)
