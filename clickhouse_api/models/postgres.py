# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: postgres."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field
from typing_extensions import TypeAliasType

from clickhouse_api.base import (
    Number,
    Open,
    RequestModel,
    ResponseModel,
    VerbatimRequestModel,
    VerbatimResponseModel,
)
from clickhouse_api.models.common import ResourceTagsV1, ResourceTagsV1Output

__all__ = [
    "PgBouncerConfig",
    "PgBouncerConfigOutput",
    "PgConfig",
    "PgConfigDefaultToastCompression",
    "PgConfigDefaultTransactionIsolation",
    "PgConfigEnableParallelHash",
    "PgConfigIoMethod",
    "PgConfigOutput",
    "PgConfigSslMinProtocolVersion",
    "PgConfigWalCompression",
    "PgHaType",
    "PgNameProperty",
    "PgPassword",
    "PgPitrRestoreTargetProperty",
    "PgProvider",
    "PgRegion",
    "PgSize",
    "PgStateProperty",
    "PgTags",
    "PgTagsOutput",
    "PgVersion",
    "PostgresBackup",
    "PostgresInstanceConfig",
    "PostgresInstanceConfigOutput",
    "PostgresInstanceUpdateConfigResponse",
    "PostgresIpAccessListEntry",
    "PostgresIpAccessListEntryOutput",
    "PostgresIpAccessListPatch",
    "PostgresIpAccessListRuleReference",
    "PostgresLogEntry",
    "PostgresMetric",
    "PostgresMetricDataPoint",
    "PostgresMetricSeries",
    "PostgresMetrics",
    "PostgresQueryExecution",
    "PostgresService",
    "PostgresServiceListItem",
    "PostgresServicePasswordResource",
    "PostgresServicePatchRequest",
    "PostgresServicePostRequest",
    "PostgresServiceReadReplicaRequest",
    "PostgresServiceRestoreRequest",
    "PostgresServiceSetPassword",
    "PostgresServiceSetState",
    "PostgresServiceSetStateCommand",
    "PostgresSlowQueryPattern",
    "PostgresSlowQueryPatternDetail",
    "SlowQueryPatternsGetListSortBy",
]


PgBouncerConfig = TypeAliasType("PgBouncerConfig", dict[str, str])


PgBouncerConfigOutput = TypeAliasType("PgBouncerConfigOutput", dict[str, str])


class PgConfigDefaultToastCompression(StrEnum):
    PGLZ = "pglz"
    LZ4 = "lz4"


class PgConfigDefaultTransactionIsolation(StrEnum):
    READ_COMMITTED = "read committed"
    REPEATABLE_READ = "repeatable read"
    SERIALIZABLE = "serializable"


class PgConfigEnableParallelHash(StrEnum):
    ON = "on"
    OFF = "off"


class PgConfigIoMethod(StrEnum):
    SYNC = "sync"
    WORKER = "worker"
    IO_URING = "io_uring"


class PgConfigSslMinProtocolVersion(StrEnum):
    TL_SV1 = "TLSv1"
    TL_SV1_1 = "TLSv1.1"
    TL_SV1_2 = "TLSv1.2"
    TL_SV1_3 = "TLSv1.3"


class PgConfigWalCompression(StrEnum):
    OFF = "off"
    ON = "on"
    LZ4 = "lz4"
    ZSTD = "zstd"


class PgHaType(StrEnum):
    NONE = "none"
    ASYNC = "async"
    SYNC = "sync"


PgNameProperty = TypeAliasType("PgNameProperty", Annotated[str, Field(max_length=50, min_length=1)])


PgPassword = TypeAliasType("PgPassword", Annotated[str, Field(max_length=1024, min_length=12)])


PgPitrRestoreTargetProperty = TypeAliasType("PgPitrRestoreTargetProperty", AwareDatetime)


class PgProvider(StrEnum):
    AWS = "aws"
    GCP = "gcp"


PgRegion = TypeAliasType("PgRegion", str)


