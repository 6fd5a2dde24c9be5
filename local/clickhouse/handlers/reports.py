"""Reports of the organization: quotas, costs, activities, notifications. Costs are zero."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from local.clickhouse.errors import BadRequest, NotFound
from local.clickhouse.handlers.call import Call, Handler, Page, Text, page_of

__all__ = ["HANDLERS"]

Json = Any

# Quotas of new organizations. They are not enforced.
_QUOTAS = {
    "services-per-organization": ("organization", 20),
    "postgres-services-per-organization": ("organization", 10),
    "replicas-per-warehouse": ("warehouse", 20),
    "api-keys-per-organization": ("organization", 100),
}
_PROFILES = {"v1-default": 4, "v1-highmem-xs": 8, "v1-highmem-s": 8}
_LONGEST_COST_DAYS = 31
_CREATED = "create_organization"


async def quotas(call: Call) -> Json:
    return [_quota(call, code) for code in _QUOTAS]


async def quota(call: Call) -> Json:
    code = call.path["quotaCode"]
    if code not in _QUOTAS:
        raise NotFound(f"Quota {code} was not found")
    return _quota(call, code)


def _quota(call: Call, code: str) -> Json:
    used = {
        "services-per-organization": len(call.services.list()),
        "postgres-services-per-organization": len(call.organization.parts.get("postgres", {})),
        "api-keys-per-organization": len(call.keys),
    }
    scope, value = _QUOTAS[code]
    name = code.replace("-", " ").capitalize()
    shown = {"quotaCode": code, "name": name, "description": name, "scope": scope, "value": value}
    usage = {"usage": used[code]} if code in used else {}
    return {**shown, **usage, "adjustable": True}


async def profiles(_: Call) -> Json:
    return [
        {"profile": profile, "cpuCores": 2, "memoryGi": 2 * memory}
        for profile, memory in _PROFILES.items()
    ]


async def usage_cost(call: Call) -> Json:
    """Return no costs, for every period that the vendor allows."""
    first, last = _day(call, "from_date"), _day(call, "to_date")
    if not datetime.timedelta() <= last - first < datetime.timedelta(days=_LONGEST_COST_DAYS):
        raise BadRequest(f"to_date: it must be within {_LONGEST_COST_DAYS} days after from_date")
    return {"grandTotalCHC": 0, "costs": []}


def _day(call: Call, name: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(call.query[name])
    except ValueError:
        raise BadRequest(f"{name}: {call.query[name]!r} is not a date") from None


async def active_balances(_: Call) -> Json:
    return {"totalRemainingPrepaidCredits": 0, "prepaidBalances": []}


async def credit_balances(_: Call) -> Json:
    return {"totalRemainingCredits": 0, "balances": []}


async def activities(call: Call) -> Json:
    return [_activity(call)]


async def activity(call: Call) -> Json:
    if call.path["activityId"] != _activity(call)["id"]:
        raise NotFound(f"Activity {call.path['activityId']} was not found")
    return _activity(call)


def _activity(call: Call) -> Json:
    """Return the organization's creation, the only activity in the log."""
    organization = call.organization
    return {
        "id": f"{_CREATED}-{organization.id}",
        "createdAt": organization.created_at,
        "type": _CREATED,
        "actorType": "system",
        "organizationId": organization.id,
    }


async def notifications(call: Call) -> Page:
    return Page(*page_of([], call.query))


async def notification_types(_: Call) -> Json:
    return []


async def prometheus(call: Call) -> Text:
    lines = [
        f'ClickHouse_ServiceInfo{{clickhouse_service="{service.record.id}"}} 1\n'
        for service in call.services.list()
    ]
    return Text("".join(lines))


async def discovery(call: Call) -> Json:
    target = call.origin.removeprefix("http://")
    organization = f"/v1/organizations/{call.organization.id}"
    return [
        {
            "targets": [target],
            "labels": {
                "__scheme__": "http",
                "__metrics_path__": f"{organization}/services/{service.record.id}/prometheus",
                "clickhouse_org_id": call.organization.id,
                "clickhouse_service_id": service.record.id,
            },
        }
        for service in call.services.list()
    ]


async def private_endpoint_config(call: Call) -> Json:
    region = call.query["region_id"]
    return {"endpointServiceId": f"com.amazonaws.vpce.{region}.vpce-svc-local"}


HANDLERS: Mapping[str, Handler] = {
    "organizationQuotasGetList": quotas,
    "organizationQuotaGet": quota,
    "serviceProfilesList": profiles,
    "usageCostGet": usage_cost,
    "activeBalancesGet": active_balances,
    "creditBalancesGet": credit_balances,
    "activityGetList": activities,
    "activityGet": activity,
    "notificationGetList": notifications,
    "notificationTypesGetList": notification_types,
    "organizationPrometheusGet": prometheus,
    "organizationPrometheusDiscoveryGet": discovery,
    "organizationPrivateEndpointConfigGetList": private_endpoint_config,
}
