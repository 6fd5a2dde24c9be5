# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: click stack."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field
from typing_extensions import TypeAliasType

from clickhouse_api.base import Number, Open, RequestModel, ResponseModel, UnknownVariant
from clickhouse_api.models.common import PostgresLogsGetListSortOrder

__all__ = [
    "ClickStackAction",
    "ClickStackAggFn",
    "ClickStackAggregatedColumn",
    "ClickStackAggregatedColumnOutput",
    "ClickStackAlertBarBuilderChartConfig",
    "ClickStackAlertBarBuilderChartConfigOutput",
    "ClickStackAlertBarChartConfig",
    "ClickStackAlertBarChartConfigOutput",
    "ClickStackAlertBarRawSqlChartConfig",
    "ClickStackAlertBarRawSqlChartConfigOutput",
    "ClickStackAlertChannel",
    "ClickStackAlertChannelEmail",
    "ClickStackAlertChannelEmailOutput",
    "ClickStackAlertChannelOutput",
    "ClickStackAlertChannelType",
    "ClickStackAlertChannelWebhook",
    "ClickStackAlertChannelWebhookOutput",
    "ClickStackAlertChannelWebhookSeverity",
    "ClickStackAlertChannels",
    "ClickStackAlertChannelsOutput",
    "ClickStackAlertChartConfig",
    "ClickStackAlertChartConfigOutput",
    "ClickStackAlertExecutionError",
    "ClickStackAlertExecutionErrorType",
    "ClickStackAlertLineBuilderChartConfig",
    "ClickStackAlertLineBuilderChartConfigOutput",
    "ClickStackAlertLineChartConfig",
    "ClickStackAlertLineChartConfigOutput",
    "ClickStackAlertLineRawSqlChartConfig",
    "ClickStackAlertLineRawSqlChartConfigOutput",
    "ClickStackAlertNumberBuilderChartConfig",
    "ClickStackAlertNumberBuilderChartConfigOutput",
    "ClickStackAlertNumberChartConfig",
    "ClickStackAlertNumberChartConfigOutput",
    "ClickStackAlertNumberRawSqlChartConfig",
    "ClickStackAlertNumberRawSqlChartConfigOutput",
    "ClickStackAlertResponse",
    "ClickStackAlertResponseSource",
    "ClickStackAlertResponseState",
    "ClickStackAlertSilenced",
    "ClickStackAlertStackedLineBuilderChartConfig",
    "ClickStackAlertStackedLineBuilderChartConfigOutput",
    "ClickStackAlertStackedLineChartConfig",
    "ClickStackAlertStackedLineChartConfigOutput",
    "ClickStackAlertStackedLineRawSqlChartConfig",
    "ClickStackAlertStackedLineRawSqlChartConfigOutput",
    "ClickStackBackgroundChart",
    "ClickStackBackgroundChartOutput",
    "ClickStackBackgroundChartType",
    "ClickStackBarBuilderChartConfig",
    "ClickStackBarBuilderChartConfigOutput",
    "ClickStackBarChartConfig",
    "ClickStackBarChartConfigOutput",
    "ClickStackBarRawSqlChartConfig",
    "ClickStackBarRawSqlChartConfigOutput",
    "ClickStackBetweenColorCondition",
    "ClickStackBetweenColorConditionOutput",
    "ClickStackCASLPermission",
    "ClickStackCASLPermissionOutput",
    "ClickStackCategoricalBarBuilderChartConfig",
    "ClickStackCategoricalBarBuilderChartConfigOutput",
    "ClickStackCategoricalBarChartConfig",
    "ClickStackCategoricalBarChartConfigOutput",
    "ClickStackCategoricalBarRawSqlChartConfig",
    "ClickStackCategoricalBarRawSqlChartConfigOutput",
    "ClickStackClickHouseCASLPermission",
    "ClickStackClickHouseCASLPermissionConditions",
    "ClickStackClickHouseCASLPermissionConditionsFrom",
    "ClickStackClickHouseCASLPermissionConditionsFromOutput",
    "ClickStackClickHouseCASLPermissionConditionsOutput",
    "ClickStackClickHouseCASLPermissionOutput",
    "ClickStackColor",
    "ClickStackCreateAlertRequest",
    "ClickStackCreateDashboardRequest",
    "ClickStackCreateRoleRequest",
    "ClickStackDashboardChartSeries",
    "ClickStackDashboardContainer",
    "ClickStackDashboardContainerOutput",
    "ClickStackDashboardContainerTab",
    "ClickStackDashboardContainerTabOutput",
    "ClickStackDashboardResponse",
    "ClickStackEqualityColorCondition",
    "ClickStackEqualityColorConditionOperator",
    "ClickStackEqualityColorConditionOutput",
    "ClickStackEventPatternsChartConfig",
    "ClickStackEventPatternsChartConfigOutput",
    "ClickStackFilter",
    "ClickStackFilterInput",
    "ClickStackFilterOutput",
    "ClickStackFilterSettingsColumn",
    "ClickStackFilterSettingsColumnOutput",
    "ClickStackFormula",
    "ClickStackFormulaOutput",
    "ClickStackGenericWebhook",
    "ClickStackHeatmapChartConfig",
    "ClickStackHeatmapChartConfigOutput",
    "ClickStackHeatmapDistributionChartConfig",
    "ClickStackHeatmapDistributionChartConfigOutput",
    "ClickStackHeatmapSelectItem",
    "ClickStackHeatmapSelectItemHeatmapScaleType",
    "ClickStackHeatmapSelectItemOutput",
    "ClickStackHeatmapSeriesChartConfig",
    "ClickStackHeatmapSeriesChartConfigOutput",
    "ClickStackHighlightedAttributeExpression",
    "ClickStackHighlightedAttributeExpressionOutput",
    "ClickStackIncidentIOWebhook",
    "ClickStackInterval",
    "ClickStackLineBuilderChartConfig",
    "ClickStackLineBuilderChartConfigOutput",
    "ClickStackLineChartConfig",
    "ClickStackLineChartConfigOutput",
    "ClickStackLineInterpolation",
    "ClickStackLineRawSqlChartConfig",
    "ClickStackLineRawSqlChartConfigOutput",
    "ClickStackLogSource",
    "ClickStackLogSourceMetadataMaterializedViews",
    "ClickStackLogSourceMetadataMaterializedViewsOutput",
    "ClickStackLogSourceOutput",
    "ClickStackMarkdownChartConfig",
    "ClickStackMarkdownChartConfigOutput",
    "ClickStackMarkdownChartSeries",
    "ClickStackMaterializedView",
    "ClickStackMaterializedViewOutput",
    "ClickStackMetricDataType",
    "ClickStackMetricSource",
    "ClickStackMetricSourceFrom",
    "ClickStackMetricSourceFromOutput",
    "ClickStackMetricSourceOutput",
    "ClickStackMetricTables",
    "ClickStackMetricTablesOutput",
    "ClickStackMongoDBCASLPermission",
    "ClickStackMongoDBCASLPermissionConditions",
    "ClickStackMongoDBCASLPermissionConditionsOutput",
    "ClickStackMongoDBCASLPermissionOutput",
    "ClickStackMongoDBCASLPermissionRegex",
    "ClickStackMongoDBCASLPermissionRegexOutput",
    "ClickStackNumberBuilderChartConfig",
    "ClickStackNumberBuilderChartConfigOutput",
    "ClickStackNumberChartConfig",
    "ClickStackNumberChartConfigOutput",
    "ClickStackNumberChartSeries",
    "ClickStackNumberFormat",
    "ClickStackNumberFormatNumericUnit",
    "ClickStackNumberFormatOutput",
    "ClickStackNumberRawSqlChartConfig",
    "ClickStackNumberRawSqlChartConfigOutput",
    "ClickStackNumberTileColorCondition",
    "ClickStackNumberTileColorConditionOutput",
    "ClickStackNumericColorCondition",
    "ClickStackNumericColorConditionOperator",
    "ClickStackNumericColorConditionOutput",
    "ClickStackOnClick",
    "ClickStackOnClickDashboard",
    "ClickStackOnClickDashboardOutput",
    "ClickStackOnClickExternal",
    "ClickStackOnClickExternalOutput",
    "ClickStackOnClickFilterTemplate",
    "ClickStackOnClickFilterTemplateOutput",
    "ClickStackOnClickOutput",
    "ClickStackOnClickSearch",
    "ClickStackOnClickSearchOutput",
    "ClickStackOnClickTarget",
    "ClickStackOnClickTargetIdVariant",
    "ClickStackOnClickTargetIdVariantOutput",
    "ClickStackOnClickTargetOutput",
    "ClickStackOnClickTargetTemplateVariant",
    "ClickStackOnClickTargetTemplateVariantOutput",
    "ClickStackPagerDutyAPIWebhook",
    "ClickStackPieBuilderChartConfig",
    "ClickStackPieBuilderChartConfigOutput",
    "ClickStackPieChartConfig",
    "ClickStackPieChartConfigOutput",
    "ClickStackPieRawSqlChartConfig",
    "ClickStackPieRawSqlChartConfigOutput",
    "ClickStackPrometheusLabelFilter",
    "ClickStackPrometheusLabelFilterInput",
    "ClickStackPrometheusLabelFilterOutput",
    "ClickStackPromqlSource",
    "ClickStackPromqlSourceOutput",
    "ClickStackQueryExpressionFilter",
    "ClickStackQueryExpressionFilterInput",
    "ClickStackQueryExpressionFilterOutput",
    "ClickStackQuerySetting",
    "ClickStackQuerySettingOutput",
    "ClickStackRole",
    "ClickStackSavedFilterValue",
    "ClickStackSavedFilterValueOutput",
    "ClickStackSavedSearch",
    "ClickStackSavedSearchFilter",
    "ClickStackSavedSearchFilterOutput",
    "ClickStackSavedSearchInput",
    "ClickStackSearchChartConfig",
    "ClickStackSearchChartConfigOutput",
    "ClickStackSearchChartSeries",
    "ClickStackSelectItem",
    "ClickStackSelectItemOutput",
    "ClickStackSessionSource",
    "ClickStackSessionSourceOutput",
    "ClickStackSlackAPIWebhook",
    "ClickStackSlackWebhook",
    "ClickStackSource",
    "ClickStackSourceFilter",
    "ClickStackSourceFilterInput",
    "ClickStackSourceFilterOutput",
    "ClickStackSourceFilterSettings",
    "ClickStackSourceFilterSettingsOutput",
    "ClickStackSourceFrom",
    "ClickStackSourceFromOutput",
    "ClickStackSourceOutput",
    "ClickStackSqlSavedFilterValue",
    "ClickStackSqlSavedFilterValueOutput",
    "ClickStackStackedLineBuilderChartConfig",
    "ClickStackStackedLineBuilderChartConfigOutput",
    "ClickStackStackedLineChartConfig",
    "ClickStackStackedLineChartConfigOutput",
    "ClickStackStackedLineRawSqlChartConfig",
    "ClickStackStackedLineRawSqlChartConfigOutput",
    "ClickStackStaticListFilter",
    "ClickStackStaticListFilterInput",
    "ClickStackStaticListFilterOutput",
    "ClickStackSubject",
    "ClickStackTableBuilderChartConfig",
    "ClickStackTableBuilderChartConfigOutput",
    "ClickStackTableChartConfig",
    "ClickStackTableChartConfigOutput",
    "ClickStackTableChartSeries",
    "ClickStackTableRawSqlChartConfig",
    "ClickStackTableRawSqlChartConfigOutput",
    "ClickStackThresholdType",
    "ClickStackTileConfig",
    "ClickStackTileConfigOutput",
    "ClickStackTileInput",
    "ClickStackTileOutput",
    "ClickStackTimeChartSeries",
    "ClickStackTimeChartSeriesDisplayType",
    "ClickStackTraceSource",
    "ClickStackTraceSourceMetadataMaterializedViews",
    "ClickStackTraceSourceMetadataMaterializedViewsOutput",
    "ClickStackTraceSourceOutput",
    "ClickStackUpdateAlertRequest",
    "ClickStackUpdateDashboardRequest",
    "ClickStackUpdateRoleRequest",
    "ClickStackUseTextIndexForImplicitColumn",
    "ClickStackValidateDashboardError",
    "ClickStackValidateDashboardResponse",
    "ClickStackValidateDashboardResponseNormalized",
    "ClickStackValidateWebhookResponse",
    "ClickStackValidateWebhookResponseErrorsItem",
    "ClickStackValidateWebhookResponseNormalized",
    "ClickStackVariableSavedFilterValue",
    "ClickStackVariableSavedFilterValueOutput",
    "ClickStackWebhook",
    "ClickStackWebhookInput",
    "ClickStackWebhookInputHeaders",
    "ClickStackWebhookInputQueryParams",
    "ClickStackWebhookInputService",
    "ClickStackWhereLanguage",
]