class PgSize(StrEnum):
    C6GD_LARGE = "c6gd.large"
    C6GD_XLARGE = "c6gd.xlarge"
    C6GD_2XLARGE = "c6gd.2xlarge"
    C6GD_4XLARGE = "c6gd.4xlarge"
    C6GD_8XLARGE = "c6gd.8xlarge"
    C6GD_16XLARGE = "c6gd.16xlarge"
    I7I_LARGE = "i7i.large"
    I7I_XLARGE = "i7i.xlarge"
    I7I_2XLARGE = "i7i.2xlarge"
    I7I_4XLARGE = "i7i.4xlarge"
    I7I_8XLARGE = "i7i.8xlarge"
    I7I_12XLARGE = "i7i.12xlarge"
    I7I_16XLARGE = "i7i.16xlarge"
    I7I_24XLARGE = "i7i.24xlarge"
    I7IE_LARGE = "i7ie.large"
    I7IE_XLARGE = "i7ie.xlarge"
    I7IE_2XLARGE = "i7ie.2xlarge"
    I7IE_3XLARGE = "i7ie.3xlarge"
    I7IE_6XLARGE = "i7ie.6xlarge"
    I7IE_12XLARGE = "i7ie.12xlarge"
    I7IE_18XLARGE = "i7ie.18xlarge"
    I7IE_24XLARGE = "i7ie.24xlarge"
    I8G_LARGE = "i8g.large"
    I8G_XLARGE = "i8g.xlarge"
    I8G_2XLARGE = "i8g.2xlarge"
    I8G_4XLARGE = "i8g.4xlarge"
    I8G_8XLARGE = "i8g.8xlarge"
    I8G_16XLARGE = "i8g.16xlarge"
    I8G_24XLARGE = "i8g.24xlarge"
    I8GE_LARGE = "i8ge.large"
    I8GE_XLARGE = "i8ge.xlarge"
    I8GE_2XLARGE = "i8ge.2xlarge"
    I8GE_3XLARGE = "i8ge.3xlarge"
    I8GE_6XLARGE = "i8ge.6xlarge"
    I8GE_12XLARGE = "i8ge.12xlarge"
    I8GE_18XLARGE = "i8ge.18xlarge"
    I8GE_24XLARGE = "i8ge.24xlarge"
    M6GD_LARGE = "m6gd.large"
    M6GD_XLARGE = "m6gd.xlarge"
    M6GD_2XLARGE = "m6gd.2xlarge"
    M6GD_4XLARGE = "m6gd.4xlarge"
    M6GD_8XLARGE = "m6gd.8xlarge"
    M6GD_16XLARGE = "m6gd.16xlarge"
    M6ID_LARGE = "m6id.large"
    M6ID_XLARGE = "m6id.xlarge"
    M6ID_2XLARGE = "m6id.2xlarge"
    M6ID_4XLARGE = "m6id.4xlarge"
    M6ID_8XLARGE = "m6id.8xlarge"
    M6ID_16XLARGE = "m6id.16xlarge"
    M8GD_LARGE = "m8gd.large"
    M8GD_XLARGE = "m8gd.xlarge"
    M8GD_2XLARGE = "m8gd.2xlarge"
    M8GD_4XLARGE = "m8gd.4xlarge"
    M8GD_8XLARGE = "m8gd.8xlarge"
    M8GD_16XLARGE = "m8gd.16xlarge"
    R6GD_MEDIUM = "r6gd.medium"
    R6GD_LARGE = "r6gd.large"
    R6GD_XLARGE = "r6gd.xlarge"
    R6GD_2XLARGE = "r6gd.2xlarge"
    R6GD_4XLARGE = "r6gd.4xlarge"
    R6GD_8XLARGE = "r6gd.8xlarge"
    R6GD_12XLARGE = "r6gd.12xlarge"
    R6GD_16XLARGE = "r6gd.16xlarge"
    R6ID_LARGE = "r6id.large"
    R6ID_XLARGE = "r6id.xlarge"
    R6ID_2XLARGE = "r6id.2xlarge"
    R6ID_4XLARGE = "r6id.4xlarge"
    R6ID_8XLARGE = "r6id.8xlarge"
    R6ID_12XLARGE = "r6id.12xlarge"
    R6ID_16XLARGE = "r6id.16xlarge"
    R6ID_24XLARGE = "r6id.24xlarge"
    R6ID_32XLARGE = "r6id.32xlarge"
    R8GD_MEDIUM = "r8gd.medium"
    R8GD_LARGE = "r8gd.large"
    R8GD_XLARGE = "r8gd.xlarge"
    R8GD_2XLARGE = "r8gd.2xlarge"
    R8GD_4XLARGE = "r8gd.4xlarge"
    R8GD_8XLARGE = "r8gd.8xlarge"
    R8GD_12XLARGE = "r8gd.12xlarge"
    R8GD_16XLARGE = "r8gd.16xlarge"
    R8GD_24XLARGE = "r8gd.24xlarge"
    R8GD_48XLARGE = "r8gd.48xlarge"
    C4A_HIGHMEM_LSSD_4 = "c4a-highmem-lssd-4"
    C4A_HIGHMEM_LSSD_8 = "c4a-highmem-lssd-8"
    C4A_HIGHMEM_LSSD_16 = "c4a-highmem-lssd-16"
    C4A_HIGHMEM_LSSD_32 = "c4a-highmem-lssd-32"
    C4A_HIGHMEM_LSSD_48 = "c4a-highmem-lssd-48"
    C4A_HIGHMEM_LSSD_64 = "c4a-highmem-lssd-64"
    C4A_HIGHMEM_LSSD_72 = "c4a-highmem-lssd-72"
    C4A_STANDARD_LSSD_4 = "c4a-standard-lssd-4"
    C4A_STANDARD_LSSD_8 = "c4a-standard-lssd-8"
    C4A_STANDARD_LSSD_16 = "c4a-standard-lssd-16"
    C4A_STANDARD_LSSD_32 = "c4a-standard-lssd-32"
    C4A_STANDARD_LSSD_48 = "c4a-standard-lssd-48"
    C4A_STANDARD_LSSD_64 = "c4a-standard-lssd-64"
    C4A_STANDARD_LSSD_72 = "c4a-standard-lssd-72"
    C4_HIGHMEM_LSSD_4 = "c4-highmem-lssd-4"
    C4_HIGHMEM_LSSD_8 = "c4-highmem-lssd-8"
    C4_HIGHMEM_LSSD_16 = "c4-highmem-lssd-16"
    C4_HIGHMEM_LSSD_24 = "c4-highmem-lssd-24"
    C4_HIGHMEM_LSSD_32 = "c4-highmem-lssd-32"
    C4_HIGHMEM_LSSD_48 = "c4-highmem-lssd-48"
    C4_HIGHMEM_LSSD_96 = "c4-highmem-lssd-96"
    C4_HIGHMEM_LSSD_144 = "c4-highmem-lssd-144"
    C4_HIGHMEM_LSSD_192 = "c4-highmem-lssd-192"
    C4_HIGHMEM_LSSD_288 = "c4-highmem-lssd-288"
    C4_STANDARD_LSSD_4 = "c4-standard-lssd-4"
    C4_STANDARD_LSSD_8 = "c4-standard-lssd-8"
    C4_STANDARD_LSSD_16 = "c4-standard-lssd-16"
    C4_STANDARD_LSSD_24 = "c4-standard-lssd-24"
    C4_STANDARD_LSSD_32 = "c4-standard-lssd-32"
    C4_STANDARD_LSSD_48 = "c4-standard-lssd-48"
    C4_STANDARD_LSSD_96 = "c4-standard-lssd-96"
    C4_STANDARD_LSSD_144 = "c4-standard-lssd-144"
    C4_STANDARD_LSSD_192 = "c4-standard-lssd-192"
    C4_STANDARD_LSSD_288 = "c4-standard-lssd-288"
    C4D_HIGHMEM_LSSD_8 = "c4d-highmem-lssd-8"
    C4D_HIGHMEM_LSSD_16 = "c4d-highmem-lssd-16"
    C4D_HIGHMEM_LSSD_32 = "c4d-highmem-lssd-32"
    C4D_HIGHMEM_LSSD_48 = "c4d-highmem-lssd-48"
    C4D_HIGHMEM_LSSD_64 = "c4d-highmem-lssd-64"
    C4D_HIGHMEM_LSSD_96 = "c4d-highmem-lssd-96"
    C4D_HIGHMEM_LSSD_192 = "c4d-highmem-lssd-192"
    C4D_HIGHMEM_LSSD_384 = "c4d-highmem-lssd-384"
    C4D_STANDARD_LSSD_8 = "c4d-standard-lssd-8"
    C4D_STANDARD_LSSD_16 = "c4d-standard-lssd-16"
    C4D_STANDARD_LSSD_32 = "c4d-standard-lssd-32"
    C4D_STANDARD_LSSD_48 = "c4d-standard-lssd-48"
    C4D_STANDARD_LSSD_64 = "c4d-standard-lssd-64"
    C4D_STANDARD_LSSD_96 = "c4d-standard-lssd-96"
    C4D_STANDARD_LSSD_192 = "c4d-standard-lssd-192"
    C4D_STANDARD_LSSD_384 = "c4d-standard-lssd-384"
    Z3_HIGHMEM_HIGHLSSD_8 = "z3-highmem-highlssd-8"
    Z3_HIGHMEM_HIGHLSSD_16 = "z3-highmem-highlssd-16"
    Z3_HIGHMEM_HIGHLSSD_22 = "z3-highmem-highlssd-22"
    Z3_HIGHMEM_HIGHLSSD_32 = "z3-highmem-highlssd-32"
    Z3_HIGHMEM_HIGHLSSD_44 = "z3-highmem-highlssd-44"
    Z3_HIGHMEM_HIGHLSSD_88 = "z3-highmem-highlssd-88"
    Z3_HIGHMEM_STANDARDLSSD_14 = "z3-highmem-standardlssd-14"
    Z3_HIGHMEM_STANDARDLSSD_22 = "z3-highmem-standardlssd-22"
    Z3_HIGHMEM_STANDARDLSSD_44 = "z3-highmem-standardlssd-44"
    Z3_HIGHMEM_STANDARDLSSD_88 = "z3-highmem-standardlssd-88"
    Z3_HIGHMEM_STANDARDLSSD_176 = "z3-highmem-standardlssd-176"


