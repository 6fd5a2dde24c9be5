# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Operations of the control plane's API tagged Billing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from clickhouse_api import models
from clickhouse_api.exchange import Operation

if TYPE_CHECKING:
    from clickhouse_api.asynchronous.calls import AsyncCaller
    from clickhouse_api.blocking.calls import Caller

__all__ = ["AsyncBillingOperations", "BillingOperations"]

USAGE_COST_GET = Operation(
    "usageCostGet", "GET", "/organizations/{organizationId}/usageCost", repeatable=True
)
ACTIVE_BALANCES_GET = Operation(
    "activeBalancesGet", "GET", "/organizations/{organizationId}/activeBalances", repeatable=True
)
CREDIT_BALANCES_GET = Operation(
    "creditBalancesGet", "GET", "/organizations/{organizationId}/creditBalances", repeatable=True
)


class BillingOperations:
    """Operations tagged Billing; each method blocks until it has the response."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def usage_cost_get(
        self,
        organization_id: str,
        *,
        from_date: date | str,
        to_date: date | str,
        filter: Sequence[str] | None = None,
    ) -> models.UsageCost:
        """GET …/usageCost.

        Source: operation `usageCostGet`.
        """
        return self._caller.one(
            USAGE_COST_GET,
            path=(organization_id,),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "filter": filter,
            },
            result=models.UsageCost,
        )

    def active_balances_get(
        self,
        organization_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> models.ActiveBalances:
        """GET …/activeBalances (deprecated by the vendor).

        Source: operation `activeBalancesGet`.
        """
        return self._caller.one(
            ACTIVE_BALANCES_GET,
            path=(organization_id,),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ActiveBalances,
        )

    def credit_balances_get(
        self,
        organization_id: str,
    ) -> models.CreditBalances:
        """GET …/creditBalances.

        Source: operation `creditBalancesGet`.
        """
        return self._caller.one(
            CREDIT_BALANCES_GET,
            path=(organization_id,),
            result=models.CreditBalances,
        )


class AsyncBillingOperations:
    """Operations tagged Billing, as coroutines."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def usage_cost_get(
        self,
        organization_id: str,
        *,
        from_date: date | str,
        to_date: date | str,
        filter: Sequence[str] | None = None,
    ) -> models.UsageCost:
        """GET …/usageCost.

        Source: operation `usageCostGet`.
        """
        return await self._caller.one(
            USAGE_COST_GET,
            path=(organization_id,),
            query={
                "from_date": from_date,
                "to_date": to_date,
                "filter": filter,
            },
            result=models.UsageCost,
        )

    async def active_balances_get(
        self,
        organization_id: str,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> models.ActiveBalances:
        """GET …/activeBalances (deprecated by the vendor).

        Source: operation `activeBalancesGet`.
        """
        return await self._caller.one(
            ACTIVE_BALANCES_GET,
            path=(organization_id,),
            query={
                "limit": limit,
                "offset": offset,
            },
            result=models.ActiveBalances,
        )

    async def credit_balances_get(
        self,
        organization_id: str,
    ) -> models.CreditBalances:
        """GET …/creditBalances.

        Source: operation `creditBalancesGet`.
        """
        return await self._caller.one(
            CREDIT_BALANCES_GET,
            path=(organization_id,),
            result=models.CreditBalances,
        )
