"""The password of a service's `default` user: made here, given as hashes, or somebody else's.

The API only takes hashes and reads nothing back, so a password is sent when it is another one and
not otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from resources.base import passwords
from resources.service import service_requests
from resources.service.service_fields import HASHES
from resources.service.waits import ServiceRef

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["first_password", "next_password"]


def first_password(
    client: Client, ref: ServiceRef, service: models.Service, props: Mapping[str, Any]
) -> str | None:
    """Give a service its password; None where only somebody else knows it.

    A secondary has its primary's, an adopted service keeps its own unless a version asks for
    another.
    """
    if props.get(HASHES[0]) is not None:
        _set_hashes(client, ref, props)
        return None
    kept: str | None = props.get("password")
    if props.get("adopt") is not None:
        return kept if kept or not props.get("password_version") else _set_new(client, ref)
    return None if service.is_primary is False else _set_new(client, ref)


def next_password(
    client: Client, ref: ServiceRef, olds: Mapping[str, Any], news: Mapping[str, Any]
) -> str | None:
    """Send a password only if it is another one; the one to hand on from now on."""
    if news.get(HASHES[0]) is not None:
        if any(olds.get(name) != news.get(name) for name in HASHES):
            _set_hashes(client, ref, news)
        return None
    kept: str | None = news.get("password") or olds.get("password")
    version = news.get("password_version")
    rotated = version is not None and version != olds.get("password_version")
    # Nobody here knows what a hash was of; without it, there has to be a password again.
    hash_went = olds.get(HASHES[0]) is not None and news.get("password") is None
    return _set_new(client, ref) if rotated or hash_went else kept


def _set_hashes(client: Client, ref: ServiceRef, props: Mapping[str, Any]) -> None:
    request = service_requests.password_request(props)
    client.service.instance_password_update(ref.organization_id, ref.id, request)


def _set_new(client: Client, ref: ServiceRef) -> str:
    """Give the `default` user a password made here; only its hashes are sent."""
    password = passwords.generate()
    hashes = (passwords.base64_sha256(password), passwords.double_sha1_hex(password))
    _set_hashes(client, ref, dict(zip(HASHES, hashes, strict=True)))
    return password