class PgStateProperty(StrEnum):
    CREATING = "creating"
    RESTARTING = "restarting"
    RUNNING = "running"
    REPLAYING_WAL = "replaying_wal"
    RESTORING_BACKUP = "restoring_backup"
    FINALIZING_RESTORE = "finalizing_restore"
    UNAVAILABLE = "unavailable"
    STOPPED = "stopped"
    DELETING = "deleting"


class PgVersion(StrEnum):
    VALUE_18 = "18"
    VALUE_17 = "17"


class PostgresBackup(ResponseModel):
    key: str | None = None
    status: str | None = None
    last_modified: datetime | None = None


class PostgresIpAccessListEntry(RequestModel):
    id: str | None = None
    source: str
    port_range: str
    description: str | None = None


class PostgresIpAccessListEntryOutput(ResponseModel):
    id: str | None = None
    source: str | None = None
    port_range: str | None = None
    description: str | None = None


class PostgresIpAccessListRuleReference(RequestModel):
    id: str


class PostgresLogEntry(ResponseModel):
    timestamp: datetime | None = None
    severity: str | None = None
    body: str | None = None


class PostgresMetricDataPoint(ResponseModel):
    timestamp: int | None = None
    value: Number | None = None


class PostgresMetricSeries(ResponseModel):
    label: str | None = None
    data_points: list[PostgresMetricDataPoint] | None = None


