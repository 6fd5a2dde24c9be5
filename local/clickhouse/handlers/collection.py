"""Implements the operations that most kinds of objects have: list, create, get, update, delete.

An object is stored in the form of its response, without secrets. It belongs to the service in its
path and is deleted with it. If the path has no service, the object belongs to the organization.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.clickhouse.errors import NotFound
from local.clickhouse.handlers.call import Call, Handler, Page, page_of
from local.clickhouse.state import now_text

__all__ = ["Collection", "merged", "settled", "soon"]

Json = Any
Item = dict[str, Json]

# Stored with an object and never returned: its next values, and the time of the change.
_NEXT = "_next"


def _as_requested(_: Call, body: Item) -> Item:
    return body


def _nothing_else(_: Call, __: Item) -> None:
    return None


@dataclass(frozen=True)
class Collection:
    """Objects of one kind.

    Attributes:
        name: name of the collection in the stored state.
        title: name of an object in messages.
        placeholder: placeholder of the id in the path.
        key: field with the id.
        list, create, get, update, replace, delete: operation ids; empty if there is none.
        paged: the response of the list has `limit`, `totalCount` and `nextCursor`.
        build: returns a new object's fields from a request, or rejects the request.
        changed: returns the fields after an update, from the current fields and the request's.
        before_delete: rejects the deletion of an object that others use.
    """

    name: str
    title: str
    placeholder: str
    key: str = "id"
    list: str = ""
    create: str = ""
    get: str = ""
    update: str = ""
    replace: str = ""
    delete: str = ""
    paged: bool = False
    build: Callable[[Call, Item], Item] = _as_requested
    changed: Callable[[Call, Item, Item], Item] = lambda _, before, body: merged(before, body)
    before_delete: Callable[[Call, Item], None] = _nothing_else

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Return the handlers by operation id."""
        acts = {
            self.list: self._list,
            self.create: self._create,
            self.get: self._get,
            self.update: self._update,
            self.replace: self._replace,
            self.delete: self._delete,
        }
        return {operation: act for operation, act in acts.items() if operation}

    def items(self, call: Call) -> dict[str, Item]:
        """Return the current objects by id."""
        items: dict[str, Item] = _parts(call).setdefault(self.name, {})
        for item in items.values():
            settled(call, item)
        return items

    def find(self, call: Call, id: str | None = None) -> Item:
        """Return one object: that of the path, or that with `id`.

        Raises:
            NotFound: the object does not exist.
        """
        wanted = call.path[self.placeholder] if id is None else id
        item = self.items(call).get(wanted)
        if item is None:
            raise NotFound(f"{self.title} {wanted} was not found")
        return item

    def add(self, call: Call, fields: Item) -> Item:
        """Save a new object with an id and all fields of the response. Return it."""
        now = now_text()
        fresh = {"id": str(uuid.uuid4()), "createdAt": now, "updatedAt": now}
        if "serviceId" in call.path:
            fresh["serviceId"] = call.path["serviceId"]
        item = {**fresh, **fields}
        # The response of the create has no credentials, so none are stored.
        kept: Item = call.fitted(item) | {n: v for n, v in item.items() if n.startswith("_")}
        self.items(call)[str(kept[self.key])] = kept
        save(call)
        return kept

    def put(self, call: Call, item: Item) -> Item:
        """Save a changed object with the fields of the response. Return it."""
        hidden = {n: v for n, v in item.items() if n.startswith("_")}
        kept: Item = call.fitted({**item, "updatedAt": now_text()}) | hidden
        self.items(call)[str(kept[self.key])] = kept
        save(call)
        return kept

    async def _list(self, call: Call) -> Json | Page:
        shown = [call.fitted(item, each=True) for item in self.items(call).values()]
        if not self.paged:
            start = call.query.get("offset", 0)
            return shown[start:][: call.query.get("limit", len(shown))]
        items, fields = page_of(shown, call.query)
        return Page(items, {**fields, "totalCount": len(shown)})

    async def _create(self, call: Call) -> Json:
        return call.fitted(self.add(call, self.build(call, dict(call.body or {}))))

    async def _get(self, call: Call) -> Json:
        return call.fitted(self.find(call))

    async def _update(self, call: Call) -> Json:
        before = self.find(call)
        return call.fitted(self.put(call, self.changed(call, before, dict(call.body or {}))))

    async def _replace(self, call: Call) -> Json:
        before = self.find(call)
        replaced = self.build(call, dict(call.body or {}))
        fixed = {n: v for n, v in before.items() if n in ("id", "createdAt", "serviceId")}
        # The server assigns the address of a query endpoint; a webhook's is in the request.
        given = {"url": before["url"]} if "url" in before else {}
        return call.fitted(self.put(call, {**given, **replaced, **fixed}))

    async def _delete(self, call: Call) -> None:
        item = self.find(call)
        self.before_delete(call, item)
        del self.items(call)[str(item[self.key])]
        save(call)


def _parts(call: Call) -> dict[str, Json]:
    if "serviceId" in call.path:
        return call.service.record.parts
    return call.organization.parts


def save(call: Call) -> None:
    """Save the service or the organization of this path."""
    if "serviceId" in call.path:
        call.service.record.save()
    else:
        call.organization.save()


def merged(before: Mapping[str, Json], patch: Mapping[str, Json]) -> Item:
    """Return `before` with a patch applied: objects are merged, other values replaced."""
    after = dict(before)
    for name, value in patch.items():
        inner = after.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            after[name] = merged(inner, value)
        else:
            after[name] = value
    return after


def soon(call: Call, field: str, *, now: str, then: str, failed: str | None = None) -> Item:
    """Return a field with its current value, and the value after the time for provisioning."""
    after = {"field": field, "then": then, "failed": failed}
    return {field: now, _NEXT: {**after, "at": time.time() + call.faults.timing.provisioning}}


def settled(call: Call, item: Item) -> None:
    """Apply the later values of `soon`, if their time has come and no fault delays them."""
    following = item.get(_NEXT)
    if following is None or call.faults.provisioning == "stuck" or time.time() < following["at"]:
        return
    fails = call.faults.provisioning == "failed" and following["failed"] is not None
    item[following["field"]] = following["failed"] if fails else following["then"]
    del item[_NEXT]
