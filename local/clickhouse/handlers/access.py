"""Roles, members and invitations. They are stored and returned, but not enforced."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, Conflict, NotFound
from local.clickhouse.handlers.call import Call, Handler
from local.clickhouse.handlers.collection import Collection, merged, save
from local.clickhouse.key_ring import SYSTEM_ROLES
from local.clickhouse.state import LocalOrganization

__all__ = ["HANDLERS", "accept_invitation", "custom_roles"]

Json = Any

_MEMBERS = "members"
_INVITATION_DAYS = 7
# The server adds this to every role; clients check only that their policies are included.
_GRANTED_ANYHOW = "control-plane:organization:view"


def _role(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    id = str(uuid.uuid4())
    _check_name(call, body["name"], id)
    organization = call.organization.id
    return {
        **body,
        "id": id,
        "tenantId": organization,
        "ownerId": organization,
        "type": "custom",
        "policies": _policies(call, id, body["policies"]),
    }


def _changed_role(call: Call, before: dict[str, Json], body: dict[str, Json]) -> dict[str, Json]:
    """Return the role with all policies replaced."""
    _check_name(call, body.get("name", before["name"]), before["id"])
    if "policies" in body:
        body["policies"] = _policies(call, before["id"], body["policies"])
    return merged(before, body)


def _policies(call: Call, role: str, requested: list[Json]) -> list[Json]:
    policies = list(requested)
    if not any(_GRANTED_ANYHOW in policy["permissions"] for policy in requested):
        resource = f"organization/{call.organization.id}"
        granted = {"permissions": [_GRANTED_ANYHOW], "resources": [resource]}
        policies.append({"allowDeny": "ALLOW", **granted})
    owned = {"roleId": role, "tenantId": call.organization.id}
    return [{**policy, **owned, "id": str(uuid.uuid4())} for policy in policies]


def _check_name(call: Call, name: Json, id: str) -> None:
    holders = [r for r in _ROLES.items(call).values() if r["name"] == name and r["id"] != id]
    if holders or name in SYSTEM_ROLES:
        raise Conflict(f"name: there is a role {name!r} already")


def _role_is_free(call: Call, role: dict[str, Json]) -> None:
    for member in _members(call.organization).values():
        if role["id"] in member["roleIds"]:
            raise Conflict(f"Role {role['name']} is assigned to {member['email']}")
    for key in call.keys:
        if role["id"] in key.custom_role_ids:
            raise Conflict(f"Role {role['name']} is assigned to API key {key.name}")


def _invitation(call: Call, body: dict[str, Json]) -> dict[str, Json]:
    email = body["email"].lower()
    invited = [i["email"] for i in _INVITATIONS.items(call).values()]
    if email in (*invited, *(m["email"] for m in _members(call.organization).values())):
        raise Conflict(f"email: {email} is invited or a member already")
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=_INVITATION_DAYS)
    ids = _role_ids(call, body, default="developer")
    return {
        "email": email,
        "role": _old_role(ids),
        "assignedRoles": _assigned(call, ids),
        "expireAt": end.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


_ROLES = Collection(
    name="roles",
    title="Role",
    placeholder="roleId",
    create="organizationRolePost",
    update="organizationRolePatch",
    delete="organizationRoleDelete",
    build=_role,
    changed=_changed_role,
    before_delete=_role_is_free,
)
_INVITATIONS = Collection(
    name="invitations",
    title="Invitation",
    placeholder="invitationId",
    list="invitationGetList",
    create="invitationCreate",
    get="invitationGet",
    delete="invitationDelete",
    build=_invitation,
)


def custom_roles(call: Call) -> dict[str, dict[str, Json]]:
    """Return the custom roles by id."""
    return _ROLES.items(call)


async def list_roles(call: Call) -> Json:
    """Return all roles, the system roles first."""
    return [*_system_roles(call).values(), *_shown_roles(call)]


async def get_role(call: Call) -> Json:
    return _system_roles(call).get(call.path["roleId"]) or call.fitted(_ROLES.find(call))


async def change_role(call: Call) -> Json:
    _reject_system_role(call)
    return await _ROLES.handlers["organizationRolePatch"](call)


async def delete_role(call: Call) -> None:
    _reject_system_role(call)
    await _ROLES.handlers["organizationRoleDelete"](call)


def _reject_system_role(call: Call) -> None:
    if call.path["roleId"] in SYSTEM_ROLES.values():
        raise BadRequest("a system role can be neither changed nor deleted")


def _shown_roles(call: Call) -> list[Json]:
    return [call.fitted(role, each=True) for role in _ROLES.items(call).values()]


def _system_roles(call: Call) -> dict[str, Json]:
    organization = call.organization
    return {
        id: {
            "id": id,
            "tenantId": organization.id,
            "ownerId": "system",
            "name": name,
            "type": "system",
            "actors": [],
            "policies": [],
            "createdAt": organization.created_at,
            "updatedAt": organization.created_at,
        }
        for name, id in SYSTEM_ROLES.items()
    }


async def list_members(call: Call) -> Json:
    return [_shown_member(call, member) for member in _members(call.organization).values()]


async def get_member(call: Call) -> Json:
    return _shown_member(call, _member(call))


async def change_member(call: Call) -> Json:
    member = _member(call)
    before = member["roleIds"]
    # Without either field no role changes. An empty list removes all roles.
    after = _role_ids(call, call.body, default="developer") if call.body else before
    if SYSTEM_ROLES["admin"] in before and SYSTEM_ROLES["admin"] not in after:
        _reject_last_admin(call, member)
    _save_member(call, {**member, "roleIds": after})
    return _shown_member(call, _member(call))


async def delete_member(call: Call) -> None:
    member = _member(call)
    _reject_last_admin(call, member)
    call.organization.parts[_MEMBERS] = {
        id: m for id, m in _members(call.organization).items() if id != member["userId"]
    }
    save(call)


def _reject_last_admin(call: Call, member: Mapping[str, Json]) -> None:
    admin = SYSTEM_ROLES["admin"]
    admins = [m for m in _members(call.organization).values() if admin in m["roleIds"]]
    if admins == [member]:
        raise BadRequest("the last admin of an organization cannot be removed")


def accept_invitation(organization: LocalOrganization, id: str) -> Json:
    """Add the invited user to the members, as the link in the vendor's mail does.

    Raises:
        NotFound: the invitation does not exist.
    """
    invitation = organization.parts.get("invitations", {}).pop(id, None)
    if invitation is None:
        raise NotFound(f"Invitation {id} was not found")
    user_id, email = str(uuid.uuid4()), invitation["email"]
    roles = [role["roleId"] for role in invitation["assignedRoles"]]
    member = {"userId": user_id, "name": email.partition("@")[0], "email": email, "roleIds": roles}
    organization.parts[_MEMBERS] = {**_members(organization), user_id: member}
    organization.save()
    return {"userId": user_id}


def _members(organization: LocalOrganization) -> dict[str, Json]:
    """Return the members, at first an admin and a developer."""
    created: dict[str, Json] = {}
    for name, role in (("owner", "admin"), ("colleague", "developer")):
        id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{name}.members.localhost"))
        member = {"userId": id, "name": name.title(), "email": f"{name}@example.com"}
        created[id] = {**member, "roleIds": [SYSTEM_ROLES[role]]}
    return dict(organization.parts.get(_MEMBERS, created))


def _member(call: Call) -> dict[str, Json]:
    member = _members(call.organization).get(call.path["userId"])
    if member is None:
        raise NotFound(f"Member {call.path['userId']} was not found")
    return dict(member)


def _save_member(call: Call, member: Mapping[str, Json]) -> None:
    call.organization.parts[_MEMBERS] = {**_members(call.organization), member["userId"]: member}
    save(call)


def _shown_member(call: Call, member: Mapping[str, Json]) -> Json:
    shown = {name: member[name] for name in ("userId", "name", "email")}
    return {
        **shown,
        "role": _old_role(member["roleIds"]),
        "joinedAt": call.organization.created_at,
        "assignedRoles": _assigned(call, member["roleIds"]),
    }


def _role_ids(call: Call, body: Mapping[str, Json], *, default: str) -> list[str]:
    if "role" in body and "assignedRoleIds" in body:
        raise BadRequest("role and assignedRoleIds cannot both be given")
    if "assignedRoleIds" not in body:
        return [SYSTEM_ROLES[body.get("role", default)]]
    ids = list(dict.fromkeys(body["assignedRoleIds"]))
    known = {*SYSTEM_ROLES.values(), *_ROLES.items(call)}
    for id in ids:
        if id not in known:
            raise BadRequest(f"assignedRoleIds: there is no role {id}")
    return ids


def _old_role(ids: list[str]) -> str:
    return "admin" if SYSTEM_ROLES["admin"] in ids else "developer"


def _assigned(call: Call, ids: list[str]) -> list[Json]:
    roles = {**_system_roles(call), **_ROLES.items(call)}
    return [
        {"roleId": id, "roleName": roles[id]["name"], "roleType": roles[id]["type"]} for id in ids
    ]


HANDLERS: Mapping[str, Handler] = {
    **_ROLES.handlers,
    **_INVITATIONS.handlers,
    "organizationRolesGetList": list_roles,
    "organizationRoleGet": get_role,
    "organizationRolePatch": change_role,
    "organizationRoleDelete": delete_role,
    "memberGetList": list_members,
    "memberGet": get_member,
    "memberUpdate": change_member,
    "memberDelete": delete_member,
}