class PostgresQueryExecution(ResponseModel):
    timestamp: datetime | None = None
    query_id: str | None = None
    db_name: str | None = None
    db_user: str | None = None
    db_operation: str | None = None
    app: str | None = None
    query_text: str | None = None
    pid: str | None = None
    duration_us: int | None = None
    rows: int | None = None
    shared_blks_hit: int | None = None
    shared_blks_read: int | None = None
    shared_blks_written: int | None = None
    shared_blks_dirtied: int | None = None
    shared_blk_read_time_us: int | None = None
    shared_blk_write_time_us: int | None = None
    local_blks_hit: int | None = None
    local_blks_read: int | None = None
    local_blks_written: int | None = None
    local_blks_dirtied: int | None = None
    temp_blks_read: int | None = None
    temp_blks_written: int | None = None
    temp_blk_read_time_us: int | None = None
    temp_blk_write_time_us: int | None = None
    wal_records: int | None = None
    wal_bytes: int | None = None
    wal_fpi: int | None = None
    cpu_user_time_us: int | None = None
    cpu_sys_time_us: int | None = None
    jit_functions: int | None = None
    jit_generation_time_us: int | None = None
    jit_inlining_time_us: int | None = None
    jit_optimization_time_us: int | None = None
    jit_emission_time_us: int | None = None
    jit_deform_time_us: int | None = None
    parallel_workers_planned: int | None = None
    parallel_workers_launched: int | None = None
    err_message: str | None = None
    err_sqlstate: str | None = None
    err_elevel: int | None = None
    server_role: str | None = None
    trace_id: str | None = None
    span_id: str | None = None


