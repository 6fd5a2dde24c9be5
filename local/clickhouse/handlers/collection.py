"""The one shape that most of the API has: things in a list, made, shown, changed, deleted.

A thing is kept as the document shows it, without secrets, under its service, or under the
organization where its path names no service; so it goes when its service goes.
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
Thing = dict[str, Json]

# Kept with a thing and shown to nobody: what it becomes, and from when on.
_NEXT = "_next"


def _as_asked(_: Call, body: Thing) -> Thing:
    return body


def _nothing_else(_: Call, __: Thing) -> None:
    return None


@dataclass(frozen=True)
class Collection:
    """Things of one kind.

    Attributes:
        name: under which they are kept.
        title: in messages.
        placeholder: of the id in the path.
        key: the field that is the id.
        list, create, get, update, replace, delete: operation ids; absent ones do not exist.
        paged: the list has `limit`, `totalCount` and `nextCursor` beside it.
        made: a new thing's fields from a request; it refuses what it must not be.
        changed: fields after an update, from those before and the request's.
        before_delete: refuses where others need the thing.
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
    made: Callable[[Call, Thing], Thing] = _as_asked
    changed: Callable[[Call, Thing, Thing], Thing] = lambda _, before, body: merged(before, body)
    before_delete: Callable[[Call, Thing], None] = _nothing_else

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """Of the operations it has."""
        acts = {
            self.list: self._list,
            self.create: self._create,
            self.get: self._get,
            self.update: self._update,
            self.replace: self._replace,
            self.delete: self._delete,
        }
        return {operation: act for operation, act in acts.items() if operation}

    def things(self, call: Call) -> dict[str, Thing]:
        """All of them by id, as they are now."""
        things: dict[str, Thing] = _parts(call).setdefault(self.name, {})
        for thing in things.values():
            settled(call, thing)
        return things

    def find(self, call: Call, id: str | None = None) -> Thing:
        """One of them: that of the path, unless another is asked for.

        Raises:
            NotFound: there is none.
        """
        wanted = call.path[self.placeholder] if id is None else id
        thing = self.things(call).get(wanted)
        if thing is None:
            raise NotFound(f"{self.title} {wanted} was not found")
        return thing

    def add(self, call: Call, fields: Thing) -> Thing:
        """A new thing with an id and all that the document wants, saved."""
        now = now_text()
        fresh = {"id": str(uuid.uuid4()), "createdAt": now, "updatedAt": now}
        if "serviceId" in call.path:
            fresh["serviceId"] = call.path["serviceId"]
        thing = {**fresh, **fields}
        # Fitted by the create's answer: it has no credentials, and so none are kept.
        kept: Thing = call.fitted(thing) | {n: v for n, v in thing.items() if n.startswith("_")}
        self.things(call)[str(kept[self.key])] = kept
        save(call)
        return kept

    def put(self, call: Call, thing: Thing) -> Thing:
        """A changed thing, fitted again and saved."""
        hidden = {n: v for n, v in thing.items() if n.startswith("_")}
        kept: Thing = call.fitted({**thing, "updatedAt": now_text()}) | hidden
        self.things(call)[str(kept[self.key])] = kept
        save(call)
        return kept

    async def _list(self, call: Call) -> Json | Page:
        shown = [call.fitted(thing, each=True) for thing in self.things(call).values()]
        if not self.paged:
            start = call.query.get("offset", 0)
            return shown[start:][: call.query.get("limit", len(shown))]
        items, beside = page_of(shown, call.query)
        return Page(items, {**beside, "totalCount": len(shown)})

    async def _create(self, call: Call) -> Json:
        return call.fitted(self.add(call, self.made(call, dict(call.body or {}))))

    async def _get(self, call: Call) -> Json:
        return call.fitted(self.find(call))

    async def _update(self, call: Call) -> Json:
        before = self.find(call)
        return call.fitted(self.put(call, self.changed(call, before, dict(call.body or {}))))

    async def _replace(self, call: Call) -> Json:
        before = self.find(call)
        made = self.made(call, dict(call.body or {}))
        fixed = {n: v for n, v in before.items() if n in ("id", "createdAt", "serviceId")}
        # A query endpoint's address is the server's, a webhook's is asked for.
        given = {"url": before["url"]} if "url" in before else {}
        return call.fitted(self.put(call, {**given, **made, **fixed}))

    async def _delete(self, call: Call) -> None:
        thing = self.find(call)
        self.before_delete(call, thing)
        del self.things(call)[str(thing[self.key])]
        save(call)


def _parts(call: Call) -> dict[str, Json]:
    if "serviceId" in call.path:
        return call.service.record.parts
    return call.organization.parts


def save(call: Call) -> None:
    """Whatever holds the things of this path."""
    if "serviceId" in call.path:
        call.service.record.save()
    else:
        call.organization.save()


def merged(before: Mapping[str, Json], patch: Mapping[str, Json]) -> Thing:
    """Objects are merged, everything else is replaced."""
    after = dict(before)
    for name, value in patch.items():
        inner = after.get(name)
        if isinstance(value, dict) and isinstance(inner, dict):
            after[name] = merged(inner, value)
        else:
            after[name] = value
    return after


def soon(call: Call, field: str, *, now: str, then: str, failed: str | None = None) -> Thing:
    """A field that has one value now and another after the time that provisioning takes."""
    after = {"field": field, "then": then, "failed": failed}
    return {field: now, _NEXT: {**after, "at": time.time() + call.faults.timing.provisioning}}


def settled(call: Call, thing: Thing) -> None:
    """Let a thing become what `soon` said, where the time has come and no fault keeps it."""
    following = thing.get(_NEXT)
    if following is None or call.faults.provisioning == "stuck" or time.time() < following["at"]:
        return
    fails = call.faults.provisioning == "failed" and following["failed"] is not None
    thing[following["field"]] = following["failed"] if fails else following["then"]
    del thing[_NEXT]
