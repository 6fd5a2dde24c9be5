"""Applies Durable Object migrations: which classes have storage, and the tag of the last step."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from local.cloudflare.errors import CloudflareError
from local.cloudflare.state import Namespace, new_id

__all__ = ["migrate"]

_STEP_KEYS = (
    "new_classes",
    "new_sqlite_classes",
    "renamed_classes",
    "deleted_classes",
    "transferred_classes",
)


def migrate(
    namespaces: Sequence[Namespace],
    tag: str | None,
    migrations: Mapping[str, Any] | None,
    *,
    exported: Collection[str],
    bound: Collection[str],
) -> tuple[tuple[Namespace, ...], str | None]:
    """Apply an upload's migrations to a script's namespaces.

    Args:
        tag: tag of the last migration that was applied to the script.
        exported: Durable Object classes that the new code exports.
        bound: classes of the script that bindings still name.
    Returns:
        The namespaces and the tag after the migrations. A renamed namespace keeps its unique key.
    Raises:
        CloudflareError: the tags do not match († 10079), a class is missing († 10064, 10070),
            exists already († 10074) or is still bound († 10061). The codes 10071 to 10073 are not
            known from the real API.
    """
    current = {namespace.class_name: namespace for namespace in namespaces}
    if migrations:
        _check_tag(tag, migrations.get("old_tag"))
        for step in migrations.get("steps") or [migrations]:
            _apply(current, step, exported=exported, bound=bound)
        tag = migrations.get("new_tag") or tag
    for class_name in current:
        if class_name not in exported:
            raise CloudflareError(
                400,
                10064,
                f"New version of script does not export class '{class_name}' which is depended on "
                "by existing Durable Objects. To delete them, use a delete-class migration.",
            )
    return tuple(current.values()), tag


def _check_tag(current: str | None, given: object) -> None:
    if (given or "") != (current or ""):
        raise CloudflareError(
            412,
            10079,
            f"Actor migration tag precondition failed, got tag '{given or ''}' when expected tag "
            f"is '{current or ''}'. Please make sure the tags match and try again.",
        )


def _apply(
    current: dict[str, Namespace],
    step: object,
    *,
    exported: Collection[str],
    bound: Collection[str],
) -> None:
    if not isinstance(step, dict) or any(
        not isinstance(step.get(key) or [], list) for key in _STEP_KEYS
    ):
        raise CloudflareError.invalid_upload("A migration step must be an object of lists.")
    if step.get("transferred_classes"):
        raise CloudflareError.not_emulated("The migration 'transferred_classes'")
    for key in ("new_classes", "new_sqlite_classes"):
        for class_name in step.get(key) or []:
            _create(current, class_name, sqlite=key == "new_sqlite_classes", exported=exported)
    for rename in step.get("renamed_classes") or []:
        _rename(current, rename)
    for class_name in step.get("deleted_classes") or []:
        _delete(current, class_name, bound=bound)


def _create(
    current: dict[str, Namespace], class_name: object, *, sqlite: bool, exported: Collection[str]
) -> None:
    verb = "new-sqlite-class" if sqlite else "new-class"
    if not isinstance(class_name, str):
        raise CloudflareError.invalid_upload(f"A {verb} migration must name a class.")
    if class_name in current:
        raise CloudflareError(
            400,
            10074,
            f"Cannot apply {verb} migration to class '{class_name}' that is already depended on "
            "by existing Durable Objects",
        )
    if class_name not in exported:
        raise CloudflareError(
            400,
            10070,
            f"Cannot apply {verb} migration to class '{class_name}' that is not exported by script",
        )
    identifier = new_id()
    current[class_name] = Namespace(
        id=identifier, class_name=class_name, sqlite=sqlite, unique_key=identifier
    )


def _rename(current: dict[str, Namespace], rename: object) -> None:
    if not isinstance(rename, dict) or not rename.get("from") or not rename.get("to"):
        raise CloudflareError.invalid_upload("A renamed class must have 'from' and 'to'.")
    source, target = str(rename["from"]), str(rename["to"])
    if source not in current:
        raise CloudflareError(
            400, 10072, f"Cannot apply rename-class migration to non-existent class '{source}'"
        )
    if target in current:
        raise CloudflareError(
            400,
            10073,
            f"Cannot apply rename-class migration to class '{target}': existing Durable Objects "
            "depend on it",
        )
    current[target] = replace(current.pop(source), class_name=target)


def _delete(current: dict[str, Namespace], class_name: object, *, bound: Collection[str]) -> None:
    if class_name not in current:
        raise CloudflareError(
            400, 10071, f"Cannot apply delete-class migration to non-existent class '{class_name}'"
        )
    if class_name in bound:
        raise CloudflareError(
            400,
            10061,
            f"Cannot apply --delete-class migration to class '{class_name}' without also removing "
            "the binding that references it.",
        )
    del current[str(class_name)]