class PostgresServicePasswordResource(ResponseModel):
    password: str | None = None


class PostgresServiceSetPassword(RequestModel):
    password: PgPassword | None = None


class PostgresServiceSetStateCommand(StrEnum):
    RESTART = "restart"
    PROMOTE = "promote"
    SWITCHOVER = "switchover"


class PostgresSlowQueryPattern(ResponseModel):
    query_id: str | None = None
    query_text: str | None = None
    db_name: str | None = None
    db_user: str | None = None
    db_operation: str | None = None
    app: str | None = None
    call_count: int | None = None
    error_count: int | None = None
    total_duration_us: int | None = None
    avg_duration_us: int | None = None
    max_duration_us: int | None = None
    p50_duration_us: int | None = None
    p95_duration_us: int | None = None
    p99_duration_us: int | None = None
    total_rows: int | None = None
    total_shared_blks_read: int | None = None
    total_shared_blks_hit: int | None = None
    total_cpu_time_us: int | None = None
    total_wal_bytes: int | None = None


class PostgresSlowQueryPatternDetail(ResponseModel):
    aggregate: PostgresSlowQueryPattern | None = None
    recent_executions: list[PostgresQueryExecution] | None = None


class SlowQueryPatternsGetListSortBy(StrEnum):
    TOTAL_DURATION = "total_duration"
    AVG_DURATION = "avg_duration"
    CALL_COUNT = "call_count"
    TOTAL_BLKS_READ = "total_blks_read"
    TOTAL_CPU_TIME = "total_cpu_time"
    ERROR_COUNT = "error_count"
    MAX_DURATION = "max_duration"
    P50_DURATION = "p50_duration"
    P95_DURATION = "p95_duration"
    P99_DURATION = "p99_duration"
    TOTAL_ROWS = "total_rows"
    TOTAL_SHARED_BLKS_HIT = "total_shared_blks_hit"
    TOTAL_WAL_BYTES = "total_wal_bytes"


