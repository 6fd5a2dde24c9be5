# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: billing."""

from __future__ import annotations

from datetime import date as calendar_date
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from clickhouse_api.base import Number, Open, ResponseModel

__all__ = [
    "ActiveBalance",
    "ActiveBalances",
    "CreditBalance",
    "CreditBalanceType",
    "CreditBalances",
    "UsageCost",
    "UsageCostMetrics",
    "UsageCostRecord",
    "UsageCostRecordEntityType",
]


class ActiveBalance(ResponseModel):
    id: str | None = None
    remaining_prepaid_credits: Number | None = None
    total_amount: Number | None = None
    amount_spent: Number | None = None
    start_date: datetime | None = None
    expiration_date: datetime | None = None


class ActiveBalances(ResponseModel):
    total_remaining_prepaid_credits: Number | None = None
    prepaid_balances: list[ActiveBalance] | None = None


class CreditBalanceType(StrEnum):
    PREPAID = "prepaid"
    TRIAL = "trial"


class UsageCostMetrics(ResponseModel):
    storage_chc: Annotated[Number | None, Field(alias="storageCHC")] = None
    backup_chc: Annotated[Number | None, Field(alias="backupCHC")] = None
    compute_chc: Annotated[Number | None, Field(alias="computeCHC")] = None
    data_transfer_chc: Annotated[Number | None, Field(alias="dataTransferCHC")] = None
    initial_load_chc: Annotated[Number | None, Field(alias="initialLoadCHC")] = None
    public_data_transfer_chc: Annotated[Number | None, Field(alias="publicDataTransferCHC")] = None
    inter_region_tier1_data_transfer_chc: Annotated[
        Number | None, Field(alias="interRegionTier1DataTransferCHC")
    ] = None
    inter_region_tier2_data_transfer_chc: Annotated[
        Number | None, Field(alias="interRegionTier2DataTransferCHC")
    ] = None
    inter_region_tier3_data_transfer_chc: Annotated[
        Number | None, Field(alias="interRegionTier3DataTransferCHC")
    ] = None
    inter_region_tier4_data_transfer_chc: Annotated[
        Number | None, Field(alias="interRegionTier4DataTransferCHC")
    ] = None


class UsageCostRecordEntityType(StrEnum):
    DATAWAREHOUSE = "datawarehouse"
    SERVICE = "service"
    CLICKPIPE = "clickpipe"


class CreditBalance(ResponseModel):
    id: str | None = None
    type: Open[CreditBalanceType] | None = None
    remaining_credits: Number | None = None
    total_amount: Number | None = None
    amount_spent: Number | None = None
    start_date: datetime | None = None
    expiration_date: datetime | None = None


class CreditBalances(ResponseModel):
    total_remaining_credits: Number | None = None
    balances: list[CreditBalance] | None = None


class UsageCostRecord(ResponseModel):
    data_warehouse_id: str | None = None
    service_id: str | None = None
    date: calendar_date | None = None
    entity_type: Open[UsageCostRecordEntityType] | None = None
    entity_id: str | None = None
    entity_name: str | None = None
    metrics: UsageCostMetrics | None = None
    total_chc: Annotated[Number | None, Field(alias="totalCHC")] = None
    locked: bool | None = None


class UsageCost(ResponseModel):
    grand_total_chc: Annotated[Number | None, Field(alias="grandTotalCHC")] = None
    costs: list[UsageCostRecord] | None = None