class ClickStackAction(StrEnum):
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"
    MANAGE = "manage"


class ClickStackAggFn(StrEnum):
    AVG = "avg"
    COUNT = "count"
    COUNT_DISTINCT = "count_distinct"
    LAST_VALUE = "last_value"
    MAX = "max"
    MIN = "min"
    QUANTILE = "quantile"
    SUM = "sum"
    ANY = "any"
    NONE = "none"


class ClickStackAggregatedColumn(RequestModel):
    source_column: str | None = None
    agg_fn: str
    mv_column: str


class ClickStackAggregatedColumnOutput(ResponseModel):
    source_column: str | None = None
    agg_fn: str | None = None
    mv_column: str | None = None


class ClickStackAlertChannelType(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"


class ClickStackAlertChannelWebhookSeverity(StrEnum):
    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ClickStackAlertExecutionErrorType(StrEnum):
    QUERY_ERROR = "QUERY_ERROR"
    QUERY_TIMEOUT = "QUERY_TIMEOUT"
    WEBHOOK_ERROR = "WEBHOOK_ERROR"
    INVALID_ALERT = "INVALID_ALERT"
    UNKNOWN = "UNKNOWN"


class ClickStackAlertResponseSource(StrEnum):
    SAVED_SEARCH = "saved_search"
    TILE = "tile"
    INLINE = "inline"


class ClickStackAlertResponseState(StrEnum):
    ALERT = "ALERT"
    OK = "OK"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    DISABLED = "DISABLED"
    PENDING = "PENDING"


class ClickStackAlertSilenced(ResponseModel):
    by: str | None = None
    at: datetime | None = None
    until: datetime | None = None


class ClickStackBackgroundChartType(StrEnum):
    LINE = "line"
    AREA = "area"


class ClickStackClickHouseCASLPermissionConditionsFrom(RequestModel):
    database_name: str
    table_name: str


class ClickStackClickHouseCASLPermissionConditionsFromOutput(ResponseModel):
    database_name: str | None = None
    table_name: str | None = None


class ClickStackColor(StrEnum):
    CHART_BLUE = "chart-blue"
    CHART_ORANGE = "chart-orange"
    CHART_RED = "chart-red"
    CHART_CYAN = "chart-cyan"
    CHART_GREEN = "chart-green"
    CHART_PINK = "chart-pink"
    CHART_PURPLE = "chart-purple"
    CHART_LIGHT_BLUE = "chart-light-blue"
    CHART_BROWN = "chart-brown"
    CHART_GRAY = "chart-gray"
    CHART_SUCCESS = "chart-success"
    CHART_WARNING = "chart-warning"
    CHART_ERROR = "chart-error"


class ClickStackDashboardContainerTab(RequestModel):
    id: str
    title: str


class ClickStackDashboardContainerTabOutput(ResponseModel):
    id: str | None = None
    title: str | None = None


class ClickStackEqualityColorConditionOperator(StrEnum):
    EQ = "eq"
    NEQ = "neq"


class ClickStackEqualityColorConditionOutput(ResponseModel):
    operator: Open[ClickStackEqualityColorConditionOperator] | None = None
    value: Number | str | None = None
    color: Open[ClickStackColor] | None = None
    label: str | None = None


class ClickStackFilterSettingsColumn(RequestModel):
    name: str
    label: str
    value_expression: str | None = None
    allow_all: bool | None = None


class ClickStackFilterSettingsColumnOutput(ResponseModel):
    name: str | None = None
    label: str | None = None
    value_expression: str | None = None
    allow_all: bool | None = None


class ClickStackGenericWebhook(ResponseModel):
    id: str | None = None
    name: str | None = None
    service: Literal["generic"] | None = None
    url: str | None = None
    description: str | None = None
    body: str | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None


class ClickStackHeatmapSelectItemHeatmapScaleType(StrEnum):
    LOG = "log"
    LINEAR = "linear"


class ClickStackHeatmapSelectItemOutput(ResponseModel):
    value_expression: str | None = None
    count_expression: str | None = None
    heatmap_scale_type: Open[ClickStackHeatmapSelectItemHeatmapScaleType] | None = None


class ClickStackHighlightedAttributeExpression(RequestModel):
    sql_expression: str
    lucene_expression: str | None = None
    alias: str | None = None


class ClickStackHighlightedAttributeExpressionOutput(ResponseModel):
    sql_expression: str | None = None
    lucene_expression: str | None = None
    alias: str | None = None


class ClickStackIncidentIOWebhook(ResponseModel):
    id: str | None = None
    name: str | None = None
    service: Literal["incidentio"] | None = None
    url: str | None = None
    description: str | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None


class ClickStackInterval(StrEnum):
    VALUE_30S = "30s"
    VALUE_1M = "1m"
    VALUE_5M = "5m"
    VALUE_15M = "15m"
    VALUE_30M = "30m"
    VALUE_1H = "1h"
    VALUE_6H = "6h"
    VALUE_12H = "12h"
    VALUE_1D = "1d"


class ClickStackLineInterpolation(StrEnum):
    SMOOTH = "smooth"
    LINEAR = "linear"
    STEP = "step"


class ClickStackLogSourceMetadataMaterializedViews(RequestModel):
    key_rollup_table: str | None = None
    kv_rollup_table: str | None = None
    granularity: str | None = None


class ClickStackLogSourceMetadataMaterializedViewsOutput(ResponseModel):
    key_rollup_table: str | None = None
    kv_rollup_table: str | None = None
    granularity: str | None = None


class ClickStackMarkdownChartConfig(RequestModel):
    display_type: Literal["markdown"]
    markdown: str | None = None


class ClickStackMarkdownChartConfigOutput(ResponseModel):
    display_type: Literal["markdown"] | None = None
    markdown: str | None = None


class ClickStackMarkdownChartSeries(RequestModel):
    type: Literal["markdown"]
    content: str


class ClickStackMaterializedView(RequestModel):
    database_name: str
    table_name: str
    dimension_columns: str
    min_granularity: str
    min_date: AwareDatetime | None = None
    timestamp_column: str
    aggregated_columns: list[ClickStackAggregatedColumn]


class ClickStackMaterializedViewOutput(ResponseModel):
    database_name: str | None = None
    table_name: str | None = None
    dimension_columns: str | None = None
    min_granularity: str | None = None
    min_date: datetime | None = None
    timestamp_column: str | None = None
    aggregated_columns: list[ClickStackAggregatedColumnOutput] | None = None


class ClickStackMetricDataType(StrEnum):
    SUM = "sum"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    SUMMARY = "summary"
    EXPONENTIAL_HISTOGRAM = "exponential histogram"


class ClickStackMetricSourceFrom(RequestModel):
    database_name: str
    table_name: str | None = None


class ClickStackMetricSourceFromOutput(ResponseModel):
    database_name: str | None = None
    table_name: str | None = None


class ClickStackMetricTables(RequestModel):
    gauge: str | None = None
    histogram: str | None = None
    sum: str | None = None
    summary: str | None = None
    exponential_histogram: Annotated[str | None, Field(alias="exponential histogram")] = None


class ClickStackMetricTablesOutput(ResponseModel):
    gauge: str | None = None
    histogram: str | None = None
    sum: str | None = None
    summary: str | None = None
    exponential_histogram: Annotated[str | None, Field(alias="exponential histogram")] = None


class ClickStackMongoDBCASLPermissionRegex(RequestModel):
    value_regex: Annotated[str, Field(alias="$regex")]
    value_options: Annotated[str | None, Field(alias="$options")] = None


class ClickStackMongoDBCASLPermissionRegexOutput(ResponseModel):
    value_regex: Annotated[str | None, Field(alias="$regex")] = None
    value_options: Annotated[str | None, Field(alias="$options")] = None


class ClickStackNumberFormatNumericUnit(StrEnum):
    BYTES_IEC = "bytes_iec"
    BYTES_SI = "bytes_si"
    BITS_IEC = "bits_iec"
    BITS_SI = "bits_si"
    KIBIBYTES = "kibibytes"
    KILOBYTES = "kilobytes"
    MEBIBYTES = "mebibytes"
    MEGABYTES = "megabytes"
    GIBIBYTES = "gibibytes"
    GIGABYTES = "gigabytes"
    TEBIBYTES = "tebibytes"
    TERABYTES = "terabytes"
    PEBIBYTES = "pebibytes"
    PETABYTES = "petabytes"
    PACKETS_SEC = "packets_sec"
    BYTES_SEC_IEC = "bytes_sec_iec"
    BYTES_SEC_SI = "bytes_sec_si"
    BITS_SEC_IEC = "bits_sec_iec"
    BITS_SEC_SI = "bits_sec_si"
    KIBIBYTES_SEC = "kibibytes_sec"
    KIBIBITS_SEC = "kibibits_sec"
    KILOBYTES_SEC = "kilobytes_sec"
    KILOBITS_SEC = "kilobits_sec"
    MEBIBYTES_SEC = "mebibytes_sec"
    MEBIBITS_SEC = "mebibits_sec"
    MEGABYTES_SEC = "megabytes_sec"
    MEGABITS_SEC = "megabits_sec"
    GIBIBYTES_SEC = "gibibytes_sec"
    GIBIBITS_SEC = "gibibits_sec"
    GIGABYTES_SEC = "gigabytes_sec"
    GIGABITS_SEC = "gigabits_sec"
    TEBIBYTES_SEC = "tebibytes_sec"
    TEBIBITS_SEC = "tebibits_sec"
    TERABYTES_SEC = "terabytes_sec"
    TERABITS_SEC = "terabits_sec"
    PEBIBYTES_SEC = "pebibytes_sec"
    PEBIBITS_SEC = "pebibits_sec"
    PETABYTES_SEC = "petabytes_sec"
    PETABITS_SEC = "petabits_sec"
    CPS = "cps"
    OPS = "ops"
    RPS = "rps"
    READS_SEC = "reads_sec"
    WPS = "wps"
    IOPS = "iops"
    CPM = "cpm"
    OPM = "opm"
    RPM_READS = "rpm_reads"
    WPM = "wpm"


class ClickStackNumberFormatOutput(StrEnum):
    CURRENCY = "currency"
    PERCENT = "percent"
    BYTE = "byte"
    TIME = "time"
    NUMBER = "number"
    DATA_RATE = "data_rate"
    THROUGHPUT = "throughput"
    DURATION = "duration"


class ClickStackNumericColorConditionOperator(StrEnum):
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"


class ClickStackNumericColorConditionOutput(ResponseModel):
    operator: Open[ClickStackNumericColorConditionOperator] | None = None
    value: Number | None = None
    color: Open[ClickStackColor] | None = None
    label: str | None = None


class ClickStackOnClickExternal(RequestModel):
    type: Literal["external"]
    url_template: str


class ClickStackOnClickExternalOutput(ResponseModel):
    type: Literal["external"] | None = None
    url_template: str | None = None


class ClickStackOnClickFilterTemplate(RequestModel):
    kind: Literal["expressionTemplate"]
    expression: str
    template: str


class ClickStackOnClickFilterTemplateOutput(ResponseModel):
    kind: str | None = None
    expression: str | None = None
    template: str | None = None


class ClickStackOnClickTargetIdVariant(RequestModel):
    mode: Literal["id"]
    id: str


class ClickStackOnClickTargetIdVariantOutput(ResponseModel):
    mode: Literal["id"] | None = None
    id: str | None = None


class ClickStackOnClickTargetTemplateVariant(RequestModel):
    mode: Literal["template"]
    template: str


class ClickStackOnClickTargetTemplateVariantOutput(ResponseModel):
    mode: Literal["template"] | None = None
    template: str | None = None


class ClickStackPagerDutyAPIWebhook(ResponseModel):
    id: str | None = None
    name: str | None = None
    service: Literal["pagerduty_api"] | None = None
    url: str | None = None
    description: str | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None


class ClickStackPieRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["pie"] | None = None


class ClickStackPrometheusLabelFilter(RequestModel):
    type: Literal["PROMETHEUS_LABEL"]
    name: str
    source_id: str
    label: str
    match: str | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str


class ClickStackPrometheusLabelFilterInput(RequestModel):
    type: Literal["PROMETHEUS_LABEL"]
    name: str
    source_id: str
    label: str
    match: str | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None


class ClickStackPrometheusLabelFilterOutput(ResponseModel):
    type: Literal["PROMETHEUS_LABEL"] | None = None
    name: str | None = None
    source_id: str | None = None
    label: str | None = None
    match: str | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: int | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str | None = None


class ClickStackQuerySetting(RequestModel):
    setting: str
    value: str


class ClickStackQuerySettingOutput(ResponseModel):
    setting: str | None = None
    value: str | None = None


class ClickStackSavedSearchFilter(RequestModel):
    type: Literal["sql"] | None = None
    condition: str


class ClickStackSavedSearchFilterOutput(ResponseModel):
    type: str | None = None
    condition: str | None = None


class ClickStackSlackAPIWebhook(ResponseModel):
    id: str | None = None
    name: str | None = None
    service: Literal["slack_api"] | None = None
    url: str | None = None
    description: str | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None


class ClickStackSlackWebhook(ResponseModel):
    id: str | None = None
    name: str | None = None
    service: Literal["slack"] | None = None
    url: str | None = None
    description: str | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None


class ClickStackSourceFilter(RequestModel):
    type: Literal["SOURCE_FILTER"]
    name: str
    source_id: str
    expression: str
    applies_to_source_ids: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str


class ClickStackSourceFilterInput(RequestModel):
    type: Literal["SOURCE_FILTER"]
    name: str
    source_id: str
    expression: str
    applies_to_source_ids: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None


class ClickStackSourceFilterOutput(ResponseModel):
    type: Literal["SOURCE_FILTER"] | None = None
    name: str | None = None
    source_id: str | None = None
    expression: str | None = None
    applies_to_source_ids: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: int | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str | None = None


class ClickStackSourceFilterSettings(RequestModel):
    database_name: str
    table_name: str
    columns: list[ClickStackFilterSettingsColumn]


class ClickStackSourceFilterSettingsOutput(ResponseModel):
    database_name: str | None = None
    table_name: str | None = None
    columns: list[ClickStackFilterSettingsColumnOutput] | None = None


class ClickStackSourceFrom(RequestModel):
    database_name: str
    table_name: str


class ClickStackSourceFromOutput(ResponseModel):
    database_name: str | None = None
    table_name: str | None = None


class ClickStackSqlSavedFilterValue(RequestModel):
    type: Literal["sql"] | None = None
    condition: str


class ClickStackSqlSavedFilterValueOutput(ResponseModel):
    type: Literal["sql"] | None = None
    condition: str | None = None


class ClickStackStackedLineRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["stacked_line"] | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None


class ClickStackStaticListFilter(RequestModel):
    type: Literal["STATIC_LIST"]
    name: str
    options: list[str]
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str


class ClickStackStaticListFilterInput(RequestModel):
    type: Literal["STATIC_LIST"]
    name: str
    options: list[str]
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None


class ClickStackStaticListFilterOutput(ResponseModel):
    type: Literal["STATIC_LIST"] | None = None
    name: str | None = None
    options: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: int | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str | None = None


class ClickStackSubject(StrEnum):
    ALERT = "Alert"
    CONNECTION = "Connection"
    DASHBOARD = "Dashboard"
    SAVED_SEARCH = "SavedSearch"
    SOURCE = "Source"
    TEAM = "Team"
    USER = "User"
    WEBHOOK = "Webhook"
    ROLE = "Role"
    NOTEBOOK = "Notebook"
    SCHEMA_MIGRATION = "SchemaMigration"
    ALL = "all"


class ClickStackThresholdType(StrEnum):
    ABOVE = "above"
    BELOW = "below"
    ABOVE_EXCLUSIVE = "above_exclusive"
    BELOW_OR_EQUAL = "below_or_equal"
    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    BETWEEN = "between"
    NOT_BETWEEN = "not_between"


class ClickStackTimeChartSeriesDisplayType(StrEnum):
    STACKED_BAR = "stacked_bar"
    STACKED_LINE = "stacked_line"
    LINE = "line"


class ClickStackTraceSourceMetadataMaterializedViews(RequestModel):
    key_rollup_table: str | None = None
    kv_rollup_table: str | None = None
    granularity: str | None = None


class ClickStackTraceSourceMetadataMaterializedViewsOutput(ResponseModel):
    key_rollup_table: str | None = None
    kv_rollup_table: str | None = None
    granularity: str | None = None


class ClickStackUseTextIndexForImplicitColumn(StrEnum):
    AUTO = "auto"
    ENABLED = "enabled"
    DISABLED = "disabled"


class ClickStackValidateDashboardError(ResponseModel):
    path: str | None = None
    message: str | None = None


ClickStackValidateDashboardResponseNormalized = TypeAliasType(
    "ClickStackValidateDashboardResponseNormalized", dict[str, Any]
)


class ClickStackValidateWebhookResponseErrorsItem(ResponseModel):
    path: str | None = None
    message: str | None = None


ClickStackValidateWebhookResponseNormalized = TypeAliasType(
    "ClickStackValidateWebhookResponseNormalized", dict[str, Any]
)


class ClickStackVariableSavedFilterValue(RequestModel):
    type: Literal["variable"]
    name: str
    values: list[str]
    all: bool | None = None


class ClickStackVariableSavedFilterValueOutput(ResponseModel):
    type: Literal["variable"] | None = None
    name: str | None = None
    values: list[str] | None = None
    all: bool | None = None


ClickStackWebhookInputHeaders = TypeAliasType(
    "ClickStackWebhookInputHeaders", dict[str, Annotated[str, Field(max_length=4096)]]
)


ClickStackWebhookInputQueryParams = TypeAliasType(
    "ClickStackWebhookInputQueryParams", dict[str, Annotated[str, Field(max_length=4096)]]
)


class ClickStackWebhookInputService(StrEnum):
    SLACK = "slack"
    INCIDENTIO = "incidentio"
    GENERIC = "generic"


class ClickStackWhereLanguage(StrEnum):
    SQL = "sql"
    LUCENE = "lucene"


class ClickStackAlertBarRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["stacked_bar"] | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackAlertChannelEmail(RequestModel):
    type: ClickStackAlertChannelType
    email_recipients: list[str]


class ClickStackAlertChannelEmailOutput(ResponseModel):
    type: Open[ClickStackAlertChannelType] | None = None
    email_recipients: list[str] | None = None


class ClickStackAlertChannelWebhook(RequestModel):
    type: ClickStackAlertChannelType
    webhook_id: str
    webhook_service: str | None = None
    slack_channel_id: str | None = None
    severity: ClickStackAlertChannelWebhookSeverity | None = None


class ClickStackAlertChannelWebhookOutput(ResponseModel):
    type: Open[ClickStackAlertChannelType] | None = None
    webhook_id: str | None = None
    webhook_service: str | None = None
    slack_channel_id: str | None = None
    severity: Open[ClickStackAlertChannelWebhookSeverity] | None = None


class ClickStackAlertExecutionError(ResponseModel):
    timestamp: datetime | None = None
    type: Open[ClickStackAlertExecutionErrorType] | None = None
    message: str | None = None


class ClickStackAlertLineRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["line"] | None = None
    compare_to_previous_period: bool | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackAlertStackedLineRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["stacked_line"] | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackBackgroundChart(RequestModel):
    type: ClickStackBackgroundChartType
    color: ClickStackColor | None = None


class ClickStackBackgroundChartOutput(ResponseModel):
    type: Open[ClickStackBackgroundChartType] | None = None
    color: Open[ClickStackColor] | None = None


class ClickStackBarRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["stacked_bar"] | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None


class ClickStackBetweenColorCondition(RequestModel):
    operator: Literal["between"]
    value: list[Number]
    color: ClickStackColor
    label: str | None = None


class ClickStackBetweenColorConditionOutput(ResponseModel):
    operator: Literal["between"] | None = None
    value: list[Number] | None = None
    color: Open[ClickStackColor] | None = None
    label: str | None = None


class ClickStackCategoricalBarRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["bar"] | None = None


class ClickStackClickHouseCASLPermissionConditions(RequestModel):
    connection: str
    from_: Annotated[ClickStackClickHouseCASLPermissionConditionsFrom, Field(alias="from")]
    where: str
    where_language: ClickStackWhereLanguage


class ClickStackClickHouseCASLPermissionConditionsOutput(ResponseModel):
    connection: str | None = None
    from_: Annotated[
        ClickStackClickHouseCASLPermissionConditionsFromOutput | None, Field(alias="from")
    ] = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackClickHouseCASLPermissionOutput(ResponseModel):
    action: Open[ClickStackAction] | None = None
    subject: Open[ClickStackSubject] | None = None
    fields: list[str] | None = None
    inverted: bool | None = None
    integration: Literal["clickhouse"] | None = None
    conditions: ClickStackClickHouseCASLPermissionConditionsOutput | None = None


class ClickStackDashboardContainer(RequestModel):
    id: str
    title: str
    collapsed: bool
    collapsible: bool | None = None
    bordered: bool | None = None
    tabs: list[ClickStackDashboardContainerTab] | None = None


class ClickStackDashboardContainerOutput(ResponseModel):
    id: str | None = None
    title: str | None = None
    collapsed: bool | None = None
    collapsible: bool | None = None
    bordered: bool | None = None
    tabs: list[ClickStackDashboardContainerTabOutput] | None = None


class ClickStackEqualityColorCondition(RequestModel):
    operator: ClickStackEqualityColorConditionOperator
    value: Number | str
    color: ClickStackColor
    label: str | None = None


class ClickStackEventPatternsChartConfig(RequestModel):
    display_type: Literal["event_patterns"]
    source_id: str
    select: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


class ClickStackEventPatternsChartConfigOutput(ResponseModel):
    display_type: Literal["event_patterns"] | None = None
    source_id: str | None = None
    select: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackFormulaOutput(ResponseModel):
    expression: str | None = None
    alias: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None


class ClickStackHeatmapDistributionChartConfigOutput(ResponseModel):
    display_type: Literal["heatmap"] | None = None
    heatmap_mode: Literal["distribution"] | None = None
    source_id: str | None = None
    select: list[ClickStackHeatmapSelectItemOutput] | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None


class ClickStackHeatmapSelectItem(RequestModel):
    value_expression: str
    count_expression: str | None = None
    heatmap_scale_type: ClickStackHeatmapSelectItemHeatmapScaleType | None = None


class ClickStackLineRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["line"] | None = None
    compare_to_previous_period: bool | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None


class ClickStackLogSource(RequestModel):
    id: str | None = None
    name: str
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["log"]
    connection: str
    from_: Annotated[ClickStackSourceFrom, Field(alias="from")]
    query_settings: list[ClickStackQuerySetting] | None = None
    filter_settings: ClickStackSourceFilterSettings | None = None
    default_table_select_expression: str
    timestamp_value_expression: str
    service_name_expression: str | None = None
    service_version_expression: str | None = None
    severity_text_expression: str | None = None
    body_expression: str | None = None
    event_attributes_expression: str | None = None
    resource_attributes_expression: str | None = None
    displayed_timestamp_value_expression: str | None = None
    order_by_expression: str | None = None
    metric_source_id: str | None = None
    trace_source_id: str | None = None
    trace_id_expression: str | None = None
    span_id_expression: str | None = None
    implicit_column_expression: str | None = None
    known_columns_list_expression: str | None = None
    use_text_index_for_implicit_column: ClickStackUseTextIndexForImplicitColumn | None = None
    highlighted_trace_attribute_expressions: (
        list[ClickStackHighlightedAttributeExpression] | None
    ) = None
    highlighted_row_attribute_expressions: list[ClickStackHighlightedAttributeExpression] | None = (
        None
    )
    materialized_views: list[ClickStackMaterializedView] | None = None
    metadata_materialized_views: ClickStackLogSourceMetadataMaterializedViews | None = None


class ClickStackLogSourceOutput(ResponseModel):
    id: str | None = None
    name: str | None = None
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["log"] | None = None
    connection: str | None = None
    from_: Annotated[ClickStackSourceFromOutput | None, Field(alias="from")] = None
    query_settings: list[ClickStackQuerySettingOutput] | None = None
    filter_settings: ClickStackSourceFilterSettingsOutput | None = None
    default_table_select_expression: str | None = None
    timestamp_value_expression: str | None = None
    service_name_expression: str | None = None
    service_version_expression: str | None = None
    severity_text_expression: str | None = None
    body_expression: str | None = None
    event_attributes_expression: str | None = None
    resource_attributes_expression: str | None = None
    displayed_timestamp_value_expression: str | None = None
    order_by_expression: str | None = None
    metric_source_id: str | None = None
    trace_source_id: str | None = None
    trace_id_expression: str | None = None
    span_id_expression: str | None = None
    implicit_column_expression: str | None = None
    known_columns_list_expression: str | None = None
    use_text_index_for_implicit_column: Open[ClickStackUseTextIndexForImplicitColumn] | None = None
    highlighted_trace_attribute_expressions: (
        list[ClickStackHighlightedAttributeExpressionOutput] | None
    ) = None
    highlighted_row_attribute_expressions: (
        list[ClickStackHighlightedAttributeExpressionOutput] | None
    ) = None
    materialized_views: list[ClickStackMaterializedViewOutput] | None = None
    metadata_materialized_views: ClickStackLogSourceMetadataMaterializedViewsOutput | None = None


class ClickStackMetricSource(RequestModel):
    id: str | None = None
    name: str
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["metric"]
    connection: str
    from_: Annotated[ClickStackMetricSourceFrom, Field(alias="from")]
    query_settings: list[ClickStackQuerySetting] | None = None
    metric_tables: ClickStackMetricTables
    timestamp_value_expression: str
    resource_attributes_expression: str
    log_source_id: str | None = None


class ClickStackMetricSourceOutput(ResponseModel):
    id: str | None = None
    name: str | None = None
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["metric"] | None = None
    connection: str | None = None
    from_: Annotated[ClickStackMetricSourceFromOutput | None, Field(alias="from")] = None
    query_settings: list[ClickStackQuerySettingOutput] | None = None
    metric_tables: ClickStackMetricTablesOutput | None = None
    timestamp_value_expression: str | None = None
    resource_attributes_expression: str | None = None
    log_source_id: str | None = None


ClickStackMongoDBCASLPermissionConditions = TypeAliasType(
    "ClickStackMongoDBCASLPermissionConditions",
    dict[str, str | ClickStackMongoDBCASLPermissionRegex],
)


ClickStackMongoDBCASLPermissionConditionsOutput = TypeAliasType(
    "ClickStackMongoDBCASLPermissionConditionsOutput",
    dict[str, str | ClickStackMongoDBCASLPermissionRegexOutput | UnknownVariant],
)


class ClickStackMongoDBCASLPermissionOutput(ResponseModel):
    action: Open[ClickStackAction] | None = None
    subject: Open[ClickStackSubject] | None = None
    fields: list[str] | None = None
    inverted: bool | None = None
    integration: Literal["mongodb"] | None = None
    conditions: ClickStackMongoDBCASLPermissionConditionsOutput | None = None


class ClickStackNumberFormat(RequestModel):
    output: ClickStackNumberFormatOutput | None = None
    mantissa: int | None = None
    thousand_separated: bool | None = None
    average: bool | None = None
    decimal_bytes: bool | None = None
    factor: Number | None = None
    currency_symbol: str | None = None
    numeric_unit: ClickStackNumberFormatNumericUnit | None = None
    unit: str | None = None


ClickStackNumberTileColorConditionOutput = TypeAliasType(
    "ClickStackNumberTileColorConditionOutput",
    ClickStackNumericColorConditionOutput
    | ClickStackBetweenColorConditionOutput
    | ClickStackEqualityColorConditionOutput
    | UnknownVariant,
)


class ClickStackNumericColorCondition(RequestModel):
    operator: ClickStackNumericColorConditionOperator
    value: Number
    color: ClickStackColor
    label: str | None = None


ClickStackOnClickTarget = TypeAliasType(
    "ClickStackOnClickTarget",
    ClickStackOnClickTargetIdVariant | ClickStackOnClickTargetTemplateVariant,
)


ClickStackOnClickTargetOutput = TypeAliasType(
    "ClickStackOnClickTargetOutput",
    ClickStackOnClickTargetIdVariantOutput
    | ClickStackOnClickTargetTemplateVariantOutput
    | UnknownVariant,
)


class ClickStackPieRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["pie"]


class ClickStackPromqlSource(RequestModel):
    id: str | None = None
    name: str
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["promql"]
    connection: str
    from_: Annotated[ClickStackSourceFrom, Field(alias="from")]
    query_settings: list[ClickStackQuerySetting] | None = None
    timestamp_value_expression: str


class ClickStackPromqlSourceOutput(ResponseModel):
    id: str | None = None
    name: str | None = None
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["promql"] | None = None
    connection: str | None = None
    from_: Annotated[ClickStackSourceFromOutput | None, Field(alias="from")] = None
    query_settings: list[ClickStackQuerySettingOutput] | None = None
    timestamp_value_expression: str | None = None


class ClickStackQueryExpressionFilter(RequestModel):
    type: Literal["QUERY_EXPRESSION"]
    name: str
    expression: str
    source_id: str
    source_metric_type: ClickStackMetricDataType | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    applies_to_source_ids: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str


class ClickStackQueryExpressionFilterInput(RequestModel):
    type: Literal["QUERY_EXPRESSION"]
    name: str
    expression: str
    source_id: str
    source_metric_type: ClickStackMetricDataType | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    applies_to_source_ids: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: Literal[0, 1] | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None


class ClickStackQueryExpressionFilterOutput(ResponseModel):
    type: Literal["QUERY_EXPRESSION"] | None = None
    name: str | None = None
    expression: str | None = None
    source_id: str | None = None
    source_metric_type: Open[ClickStackMetricDataType] | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None
    applies_to_source_ids: list[str] | None = None
    is_broadcast_enabled: bool | None = None
    is_variable_enabled: bool | None = None
    variable_name: str | None = None
    min_selections: int | None = None
    is_global_requirement: bool | None = None
    max_selections: Literal[1] | None = None
    id: str | None = None


ClickStackSavedFilterValue = TypeAliasType(
    "ClickStackSavedFilterValue", ClickStackSqlSavedFilterValue | ClickStackVariableSavedFilterValue
)


ClickStackSavedFilterValueOutput = TypeAliasType(
    "ClickStackSavedFilterValueOutput",
    ClickStackSqlSavedFilterValueOutput | ClickStackVariableSavedFilterValueOutput | UnknownVariant,
)


class ClickStackSavedSearch(ResponseModel):
    id: str | None = None
    name: str | None = None
    source_id: str | None = None
    select: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None
    order_by: str | None = None
    tags: list[str] | None = None
    filters: list[ClickStackSavedSearchFilterOutput] | None = None
    team_id: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class ClickStackSavedSearchInput(RequestModel):
    name: str
    source_id: str
    select: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    order_by: str | None = None
    tags: list[str] | None = None
    filters: list[ClickStackSavedSearchFilter] | None = None


class ClickStackSearchChartConfig(RequestModel):
    display_type: Literal["search"]
    source_id: str
    select: str
    where: str | None = None
    where_language: ClickStackWhereLanguage


class ClickStackSearchChartConfigOutput(ResponseModel):
    display_type: Literal["search"] | None = None
    source_id: str | None = None
    select: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackSearchChartSeries(RequestModel):
    type: Literal["search"]
    source_id: str
    fields: list[str]
    where: str
    where_language: ClickStackWhereLanguage


class ClickStackSelectItem(RequestModel):
    agg_fn: ClickStackAggFn
    value_expression: str | None = None
    alias: str | None = None
    level: Number | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    metric_name: str | None = None
    metric_type: ClickStackMetricDataType | None = None
    period_agg_fn: Literal["delta"] | None = None
    number_format: ClickStackNumberFormat | None = None


class ClickStackSelectItemOutput(ResponseModel):
    agg_fn: Open[ClickStackAggFn] | None = None
    value_expression: str | None = None
    alias: str | None = None
    level: Number | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None
    metric_name: str | None = None
    metric_type: Open[ClickStackMetricDataType] | None = None
    period_agg_fn: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None


class ClickStackSessionSource(RequestModel):
    id: str | None = None
    name: str
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["session"]
    connection: str
    from_: Annotated[ClickStackSourceFrom, Field(alias="from")]
    query_settings: list[ClickStackQuerySetting] | None = None
    timestamp_value_expression: str | None = None
    trace_source_id: str
    resource_attributes_expression: str | None = None


class ClickStackSessionSourceOutput(ResponseModel):
    id: str | None = None
    name: str | None = None
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["session"] | None = None
    connection: str | None = None
    from_: Annotated[ClickStackSourceFromOutput | None, Field(alias="from")] = None
    query_settings: list[ClickStackQuerySettingOutput] | None = None
    timestamp_value_expression: str | None = None
    trace_source_id: str | None = None
    resource_attributes_expression: str | None = None


class ClickStackStackedLineBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["stacked_line"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None


ClickStackStackedLineChartConfigOutput = TypeAliasType(
    "ClickStackStackedLineChartConfigOutput",
    ClickStackStackedLineBuilderChartConfigOutput
    | ClickStackStackedLineRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackStackedLineRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["stacked_line"]
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None


class ClickStackTableChartSeries(RequestModel):
    type: Literal["table"]
    source_id: str
    agg_fn: ClickStackAggFn
    level: Number | None = None
    field: str | None = None
    alias: str | None = None
    where: str
    where_language: ClickStackWhereLanguage
    group_by: list[str]
    sort_order: PostgresLogsGetListSortOrder | None = None
    number_format: ClickStackNumberFormat | None = None
    metric_data_type: ClickStackMetricDataType | None = None
    metric_name: str | None = None


class ClickStackTimeChartSeries(RequestModel):
    type: Literal["time"]
    source_id: str
    agg_fn: ClickStackAggFn
    level: Number | None = None
    field: str | None = None
    alias: str | None = None
    where: str
    where_language: ClickStackWhereLanguage
    group_by: list[str]
    number_format: ClickStackNumberFormat | None = None
    metric_data_type: ClickStackMetricDataType | None = None
    metric_name: str | None = None
    display_type: ClickStackTimeChartSeriesDisplayType | None = None


class ClickStackTraceSource(RequestModel):
    id: str | None = None
    name: str
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["trace"]
    connection: str
    from_: Annotated[ClickStackSourceFrom, Field(alias="from")]
    query_settings: list[ClickStackQuerySetting] | None = None
    filter_settings: ClickStackSourceFilterSettings | None = None
    default_table_select_expression: str
    timestamp_value_expression: str
    duration_expression: str
    duration_precision: int
    trace_id_expression: str
    span_id_expression: str
    parent_span_id_expression: str
    span_name_expression: str
    span_kind_expression: str
    log_source_id: str | None = None
    session_source_id: str | None = None
    metric_source_id: str | None = None
    status_code_expression: str | None = None
    status_message_expression: str | None = None
    service_name_expression: str | None = None
    service_version_expression: str | None = None
    sample_rate_expression: str | None = None
    resource_attributes_expression: str | None = None
    event_attributes_expression: str | None = None
    span_events_value_expression: str | None = None
    span_links_value_expression: str | None = None
    implicit_column_expression: str | None = None
    known_columns_list_expression: str | None = None
    use_text_index_for_implicit_column: ClickStackUseTextIndexForImplicitColumn | None = None
    highlighted_trace_attribute_expressions: (
        list[ClickStackHighlightedAttributeExpression] | None
    ) = None
    highlighted_row_attribute_expressions: list[ClickStackHighlightedAttributeExpression] | None = (
        None
    )
    displayed_timestamp_value_expression: str | None = None
    order_by_expression: str | None = None
    materialized_views: list[ClickStackMaterializedView] | None = None
    metadata_materialized_views: ClickStackTraceSourceMetadataMaterializedViews | None = None


class ClickStackTraceSourceOutput(ResponseModel):
    id: str | None = None
    name: str | None = None
    section: str | None = None
    disabled: bool | None = None
    kind: Literal["trace"] | None = None
    connection: str | None = None
    from_: Annotated[ClickStackSourceFromOutput | None, Field(alias="from")] = None
    query_settings: list[ClickStackQuerySettingOutput] | None = None
    filter_settings: ClickStackSourceFilterSettingsOutput | None = None
    default_table_select_expression: str | None = None
    timestamp_value_expression: str | None = None
    duration_expression: str | None = None
    duration_precision: int | None = None
    trace_id_expression: str | None = None
    span_id_expression: str | None = None
    parent_span_id_expression: str | None = None
    span_name_expression: str | None = None
    span_kind_expression: str | None = None
    log_source_id: str | None = None
    session_source_id: str | None = None
    metric_source_id: str | None = None
    status_code_expression: str | None = None
    status_message_expression: str | None = None
    service_name_expression: str | None = None
    service_version_expression: str | None = None
    sample_rate_expression: str | None = None
    resource_attributes_expression: str | None = None
    event_attributes_expression: str | None = None
    span_events_value_expression: str | None = None
    span_links_value_expression: str | None = None
    implicit_column_expression: str | None = None
    known_columns_list_expression: str | None = None
    use_text_index_for_implicit_column: Open[ClickStackUseTextIndexForImplicitColumn] | None = None
    highlighted_trace_attribute_expressions: (
        list[ClickStackHighlightedAttributeExpressionOutput] | None
    ) = None
    highlighted_row_attribute_expressions: (
        list[ClickStackHighlightedAttributeExpressionOutput] | None
    ) = None
    displayed_timestamp_value_expression: str | None = None
    order_by_expression: str | None = None
    materialized_views: list[ClickStackMaterializedViewOutput] | None = None
    metadata_materialized_views: ClickStackTraceSourceMetadataMaterializedViewsOutput | None = None


class ClickStackValidateDashboardResponse(ResponseModel):
    valid: bool | None = None
    errors: list[ClickStackValidateDashboardError] | None = None
    normalized: ClickStackValidateDashboardResponseNormalized | None = None


class ClickStackValidateWebhookResponse(ResponseModel):
    valid: bool | None = None
    errors: list[ClickStackValidateWebhookResponseErrorsItem] | None = None
    normalized: ClickStackValidateWebhookResponseNormalized | None = None


ClickStackWebhook = TypeAliasType(
    "ClickStackWebhook",
    ClickStackSlackWebhook
    | ClickStackIncidentIOWebhook
    | ClickStackGenericWebhook
    | ClickStackSlackAPIWebhook
    | ClickStackPagerDutyAPIWebhook
    | UnknownVariant,
)


class ClickStackWebhookInput(RequestModel):
    name: str
    service: ClickStackWebhookInputService
    url: str
    description: str | None = None
    body: str | None = None
    headers: ClickStackWebhookInputHeaders | None = None
    query_params: ClickStackWebhookInputQueryParams | None = None


class ClickStackAlertBarBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["stacked_bar"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


ClickStackAlertBarChartConfigOutput = TypeAliasType(
    "ClickStackAlertBarChartConfigOutput",
    ClickStackAlertBarBuilderChartConfigOutput
    | ClickStackAlertBarRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackAlertBarRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["stacked_bar"]
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


ClickStackAlertChannel = TypeAliasType(
    "ClickStackAlertChannel", ClickStackAlertChannelEmail | ClickStackAlertChannelWebhook
)


ClickStackAlertChannelOutput = TypeAliasType(
    "ClickStackAlertChannelOutput",
    ClickStackAlertChannelEmailOutput | ClickStackAlertChannelWebhookOutput | UnknownVariant,
)


ClickStackAlertChannels = TypeAliasType(
    "ClickStackAlertChannels",
    Annotated[list[ClickStackAlertChannel], Field(max_length=10, min_length=1)],
)


ClickStackAlertChannelsOutput = TypeAliasType(
    "ClickStackAlertChannelsOutput", list[ClickStackAlertChannelOutput]
)


class ClickStackAlertLineBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["line"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    compare_to_previous_period: bool | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


ClickStackAlertLineChartConfigOutput = TypeAliasType(
    "ClickStackAlertLineChartConfigOutput",
    ClickStackAlertLineBuilderChartConfigOutput
    | ClickStackAlertLineRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackAlertLineRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["line"]
    compare_to_previous_period: bool | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


class ClickStackAlertNumberBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["number"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    color: Open[ClickStackColor] | None = None
    color_rules: list[ClickStackNumberTileColorConditionOutput] | None = None
    background_chart: ClickStackBackgroundChartOutput | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackAlertNumberRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["number"] | None = None
    color: Open[ClickStackColor] | None = None
    color_rules: list[ClickStackNumberTileColorConditionOutput] | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


class ClickStackAlertStackedLineBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["stacked_line"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None


ClickStackAlertStackedLineChartConfigOutput = TypeAliasType(
    "ClickStackAlertStackedLineChartConfigOutput",
    ClickStackAlertStackedLineBuilderChartConfigOutput
    | ClickStackAlertStackedLineRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackAlertStackedLineRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["stacked_line"]
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


class ClickStackBarBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["stacked_bar"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None


ClickStackBarChartConfigOutput = TypeAliasType(
    "ClickStackBarChartConfigOutput",
    ClickStackBarBuilderChartConfigOutput | ClickStackBarRawSqlChartConfigOutput | UnknownVariant,
)


class ClickStackBarRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["stacked_bar"]
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None


ClickStackCASLPermissionOutput = TypeAliasType(
    "ClickStackCASLPermissionOutput",
    ClickStackMongoDBCASLPermissionOutput
    | ClickStackClickHouseCASLPermissionOutput
    | UnknownVariant,
)


class ClickStackCategoricalBarBuilderChartConfig(RequestModel):
    display_type: Literal["bar"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    order_by: str | None = None
    number_format: ClickStackNumberFormat | None = None
    limit: int | None = None


class ClickStackCategoricalBarBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["bar"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    order_by: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    limit: int | None = None


ClickStackCategoricalBarChartConfigOutput = TypeAliasType(
    "ClickStackCategoricalBarChartConfigOutput",
    ClickStackCategoricalBarBuilderChartConfigOutput
    | ClickStackCategoricalBarRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackCategoricalBarRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["bar"]


class ClickStackClickHouseCASLPermission(RequestModel):
    action: ClickStackAction
    subject: ClickStackSubject
    fields: list[str] | None = None
    inverted: bool | None = None
    integration: Literal["clickhouse"]
    conditions: ClickStackClickHouseCASLPermissionConditions | None = None


ClickStackFilter = TypeAliasType(
    "ClickStackFilter",
    ClickStackQueryExpressionFilter
    | ClickStackStaticListFilter
    | ClickStackPrometheusLabelFilter
    | ClickStackSourceFilter,
)


ClickStackFilterInput = TypeAliasType(
    "ClickStackFilterInput",
    ClickStackQueryExpressionFilterInput
    | ClickStackStaticListFilterInput
    | ClickStackPrometheusLabelFilterInput
    | ClickStackSourceFilterInput,
)


ClickStackFilterOutput = TypeAliasType(
    "ClickStackFilterOutput",
    ClickStackQueryExpressionFilterOutput
    | ClickStackStaticListFilterOutput
    | ClickStackPrometheusLabelFilterOutput
    | ClickStackSourceFilterOutput
    | UnknownVariant,
)


class ClickStackFormula(RequestModel):
    expression: str
    alias: str | None = None
    number_format: ClickStackNumberFormat | None = None


class ClickStackHeatmapDistributionChartConfig(RequestModel):
    display_type: Literal["heatmap"]
    heatmap_mode: Literal["distribution"] | None = None
    source_id: str
    select: list[ClickStackHeatmapSelectItem]
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    number_format: ClickStackNumberFormat | None = None


class ClickStackHeatmapSeriesChartConfig(RequestModel):
    display_type: Literal["heatmap"]
    heatmap_mode: Literal["series"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    number_format: ClickStackNumberFormat | None = None


class ClickStackHeatmapSeriesChartConfigOutput(ResponseModel):
    display_type: Literal["heatmap"] | None = None
    heatmap_mode: Literal["series"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None


class ClickStackLineBuilderChartConfig(RequestModel):
    display_type: Literal["line"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None
    number_format: ClickStackNumberFormat | None = None
    compare_to_previous_period: bool | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None


class ClickStackLineBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["line"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: Open[ClickStackLineInterpolation] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    compare_to_previous_period: bool | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None


ClickStackLineChartConfigOutput = TypeAliasType(
    "ClickStackLineChartConfigOutput",
    ClickStackLineBuilderChartConfigOutput | ClickStackLineRawSqlChartConfigOutput | UnknownVariant,
)


class ClickStackLineRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["line"]
    compare_to_previous_period: bool | None = None
    fill_nulls: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None


class ClickStackMongoDBCASLPermission(RequestModel):
    action: ClickStackAction
    subject: ClickStackSubject
    fields: list[str] | None = None
    inverted: bool | None = None
    integration: Literal["mongodb"]
    conditions: ClickStackMongoDBCASLPermissionConditions | None = None


class ClickStackNumberBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["number"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    color: Open[ClickStackColor] | None = None
    color_rules: list[ClickStackNumberTileColorConditionOutput] | None = None
    background_chart: ClickStackBackgroundChartOutput | None = None


class ClickStackNumberChartSeries(RequestModel):
    type: Literal["number"]
    source_id: str
    agg_fn: ClickStackAggFn
    level: Number | None = None
    field: str | None = None
    alias: str | None = None
    where: str
    where_language: ClickStackWhereLanguage
    number_format: ClickStackNumberFormat | None = None
    metric_data_type: ClickStackMetricDataType | None = None
    metric_name: str | None = None


class ClickStackNumberRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["number"] | None = None
    color: Open[ClickStackColor] | None = None
    color_rules: list[ClickStackNumberTileColorConditionOutput] | None = None


ClickStackNumberTileColorCondition = TypeAliasType(
    "ClickStackNumberTileColorCondition",
    ClickStackNumericColorCondition
    | ClickStackBetweenColorCondition
    | ClickStackEqualityColorCondition,
)


class ClickStackOnClickDashboard(RequestModel):
    type: Literal["dashboard"]
    target: ClickStackOnClickTarget
    where_template: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    filters: list[ClickStackOnClickFilterTemplate] | None = None


class ClickStackOnClickDashboardOutput(ResponseModel):
    type: Literal["dashboard"] | None = None
    target: ClickStackOnClickTargetOutput | None = None
    where_template: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None
    filters: list[ClickStackOnClickFilterTemplateOutput] | None = None


class ClickStackOnClickSearch(RequestModel):
    type: Literal["search"]
    target: ClickStackOnClickTarget
    where_template: str | None = None
    where_language: ClickStackWhereLanguage | None = None
    filters: list[ClickStackOnClickFilterTemplate] | None = None


class ClickStackOnClickSearchOutput(ResponseModel):
    type: Literal["search"] | None = None
    target: ClickStackOnClickTargetOutput | None = None
    where_template: str | None = None
    where_language: Open[ClickStackWhereLanguage] | None = None
    filters: list[ClickStackOnClickFilterTemplateOutput] | None = None


class ClickStackPieBuilderChartConfig(RequestModel):
    display_type: Literal["pie"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    order_by: str | None = None
    number_format: ClickStackNumberFormat | None = None
    limit: int | None = None


class ClickStackPieBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["pie"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    order_by: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    limit: int | None = None


ClickStackPieChartConfig = TypeAliasType(
    "ClickStackPieChartConfig", ClickStackPieBuilderChartConfig | ClickStackPieRawSqlChartConfig
)


ClickStackPieChartConfigOutput = TypeAliasType(
    "ClickStackPieChartConfigOutput",
    ClickStackPieBuilderChartConfigOutput | ClickStackPieRawSqlChartConfigOutput | UnknownVariant,
)


class ClickStackRole(ResponseModel):
    id: str | None = None
    name: str | None = None
    description: str | None = None
    permissions: list[ClickStackCASLPermissionOutput] | None = None
    is_predefined: bool | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


ClickStackSource = TypeAliasType(
    "ClickStackSource",
    ClickStackLogSource
    | ClickStackTraceSource
    | ClickStackMetricSource
    | ClickStackSessionSource
    | ClickStackPromqlSource,
)


ClickStackSourceOutput = TypeAliasType(
    "ClickStackSourceOutput",
    ClickStackLogSourceOutput
    | ClickStackTraceSourceOutput
    | ClickStackMetricSourceOutput
    | ClickStackSessionSourceOutput
    | ClickStackPromqlSourceOutput
    | UnknownVariant,
)


class ClickStackStackedLineBuilderChartConfig(RequestModel):
    display_type: Literal["stacked_line"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None
    number_format: ClickStackNumberFormat | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None


ClickStackStackedLineChartConfig = TypeAliasType(
    "ClickStackStackedLineChartConfig",
    ClickStackStackedLineBuilderChartConfig | ClickStackStackedLineRawSqlChartConfig,
)


class ClickStackAlertBarBuilderChartConfig(RequestModel):
    display_type: Literal["stacked_bar"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    number_format: ClickStackNumberFormat | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


ClickStackAlertBarChartConfig = TypeAliasType(
    "ClickStackAlertBarChartConfig",
    ClickStackAlertBarBuilderChartConfig | ClickStackAlertBarRawSqlChartConfig,
)


class ClickStackAlertLineBuilderChartConfig(RequestModel):
    display_type: Literal["line"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    fit_y_axis_to_data: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None
    number_format: ClickStackNumberFormat | None = None
    compare_to_previous_period: bool | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


ClickStackAlertLineChartConfig = TypeAliasType(
    "ClickStackAlertLineChartConfig",
    ClickStackAlertLineBuilderChartConfig | ClickStackAlertLineRawSqlChartConfig,
)


class ClickStackAlertNumberBuilderChartConfig(RequestModel):
    display_type: Literal["number"]
    source_id: str
    select: list[ClickStackSelectItem]
    formulas: list[ClickStackFormula] | None = None
    number_format: ClickStackNumberFormat | None = None
    color: ClickStackColor | None = None
    color_rules: list[ClickStackNumberTileColorCondition] | None = None
    background_chart: ClickStackBackgroundChart | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


ClickStackAlertNumberChartConfigOutput = TypeAliasType(
    "ClickStackAlertNumberChartConfigOutput",
    ClickStackAlertNumberBuilderChartConfigOutput
    | ClickStackAlertNumberRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackAlertNumberRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["number"]
    color: ClickStackColor | None = None
    color_rules: list[ClickStackNumberTileColorCondition] | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


class ClickStackAlertStackedLineBuilderChartConfig(RequestModel):
    display_type: Literal["stacked_line"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    line_interpolation: ClickStackLineInterpolation | None = None
    number_format: ClickStackNumberFormat | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None
    name: str | None = None
    where: str | None = None
    where_language: ClickStackWhereLanguage | None = None


ClickStackAlertStackedLineChartConfig = TypeAliasType(
    "ClickStackAlertStackedLineChartConfig",
    ClickStackAlertStackedLineBuilderChartConfig | ClickStackAlertStackedLineRawSqlChartConfig,
)


class ClickStackBarBuilderChartConfig(RequestModel):
    display_type: Literal["stacked_bar"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    as_ratio: bool | None = None
    align_date_range_to_granularity: bool | None = None
    fill_nulls: bool | None = None
    number_format: ClickStackNumberFormat | None = None
    series_limit: int | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None


ClickStackBarChartConfig = TypeAliasType(
    "ClickStackBarChartConfig", ClickStackBarBuilderChartConfig | ClickStackBarRawSqlChartConfig
)


ClickStackCASLPermission = TypeAliasType(
    "ClickStackCASLPermission", ClickStackMongoDBCASLPermission | ClickStackClickHouseCASLPermission
)


ClickStackCategoricalBarChartConfig = TypeAliasType(
    "ClickStackCategoricalBarChartConfig",
    ClickStackCategoricalBarBuilderChartConfig | ClickStackCategoricalBarRawSqlChartConfig,
)


class ClickStackCreateRoleRequest(RequestModel):
    name: str
    description: str | None = None
    permissions: list[ClickStackCASLPermission]


ClickStackDashboardChartSeries = TypeAliasType(
    "ClickStackDashboardChartSeries",
    ClickStackTimeChartSeries
    | ClickStackTableChartSeries
    | ClickStackNumberChartSeries
    | ClickStackSearchChartSeries
    | ClickStackMarkdownChartSeries,
)


ClickStackHeatmapChartConfig = TypeAliasType(
    "ClickStackHeatmapChartConfig",
    ClickStackHeatmapDistributionChartConfig | ClickStackHeatmapSeriesChartConfig,
)


ClickStackHeatmapChartConfigOutput = TypeAliasType(
    "ClickStackHeatmapChartConfigOutput",
    ClickStackHeatmapDistributionChartConfigOutput
    | ClickStackHeatmapSeriesChartConfigOutput
    | UnknownVariant,
)


ClickStackLineChartConfig = TypeAliasType(
    "ClickStackLineChartConfig", ClickStackLineBuilderChartConfig | ClickStackLineRawSqlChartConfig
)


class ClickStackNumberBuilderChartConfig(RequestModel):
    display_type: Literal["number"]
    source_id: str
    select: list[ClickStackSelectItem]
    formulas: list[ClickStackFormula] | None = None
    number_format: ClickStackNumberFormat | None = None
    color: ClickStackColor | None = None
    color_rules: list[ClickStackNumberTileColorCondition] | None = None
    background_chart: ClickStackBackgroundChart | None = None


ClickStackNumberChartConfigOutput = TypeAliasType(
    "ClickStackNumberChartConfigOutput",
    ClickStackNumberBuilderChartConfigOutput
    | ClickStackNumberRawSqlChartConfigOutput
    | UnknownVariant,
)


class ClickStackNumberRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["number"]
    color: ClickStackColor | None = None
    color_rules: list[ClickStackNumberTileColorCondition] | None = None


ClickStackOnClick = TypeAliasType(
    "ClickStackOnClick",
    ClickStackOnClickSearch | ClickStackOnClickDashboard | ClickStackOnClickExternal,
)


ClickStackOnClickOutput = TypeAliasType(
    "ClickStackOnClickOutput",
    ClickStackOnClickSearchOutput
    | ClickStackOnClickDashboardOutput
    | ClickStackOnClickExternalOutput
    | UnknownVariant,
)


class ClickStackTableBuilderChartConfig(RequestModel):
    display_type: Literal["table"]
    source_id: str
    select: list[ClickStackSelectItem]
    group_by: str | None = None
    having: str | None = None
    order_by: str | None = None
    as_ratio: bool | None = None
    number_format: ClickStackNumberFormat | None = None
    group_by_columns_on_left: bool | None = None
    on_click: ClickStackOnClick | None = None
    formulas: list[ClickStackFormula] | None = None
    show_operand_series: bool | None = None


class ClickStackTableBuilderChartConfigOutput(ResponseModel):
    display_type: Literal["table"] | None = None
    source_id: str | None = None
    select: list[ClickStackSelectItemOutput] | None = None
    group_by: str | None = None
    having: str | None = None
    order_by: str | None = None
    as_ratio: bool | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    group_by_columns_on_left: bool | None = None
    on_click: ClickStackOnClickOutput | None = None
    formulas: list[ClickStackFormulaOutput] | None = None
    show_operand_series: bool | None = None


class ClickStackTableRawSqlChartConfig(RequestModel):
    config_type: Literal["sql"]
    connection_id: str
    sql_template: str
    source_id: str | None = None
    number_format: ClickStackNumberFormat | None = None
    display_type: Literal["table"]
    on_click: ClickStackOnClick | None = None


class ClickStackTableRawSqlChartConfigOutput(ResponseModel):
    config_type: Literal["sql"] | None = None
    connection_id: str | None = None
    sql_template: str | None = None
    source_id: str | None = None
    number_format: Open[ClickStackNumberFormatOutput] | None = None
    display_type: Literal["table"] | None = None
    on_click: ClickStackOnClickOutput | None = None


class ClickStackUpdateRoleRequest(RequestModel):
    name: str | None = None
    description: str | None = None
    permissions: list[ClickStackCASLPermission]


ClickStackAlertChartConfigOutput = TypeAliasType(
    "ClickStackAlertChartConfigOutput",
    ClickStackAlertLineChartConfigOutput
    | ClickStackAlertBarChartConfigOutput
    | ClickStackAlertStackedLineChartConfigOutput
    | ClickStackAlertNumberChartConfigOutput,
)


ClickStackAlertNumberChartConfig = TypeAliasType(
    "ClickStackAlertNumberChartConfig",
    ClickStackAlertNumberBuilderChartConfig | ClickStackAlertNumberRawSqlChartConfig,
)


class ClickStackAlertResponse(ResponseModel):
    dashboard_id: str | None = None
    tile_id: str | None = None
    saved_search_id: str | None = None
    group_by: str | None = None
    chart_config: ClickStackAlertChartConfigOutput | None = None
    threshold: Number | None = None
    threshold_max: Number | None = None
    interval: Open[ClickStackInterval] | None = None
    schedule_offset_minutes: int | None = None
    schedule_start_at: datetime | None = None
    source: Open[ClickStackAlertResponseSource] | None = None
    threshold_type: Open[ClickStackThresholdType] | None = None
    channel: ClickStackAlertChannelOutput | None = None
    channels: ClickStackAlertChannelsOutput | None = None
    name: str | None = None
    message: str | None = None
    note: str | None = None
    num_consecutive_windows: int | None = None
    display_name: str | None = None
    tags: list[str] | None = None
    id: str | None = None
    state: Open[ClickStackAlertResponseState] | None = None
    team_id: str | None = None
    silenced: ClickStackAlertSilenced | None = None
    execution_errors: list[ClickStackAlertExecutionError] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


ClickStackNumberChartConfig = TypeAliasType(
    "ClickStackNumberChartConfig",
    ClickStackNumberBuilderChartConfig | ClickStackNumberRawSqlChartConfig,
)


ClickStackTableChartConfig = TypeAliasType(
    "ClickStackTableChartConfig",
    ClickStackTableBuilderChartConfig | ClickStackTableRawSqlChartConfig,
)


ClickStackTableChartConfigOutput = TypeAliasType(
    "ClickStackTableChartConfigOutput",
    ClickStackTableBuilderChartConfigOutput
    | ClickStackTableRawSqlChartConfigOutput
    | UnknownVariant,
)


ClickStackTileConfig = TypeAliasType(
    "ClickStackTileConfig",
    ClickStackLineChartConfig
    | ClickStackBarChartConfig
    | ClickStackStackedLineChartConfig
    | ClickStackTableChartConfig
    | ClickStackNumberChartConfig
    | ClickStackPieChartConfig
    | ClickStackCategoricalBarChartConfig
    | ClickStackHeatmapChartConfig
    | ClickStackSearchChartConfig
    | ClickStackEventPatternsChartConfig
    | ClickStackMarkdownChartConfig,
)


ClickStackTileConfigOutput = TypeAliasType(
    "ClickStackTileConfigOutput",
    ClickStackLineChartConfigOutput
    | ClickStackBarChartConfigOutput
    | ClickStackStackedLineChartConfigOutput
    | ClickStackTableChartConfigOutput
    | ClickStackNumberChartConfigOutput
    | ClickStackPieChartConfigOutput
    | ClickStackCategoricalBarChartConfigOutput
    | ClickStackHeatmapChartConfigOutput
    | ClickStackSearchChartConfigOutput
    | ClickStackEventPatternsChartConfigOutput
    | ClickStackMarkdownChartConfigOutput
    | UnknownVariant,
)


class ClickStackTileInput(RequestModel):
    name: str
    x: int
    y: int
    w: int
    h: int
    config: ClickStackTileConfig | None = None
    container_id: str | None = None
    tab_id: str | None = None
    description: str | None = None
    id: str | None = None
    as_ratio: bool | None = None
    series: list[ClickStackDashboardChartSeries] | None = None


class ClickStackTileOutput(ResponseModel):
    name: str | None = None
    x: int | None = None
    y: int | None = None
    w: int | None = None
    h: int | None = None
    config: ClickStackTileConfigOutput | None = None
    container_id: str | None = None
    tab_id: str | None = None
    description: str | None = None
    id: str | None = None


class ClickStackUpdateDashboardRequest(RequestModel):
    name: str
    tiles: list[ClickStackTileInput]
    tags: list[str] | None = None
    filters: list[ClickStackFilter] | None = None
    saved_query: str | None = None
    saved_query_language: ClickStackWhereLanguage | None = None
    saved_filter_values: list[ClickStackSavedFilterValue] | None = None
    containers: list[ClickStackDashboardContainer] | None = None


ClickStackAlertChartConfig = TypeAliasType(
    "ClickStackAlertChartConfig",
    ClickStackAlertLineChartConfig
    | ClickStackAlertBarChartConfig
    | ClickStackAlertStackedLineChartConfig
    | ClickStackAlertNumberChartConfig,
)


class ClickStackCreateAlertRequest(RequestModel):
    dashboard_id: str | None = None
    tile_id: str | None = None
    saved_search_id: str | None = None
    group_by: str | None = None
    chart_config: ClickStackAlertChartConfig | None = None
    threshold: Number
    threshold_max: Number | None = None
    interval: ClickStackInterval
    schedule_offset_minutes: int | None = None
    schedule_start_at: AwareDatetime | None = None
    source: ClickStackAlertResponseSource | None = None
    threshold_type: ClickStackThresholdType
    channel: ClickStackAlertChannel | None = None
    channels: ClickStackAlertChannels | None = None
    name: str | None = None
    display_name: str | None = None
    tags: list[str] | None = None
    message: str | None = None
    note: str | None = None
    num_consecutive_windows: int | None = None


class ClickStackCreateDashboardRequest(RequestModel):
    name: str
    tiles: list[ClickStackTileInput]
    tags: list[str] | None = None
    filters: list[ClickStackFilterInput] | None = None
    saved_query: str | None = None
    saved_query_language: ClickStackWhereLanguage | None = None
    saved_filter_values: list[ClickStackSavedFilterValue] | None = None
    containers: list[ClickStackDashboardContainer] | None = None


class ClickStackDashboardResponse(ResponseModel):
    id: str | None = None
    name: str | None = None
    tiles: list[ClickStackTileOutput] | None = None
    tags: list[str] | None = None
    filters: list[ClickStackFilterOutput] | None = None
    saved_query: str | None = None
    saved_query_language: Open[ClickStackWhereLanguage] | None = None
    saved_filter_values: list[ClickStackSavedFilterValueOutput] | None = None
    containers: list[ClickStackDashboardContainerOutput] | None = None


class ClickStackUpdateAlertRequest(RequestModel):
    dashboard_id: str | None = None
    tile_id: str | None = None
    saved_search_id: str | None = None
    group_by: str | None = None
    chart_config: ClickStackAlertChartConfig | None = None
    threshold: Number
    threshold_max: Number | None = None
    interval: ClickStackInterval
    schedule_offset_minutes: int | None = None
    schedule_start_at: AwareDatetime | None = None
    source: ClickStackAlertResponseSource | None = None
    threshold_type: ClickStackThresholdType
    channel: ClickStackAlertChannel | None = None
    channels: ClickStackAlertChannels | None = None
    name: str | None = None
    display_name: str | None = None
    tags: list[str] | None = None
    message: str | None = None
    note: str | None = None
    num_consecutive_windows: int | None = None