class PgConfig(VerbatimRequestModel):
    max_connections: str | Annotated[int, Field(ge=1)] | None = None
    default_transaction_isolation: PgConfigDefaultTransactionIsolation | None = None
    ssl_min_protocol_version: PgConfigSslMinProtocolVersion | None = None
    default_toast_compression: PgConfigDefaultToastCompression | None = None
    maintenance_work_mem: str | Annotated[int, Field(ge=64)] | None = None
    work_mem: str | Annotated[int, Field(ge=64)] | None = None
    effective_cache_size: str | Annotated[int, Field(ge=8)] | None = None
    random_page_cost: str | Annotated[Number, Field(ge=0.0)] | None = None
    effective_io_concurrency: str | Annotated[int, Field(ge=0)] | None = None
    max_worker_processes: str | Annotated[int, Field(ge=0)] | None = None
    max_parallel_workers: str | Annotated[int, Field(ge=0)] | None = None
    max_parallel_workers_per_gather: str | Annotated[int, Field(ge=0)] | None = None
    max_parallel_maintenance_workers: str | Annotated[int, Field(ge=0)] | None = None
    shared_memory_percent: str | Annotated[int, Field(ge=25, le=75)] | None = None
    temp_buffers: str | Annotated[int, Field(ge=800)] | None = None
    hash_mem_multiplier: str | Annotated[int, Field(ge=1, le=1000)] | None = None
    enable_parallel_hash: PgConfigEnableParallelHash | None = None
    maintenance_io_concurrency: str | Annotated[int, Field(ge=0, le=1000)] | None = None
    io_method: PgConfigIoMethod | None = None
    io_workers: str | Annotated[int, Field(ge=1, le=32)] | None = None
    bgwriter_delay: str | Annotated[int, Field(ge=10, le=10000)] | None = None
    bgwriter_flush_after: str | Annotated[int, Field(ge=0, le=2048)] | None = None
    bgwriter_lru_maxpages: str | Annotated[int, Field(ge=0, le=1073741823)] | None = None
    bgwriter_lru_multiplier: str | Annotated[int, Field(ge=0, le=10)] | None = None
    statement_timeout: str | Annotated[int, Field(ge=0)] | None = None
    lock_timeout: str | Annotated[int, Field(ge=0)] | None = None
    idle_session_timeout: str | Annotated[int, Field(ge=0)] | None = None
    idle_in_transaction_session_timeout: str | Annotated[int, Field(ge=0)] | None = None
    transaction_timeout: str | Annotated[int, Field(ge=0)] | None = None
    wal_sender_timeout: str | Annotated[int, Field(ge=0)] | None = None
    wal_keep_size: str | Annotated[int, Field(ge=0)] | None = None
    min_wal_size: str | Annotated[int, Field(ge=32768)] | None = None
    max_wal_size: str | Annotated[int, Field(ge=32768)] | None = None
    checkpoint_timeout: str | Annotated[int, Field(ge=30, le=3600)] | None = None
    max_slot_wal_keep_size: str | Annotated[int, Field(ge=0)] | None = None
    wal_compression: PgConfigWalCompression | None = None
    wal_buffers: str | Annotated[int, Field(ge=32, le=262144)] | None = None
    max_replication_slots: str | Annotated[int, Field(ge=10, le=262143)] | None = None
    max_wal_senders: str | Annotated[int, Field(ge=10, le=262143)] | None = None
    max_logical_replication_workers: str | Annotated[int, Field(ge=0, le=262143)] | None = None
    max_sync_workers_per_subscription: str | Annotated[int, Field(ge=0, le=262143)] | None = None
    logical_decoding_work_mem: str | Annotated[int, Field(ge=64)] | None = None
    autovacuum_max_workers: str | Annotated[int, Field(ge=1)] | None = None
    autovacuum_naptime: str | Annotated[int, Field(ge=1)] | None = None
    autovacuum_work_mem: str | Annotated[int, Field(ge=1024)] | None = None
    autovacuum_vacuum_scale_factor: str | Annotated[Number, Field(ge=0.0)] | None = None
    autovacuum_analyze_scale_factor: str | Annotated[Number, Field(ge=0.0)] | None = None
    autovacuum_vacuum_insert_scale_factor: str | Annotated[Number, Field(ge=0.0)] | None = None
    autovacuum_vacuum_threshold: str | Annotated[int, Field(ge=0, le=2147483647)] | None = None
    autovacuum_analyze_threshold: str | Annotated[int, Field(ge=0, le=2147483647)] | None = None
    autovacuum_vacuum_insert_threshold: str | Annotated[int, Field(ge=-1, le=2147483647)] | None = (
        None
    )
    autovacuum_freeze_max_age: str | Annotated[int, Field(ge=100000, le=2000000000)] | None = None
    autovacuum_vacuum_cost_limit: str | Annotated[int, Field(ge=1)] | None = None
    autovacuum_vacuum_cost_delay: str | Annotated[int, Field(ge=0)] | None = None
    vacuum_cost_delay: str | Annotated[int, Field(ge=0, le=100)] | None = None
    log_min_duration_statement: str | Annotated[int, Field(ge=-1, le=2147483647)] | None = None
    log_temp_files: str | Annotated[int, Field(ge=-1, le=2147483647)] | None = None
    log_lock_waits: PgConfigEnableParallelHash | None = None
    log_parameter_max_length: str | Annotated[int, Field(ge=-1, le=1073741823)] | None = None
    track_activity_query_size: str | Annotated[int, Field(ge=100, le=1048576)] | None = None


class PgConfigOutput(VerbatimResponseModel):
    max_connections: str | int | None = None
    default_transaction_isolation: Open[PgConfigDefaultTransactionIsolation] | None = None
    ssl_min_protocol_version: Open[PgConfigSslMinProtocolVersion] | None = None
    default_toast_compression: Open[PgConfigDefaultToastCompression] | None = None
    maintenance_work_mem: str | int | None = None
    work_mem: str | int | None = None
    effective_cache_size: str | int | None = None
    random_page_cost: str | Number | None = None
    effective_io_concurrency: str | int | None = None
    max_worker_processes: str | int | None = None
    max_parallel_workers: str | int | None = None
    max_parallel_workers_per_gather: str | int | None = None
    max_parallel_maintenance_workers: str | int | None = None
    shared_memory_percent: str | int | None = None
    temp_buffers: str | int | None = None
    hash_mem_multiplier: str | int | None = None
    enable_parallel_hash: Open[PgConfigEnableParallelHash] | None = None
    maintenance_io_concurrency: str | int | None = None
    io_method: Open[PgConfigIoMethod] | None = None
    io_workers: str | int | None = None
    bgwriter_delay: str | int | None = None
    bgwriter_flush_after: str | int | None = None
    bgwriter_lru_maxpages: str | int | None = None
    bgwriter_lru_multiplier: str | int | None = None
    statement_timeout: str | int | None = None
    lock_timeout: str | int | None = None
    idle_session_timeout: str | int | None = None
    idle_in_transaction_session_timeout: str | int | None = None
    transaction_timeout: str | int | None = None
    wal_sender_timeout: str | int | None = None
    wal_keep_size: str | int | None = None
    min_wal_size: str | int | None = None
    max_wal_size: str | int | None = None
    checkpoint_timeout: str | int | None = None
    max_slot_wal_keep_size: str | int | None = None
    wal_compression: Open[PgConfigWalCompression] | None = None
    wal_buffers: str | int | None = None
    max_replication_slots: str | int | None = None
    max_wal_senders: str | int | None = None
    max_logical_replication_workers: str | int | None = None
    max_sync_workers_per_subscription: str | int | None = None
    logical_decoding_work_mem: str | int | None = None
    autovacuum_max_workers: str | int | None = None
    autovacuum_naptime: str | int | None = None
    autovacuum_work_mem: str | int | None = None
    autovacuum_vacuum_scale_factor: str | Number | None = None
    autovacuum_analyze_scale_factor: str | Number | None = None
    autovacuum_vacuum_insert_scale_factor: str | Number | None = None
    autovacuum_vacuum_threshold: str | int | None = None
    autovacuum_analyze_threshold: str | int | None = None
    autovacuum_vacuum_insert_threshold: str | int | None = None
    autovacuum_freeze_max_age: str | int | None = None
    autovacuum_vacuum_cost_limit: str | int | None = None
    autovacuum_vacuum_cost_delay: str | int | None = None
    vacuum_cost_delay: str | int | None = None
    log_min_duration_statement: str | int | None = None
    log_temp_files: str | int | None = None
    log_lock_waits: Open[PgConfigEnableParallelHash] | None = None
    log_parameter_max_length: str | int | None = None
    track_activity_query_size: str | int | None = None


PgTags = TypeAliasType("PgTags", Annotated[list[ResourceTagsV1], Field(max_length=50)])


PgTagsOutput = TypeAliasType("PgTagsOutput", list[ResourceTagsV1Output])


class PostgresInstanceConfig(RequestModel):
    pg_config: PgConfig
    pg_bouncer_config: PgBouncerConfig


class PostgresInstanceConfigOutput(ResponseModel):
    pg_config: PgConfigOutput | None = None
    pg_bouncer_config: PgBouncerConfigOutput | None = None


class PostgresInstanceUpdateConfigResponse(ResponseModel):
    pg_config: PgConfigOutput | None = None
    pg_bouncer_config: PgBouncerConfigOutput | None = None
    message: str | None = None


class PostgresIpAccessListPatch(RequestModel):
    add: list[PostgresIpAccessListEntry] | None = None
    remove: list[PostgresIpAccessListRuleReference] | None = None


class PostgresMetric(ResponseModel):
    key: str | None = None
    name: str | None = None
    unit: str | None = None
    description: str | None = None
    series: list[PostgresMetricSeries] | None = None


class PostgresMetrics(ResponseModel):
    metrics: list[PostgresMetric] | None = None


class PostgresService(ResponseModel):
    name: str | None = None
    provider: Open[PgProvider] | None = None
    region: str | None = None
    postgres_version: Open[PgVersion] | None = None
    size: Open[PgSize] | None = None
    ha_type: Open[PgHaType] | None = None
    tags: PgTagsOutput | None = None
    ip_access_list: list[PostgresIpAccessListEntryOutput] | None = None
    id: str | None = None
    storage_size: int | None = None
    state: Open[PgStateProperty] | None = None
    created_at: datetime | None = None
    is_primary: bool | None = None
    connection_string: str | None = None
    username: str | None = None
    password: str | None = None
    hostname: str | None = None
    earliest_restore_time: datetime | None = None


class PostgresServiceListItem(ResponseModel):
    name: str | None = None
    provider: Open[PgProvider] | None = None
    region: str | None = None
    postgres_version: Open[PgVersion] | None = None
    size: Open[PgSize] | None = None
    ha_type: Open[PgHaType] | None = None
    tags: PgTagsOutput | None = None
    id: str | None = None
    state: Open[PgStateProperty] | None = None
    created_at: datetime | None = None
    is_primary: bool | None = None


class PostgresServicePatchRequest(RequestModel):
    ip_access_list: PostgresIpAccessListPatch | None = None
    name: PgNameProperty | None = None
    size: PgSize | None = None
    ha_type: PgHaType | None = None
    tags: PgTags | None = None


class PostgresServicePostRequest(RequestModel):
    name: PgNameProperty
    provider: PgProvider
    region: PgRegion
    postgres_version: PgVersion | None = None
    size: PgSize
    ha_type: PgHaType | None = None
    tags: PgTags | None = None
    ip_access_list: list[PostgresIpAccessListEntry] | None = None
    pg_config: PgConfig | None = None
    pg_bouncer_config: PgBouncerConfig | None = None


class PostgresServiceReadReplicaRequest(RequestModel):
    name: PgNameProperty
    pg_config: PgConfig | None = None
    pg_bouncer_config: PgBouncerConfig | None = None
    tags: PgTags | None = None


class PostgresServiceRestoreRequest(RequestModel):
    name: PgNameProperty
    restore_target: PgPitrRestoreTargetProperty
    pg_config: PgConfig | None = None
    pg_bouncer_config: PgBouncerConfig | None = None
    tags: PgTags | None = None


class PostgresServiceSetState(RequestModel):
    command: PostgresServiceSetStateCommand | None = None
