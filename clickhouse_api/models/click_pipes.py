# generated from clickhouse_api/openapi.json by `python -m clickhouse_api.generator`; do not edit
"""Models of the control plane's API: click pipes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from typing_extensions import TypeAliasType

from clickhouse_api.base import (
    Number,
    Open,
    RequestModel,
    ResponseModel,
    UnknownVariant,
    VerbatimRequestModel,
    VerbatimResponseModel,
)

__all__ = [
    "PLAIN",
    "AzureEventHub",
    "ClickPipe",
    "ClickPipeBigQueryPipeSettings",
    "ClickPipeBigQueryPipeSettingsOutput",
    "ClickPipeBigQueryPipeTableMapping",
    "ClickPipeBigQueryPipeTableMappingOutput",
    "ClickPipeBigQueryServiceAccountSource",
    "ClickPipeBigQuerySource",
    "ClickPipeBigQueryWorkloadIdentitySource",
    "ClickPipeCompression",
    "ClickPipeDestination",
    "ClickPipeDestinationColumn",
    "ClickPipeDestinationColumnOutput",
    "ClickPipeDestinationTableDefinition",
    "ClickPipeDestinationTableDefinitionOutput",
    "ClickPipeDestinationTableEngine",
    "ClickPipeDestinationTableEngineOutput",
    "ClickPipeDestinationTableEngineType",
    "ClickPipeFieldMapping",
    "ClickPipeFieldMappingOutput",
    "ClickPipeIteratorType",
    "ClickPipeKafkaConfluentSchemaRegistry",
    "ClickPipeKafkaGlueSchemaRegistry",
    "ClickPipeKafkaGlueSchemaRegistryOutput",
    "ClickPipeKafkaOffset",
    "ClickPipeKafkaOffsetOutput",
    "ClickPipeKafkaOffsetStrategy",
    "ClickPipeKafkaSchemaRegistry",
    "ClickPipeKafkaSchemaRegistryCredentials",
    "ClickPipeKafkaSource",
    "ClickPipeKafkaSourceAuthentication",
    "ClickPipeKafkaSourceFormat",
    "ClickPipeKafkaSourceType",
    "ClickPipeKinesisSchemaRegistry",
    "ClickPipeKinesisSchemaRegistryOutput",
    "ClickPipeKinesisSource",
    "ClickPipeKinesisSourceAuthentication",
    "ClickPipeMongoDBPipeColumn",
    "ClickPipeMongoDBPipeColumnOutput",
    "ClickPipeMongoDBPipeSettings",
    "ClickPipeMongoDBPipeSettingsOutput",
    "ClickPipeMongoDBPipeTableMapping",
    "ClickPipeMongoDBPipeTableMappingOutput",
    "ClickPipeMongoDBSource",
    "ClickPipeMongoDBStructuredIngestion",
    "ClickPipeMongoDBStructuredIngestionOutput",
    "ClickPipeMutateBigQuerySource",
    "ClickPipeMutateDestination",
    "ClickPipeMutateKafkaConfluentSchemaRegistry",
    "ClickPipeMutateKafkaSchemaRegistry",
    "ClickPipeMutateMongoDBSource",
    "ClickPipeMutateMySQLSource",
    "ClickPipeMutatePostgresSource",
    "ClickPipeMySQLPipeSettings",
    "ClickPipeMySQLPipeSettingsOutput",
    "ClickPipeMySQLPipeSettingsReplicationMechanism",
    "ClickPipeMySQLPipeTableMapping",
    "ClickPipeMySQLPipeTableMappingOutput",
    "ClickPipeMySQLSource",
    "ClickPipeMySQLSourceAuthentication",
    "ClickPipeMySQLSourceType",
    "ClickPipeObjectStorageSource",
    "ClickPipeObjectStorageSourceAuthentication",
    "ClickPipeObjectStorageSourceFormat",
    "ClickPipeObjectStorageSourceType",
    "ClickPipePatchDestination",
    "ClickPipePatchKafkaSource",
    "ClickPipePatchKinesisSource",
    "ClickPipePatchMongoDBPipeRemoveTableMapping",
    "ClickPipePatchMongoDBPipeSettings",
    "ClickPipePatchMongoDBSource",
    "ClickPipePatchMySQLPipeRemoveTableMapping",
    "ClickPipePatchMySQLPipeSettings",
    "ClickPipePatchMySQLSource",
    "ClickPipePatchObjectStorageSource",
    "ClickPipePatchPostgresPipeRemoveTableMapping",
    "ClickPipePatchPostgresPipeSettings",
    "ClickPipePatchPostgresSource",
    "ClickPipePatchPubSubSource",
    "ClickPipePatchRequest",
    "ClickPipePatchSource",
    "ClickPipePostBigQueryServiceAccountSource",
    "ClickPipePostBigQueryWorkloadIdentitySource",
    "ClickPipePostKafkaSource",
    "ClickPipePostKinesisSource",
    "ClickPipePostObjectStorageSource",
    "ClickPipePostPubSubServiceAccountSource",
    "ClickPipePostPubSubSource",
    "ClickPipePostPubSubWorkloadIdentitySource",
    "ClickPipePostRequest",
    "ClickPipePostSource",
    "ClickPipePostgresPipeSettings",
    "ClickPipePostgresPipeSettingsOutput",
    "ClickPipePostgresPipeTableMapping",
    "ClickPipePostgresPipeTableMappingOutput",
    "ClickPipePostgresSource",
    "ClickPipePostgresSourceType",
    "ClickPipePubSubSource",
    "ClickPipePubSubSourceAuthentication",
    "ClickPipePubSubSourceFormat",
    "ClickPipeReadPreference",
    "ClickPipeReplicationMode",
    "ClickPipeScaling",
    "ClickPipeScalingOutput",
    "ClickPipeScalingPatchRequest",
    "ClickPipeSchemaDiscoveryField",
    "ClickPipeSchemaDiscoveryMeta",
    "ClickPipeSchemaDiscoveryRequest",
    "ClickPipeSchemaDiscoveryResponse",
    "ClickPipeSchemaDiscoverySource",
    "ClickPipeSeekType",
    "ClickPipeSettings",
    "ClickPipeSettingsOutput",
    "ClickPipeSettingsPutRequest",
    "ClickPipeSource",
    "ClickPipeState",
    "ClickPipeStatePatchRequest",
    "ClickPipeStatePatchRequestCommand",
    "ClickPipeTableEngine",
    "ClickPipeTombstoneMode",
    "ClickPipesCdcScaling",
    "ClickPipesCdcScalingPatchRequest",
    "ClickPipesGcpWorkloadIdentityContext",
    "ClickPipesServiceContext",
    "CreateReversePrivateEndpoint",
    "CustomPrivateDnsMapping",
    "CustomPrivateDnsMappingOutput",
    "MskIamUser",
    "MutualTLS",
    "ReversePrivateEndpoint",
    "ReversePrivateEndpointDnsTarget",
    "ReversePrivateEndpointMskAuthentication",
    "ReversePrivateEndpointPrivateDnsMapping",
    "ReversePrivateEndpointStatus",
    "ReversePrivateEndpointType",
    "ServiceAccount",
    "UpdateReversePrivateEndpoint",
]


class AzureEventHub(RequestModel):
    connection_string: str | None = None


class ClickPipeBigQueryPipeSettings(RequestModel):
    replication_mode: str
    replication_method: str | None = None
    sync_interval_seconds: Annotated[int | None, Field(ge=1)] = None
    query_cdc_pull_sync_parallelism: Annotated[int | None, Field(ge=1)] = None
    sync_delay_seconds: Annotated[int | None, Field(ge=0)] = None
    pull_window_size_seconds: Annotated[int | None, Field(ge=1)] = None
    sync_cron: str | None = None
    allow_nullable_columns: bool | None = None
    initial_load_parallelism: Number | None = None
    snapshot_num_rows_per_partition: Number | None = None
    snapshot_number_of_parallel_tables: Number | None = None


class ClickPipeBigQueryPipeSettingsOutput(ResponseModel):
    replication_mode: str | None = None
    replication_method: str | None = None
    sync_interval_seconds: int | None = None
    query_cdc_pull_sync_parallelism: int | None = None
    sync_delay_seconds: int | None = None
    pull_window_size_seconds: int | None = None
    sync_cron: str | None = None
    allow_nullable_columns: bool | None = None
    initial_load_parallelism: Number | None = None
    snapshot_num_rows_per_partition: Number | None = None
    snapshot_number_of_parallel_tables: Number | None = None


class ClickPipeCompression(StrEnum):
    NONE = "none"
    GZIP = "gzip"
    GZ = "gz"
    BROTLI = "brotli"
    BR = "br"
    XZ = "xz"
    LZMA = "LZMA"
    ZSTD = "zstd"
    AUTO = "auto"


class ClickPipeDestinationColumn(RequestModel):
    name: str | None = None
    type: str | None = None


class ClickPipeDestinationColumnOutput(ResponseModel):
    name: str | None = None
    type: str | None = None


class ClickPipeDestinationTableEngineType(StrEnum):
    MERGE_TREE = "MergeTree"
    REPLACING_MERGE_TREE = "ReplacingMergeTree"
    SUMMING_MERGE_TREE = "SummingMergeTree"
    NULL = "Null"


class ClickPipeFieldMapping(RequestModel):
    source_field: str | None = None
    destination_field: str | None = None


class ClickPipeFieldMappingOutput(ResponseModel):
    source_field: str | None = None
    destination_field: str | None = None


class ClickPipeIteratorType(StrEnum):
    TRIM_HORIZON = "TRIM_HORIZON"
    LATEST = "LATEST"
    AT_TIMESTAMP = "AT_TIMESTAMP"


class ClickPipeKafkaConfluentSchemaRegistry(ResponseModel):
    type: Literal["confluent"] | None = None
    url: str | None = None
    authentication: Literal["PLAIN"] | None = None
    ca_certificate: str | None = None


class ClickPipeKafkaGlueSchemaRegistry(RequestModel):
    type: Literal["glue"]
    glue_region: str
    glue_registry_name: str
    glue_role_arn: str | None = None


class ClickPipeKafkaGlueSchemaRegistryOutput(ResponseModel):
    type: Literal["glue"] | None = None
    glue_region: str | None = None
    glue_registry_name: str | None = None
    glue_role_arn: str | None = None


class ClickPipeKafkaOffsetStrategy(StrEnum):
    FROM_BEGINNING = "from_beginning"
    FROM_LATEST = "from_latest"
    FROM_TIMESTAMP = "from_timestamp"


class ClickPipeKafkaSchemaRegistryCredentials(RequestModel):
    username: str | None = None
    password: str | None = None


class ClickPipeKafkaSourceAuthentication(StrEnum):
    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"
    IAM_ROLE = "IAM_ROLE"
    IAM_USER = "IAM_USER"
    MUTUAL_TLS = "MUTUAL_TLS"
    SERVICE_ACCOUNT_WORKLOAD_IDENTITY = "SERVICE_ACCOUNT_WORKLOAD_IDENTITY"


class ClickPipeKafkaSourceFormat(StrEnum):
    JSON_EACH_ROW = "JSONEachRow"
    AVRO = "Avro"
    AVRO_CONFLUENT = "AvroConfluent"
    PROTOBUF = "Protobuf"


class ClickPipeKafkaSourceType(StrEnum):
    KAFKA = "kafka"
    REDPANDA = "redpanda"
    MSK = "msk"
    GCMK = "gcmk"
    CONFLUENT = "confluent"
    WARPSTREAM = "warpstream"
    AZUREEVENTHUB = "azureeventhub"
    DOKAFKA = "dokafka"


class ClickPipeKinesisSchemaRegistry(RequestModel):
    type: Literal["glue"]
    glue_region: str
    glue_registry_name: str
    glue_role_arn: str | None = None


class ClickPipeKinesisSchemaRegistryOutput(ResponseModel):
    type: Literal["glue"] | None = None
    glue_region: str | None = None
    glue_registry_name: str | None = None
    glue_role_arn: str | None = None


class ClickPipeKinesisSourceAuthentication(StrEnum):
    IAM_ROLE = "IAM_ROLE"
    IAM_USER = "IAM_USER"


class ClickPipeMongoDBPipeColumn(RequestModel):
    name: str
    type: str


class ClickPipeMongoDBPipeColumnOutput(ResponseModel):
    name: str | None = None
    type: str | None = None


class ClickPipeMongoDBStructuredIngestion(RequestModel):
    enabled: bool
    drop_unexpected_values: bool | None = None
    columns: list[ClickPipeMongoDBPipeColumn] | None = None
    excluded_columns: list[str] | None = None
    sorting_keys: list[str] | None = None
    partition_by_expr: str | None = None


class ClickPipeMongoDBStructuredIngestionOutput(ResponseModel):
    enabled: bool | None = None
    drop_unexpected_values: bool | None = None
    columns: list[ClickPipeMongoDBPipeColumnOutput] | None = None
    excluded_columns: list[str] | None = None
    sorting_keys: list[str] | None = None
    partition_by_expr: str | None = None


class ClickPipeMutateKafkaConfluentSchemaRegistry(RequestModel):
    type: Literal["confluent"] | None = None
    url: str
    authentication: Literal["PLAIN"]
    ca_certificate: str | None = None
    credentials: ClickPipeKafkaSchemaRegistryCredentials


ClickPipeMutateKafkaSchemaRegistry = TypeAliasType(
    "ClickPipeMutateKafkaSchemaRegistry",
    ClickPipeMutateKafkaConfluentSchemaRegistry | ClickPipeKafkaGlueSchemaRegistry,
)


class ClickPipeMySQLPipeSettingsReplicationMechanism(StrEnum):
    GTID = "GTID"
    FILE_POS = "FILE_POS"


class ClickPipeMySQLSourceAuthentication(StrEnum):
    BASIC = "basic"
    IAM_ROLE = "IAM_ROLE"
    SERVICE_ACCOUNT_WORKLOAD_IDENTITY = "SERVICE_ACCOUNT_WORKLOAD_IDENTITY"


class ClickPipeMySQLSourceType(StrEnum):
    MYSQL = "mysql"
    RDSMYSQL = "rdsmysql"
    AURORAMYSQL = "auroramysql"
    CLOUDSQLMYSQL = "cloudsqlmysql"
    MARIADB = "mariadb"
    RDSMARIADB = "rdsmariadb"


class ClickPipeObjectStorageSourceAuthentication(StrEnum):
    IAM_ROLE = "IAM_ROLE"
    IAM_USER = "IAM_USER"
    CONNECTION_STRING = "CONNECTION_STRING"
    SERVICE_ACCOUNT = "SERVICE_ACCOUNT"
    SERVICE_ACCOUNT_WORKLOAD_IDENTITY = "SERVICE_ACCOUNT_WORKLOAD_IDENTITY"


class ClickPipeObjectStorageSourceFormat(StrEnum):
    JSON_EACH_ROW = "JSONEachRow"
    JSON_AS_OBJECT = "JSONAsObject"
    CSV = "CSV"
    CSV_WITH_NAMES = "CSVWithNames"
    TAB_SEPARATED = "TabSeparated"
    TAB_SEPARATED_WITH_NAMES = "TabSeparatedWithNames"
    PARQUET = "Parquet"
    AVRO = "Avro"


class ClickPipeObjectStorageSourceType(StrEnum):
    S3 = "s3"
    GCS = "gcs"
    DOSPACES = "dospaces"
    AZUREBLOBSTORAGE = "azureblobstorage"
    CLOUDFLARER2 = "cloudflarer2"
    OVHOBJECTSTORAGE = "ovhobjectstorage"


class ClickPipePatchDestination(RequestModel):
    columns: list[ClickPipeDestinationColumn] | None = None


class ClickPipePatchMongoDBPipeSettings(RequestModel):
    sync_interval_seconds: Annotated[int, Field(ge=1)] | None = None
    pull_batch_size: Annotated[int, Field(ge=1)] | None = None


class ClickPipePatchMySQLPipeSettings(RequestModel):
    sync_interval_seconds: Annotated[int, Field(ge=1)] | None = None
    pull_batch_size: Annotated[int, Field(ge=1)] | None = None
    use_compression: bool | None = None


class ClickPipePatchPostgresPipeSettings(RequestModel):
    sync_interval_seconds: Annotated[int, Field(ge=1)] | None = None
    pull_batch_size: Annotated[int, Field(ge=1)] | None = None


class ClickPipePostgresSourceType(StrEnum):
    POSTGRES = "postgres"
    SUPABASE = "supabase"
    NEON = "neon"
    ALLOYDB = "alloydb"
    PLANETSCALE = "planetscale"
    RDSPOSTGRES = "rdspostgres"
    AURORAPOSTGRES = "aurorapostgres"
    CLOUDSQLPOSTGRES = "cloudsqlpostgres"
    AZUREPOSTGRES = "azurepostgres"
    CRUNCHYBRIDGE = "crunchybridge"
    TIGERDATA = "tigerdata"


class ClickPipePubSubSourceAuthentication(StrEnum):
    SERVICE_ACCOUNT = "SERVICE_ACCOUNT"
    SERVICE_ACCOUNT_WORKLOAD_IDENTITY = "SERVICE_ACCOUNT_WORKLOAD_IDENTITY"


class ClickPipePubSubSourceFormat(StrEnum):
    JSON_EACH_ROW = "JSONEachRow"
    AVRO = "Avro"
    PROTOBUF = "Protobuf"


class ClickPipeReadPreference(StrEnum):
    PRIMARY = "primary"
    PRIMARY_PREFERRED = "primaryPreferred"
    SECONDARY = "secondary"
    SECONDARY_PREFERRED = "secondaryPreferred"
    NEAREST = "nearest"


class ClickPipeReplicationMode(StrEnum):
    CDC = "cdc"
    SNAPSHOT = "snapshot"
    CDC_ONLY = "cdc_only"


class ClickPipeScaling(RequestModel):
    replicas: Annotated[int | None, Field(ge=1, le=40)] = None
    concurrency: int | None = None
    replica_cpu_millicores: Annotated[int | None, Field(ge=125, le=2000)] = None
    replica_memory_gb: Annotated[Number | None, Field(ge=0.5, le=8.0)] = None


class ClickPipeScalingOutput(ResponseModel):
    replicas: int | None = None
    concurrency: int | None = None
    replica_cpu_millicores: int | None = None
    replica_memory_gb: Number | None = None


class ClickPipeScalingPatchRequest(RequestModel):
    replicas: Annotated[int | None, Field(ge=1, le=40)] = None
    concurrency: Annotated[int | None, Field(ge=0, le=34)] = None
    replica_cpu_millicores: Annotated[int | None, Field(ge=125, le=2000)] = None
    replica_memory_gb: Annotated[Number | None, Field(ge=0.5, le=8.0)] = None


class ClickPipeSchemaDiscoveryField(ResponseModel):
    name: str | None = None
    type: str | None = None
    optional: bool | None = None


ClickPipeSchemaDiscoveryMeta = TypeAliasType("ClickPipeSchemaDiscoveryMeta", dict[str, str])


class ClickPipeSchemaDiscoveryResponse(ResponseModel):
    fields: list[ClickPipeSchemaDiscoveryField] | None = None
    meta: ClickPipeSchemaDiscoveryMeta | None = None


class ClickPipeSeekType(StrEnum):
    LATEST = "latest"
    EARLIEST = "earliest"
    TIMESTAMP = "timestamp"


class ClickPipeSettings(VerbatimRequestModel):
    streaming_max_insert_wait_ms: Annotated[int, Field(ge=500, le=60000)] | None = None
    object_storage_concurrency: Annotated[int, Field(ge=1, le=35)] | None = None
    object_storage_polling_interval_ms: Annotated[int, Field(ge=100, le=3600000)] | None = None
    object_storage_max_insert_bytes: Annotated[int, Field(ge=524288000, le=10737418240)] | None = (
        None
    )
    object_storage_max_file_count: Annotated[int, Field(ge=1, le=10000)] | None = None
    clickhouse_max_threads: Annotated[int, Field(ge=0, le=64)] | None = None
    clickhouse_max_insert_threads: Annotated[int, Field(ge=0, le=16)] | None = None
    clickhouse_min_insert_block_size_bytes: Annotated[int, Field(ge=0, le=10737418240)] | None = (
        None
    )
    clickhouse_max_download_threads: Annotated[int, Field(ge=0, le=32)] | None = None
    clickhouse_parallel_distributed_insert_select: Annotated[int, Field(ge=0, le=2)] | None = None
    kafka_read_committed: bool | None = None
    object_storage_use_cluster_function: bool | None = None
    clickhouse_parallel_view_processing: bool | None = None


class ClickPipeSettingsOutput(VerbatimResponseModel):
    streaming_max_insert_wait_ms: int | None = None
    object_storage_concurrency: int | None = None
    object_storage_polling_interval_ms: int | None = None
    object_storage_max_insert_bytes: int | None = None
    object_storage_max_file_count: int | None = None
    clickhouse_max_threads: int | None = None
    clickhouse_max_insert_threads: int | None = None
    clickhouse_min_insert_block_size_bytes: int | None = None
    clickhouse_max_download_threads: int | None = None
    clickhouse_parallel_distributed_insert_select: int | None = None
    kafka_read_committed: bool | None = None
    object_storage_use_cluster_function: bool | None = None
    clickhouse_parallel_view_processing: bool | None = None


class ClickPipeSettingsPutRequest(VerbatimRequestModel):
    streaming_max_insert_wait_ms: Annotated[int | None, Field(ge=500, le=60000)] = None
    object_storage_concurrency: Annotated[int | None, Field(ge=1, le=35)] = None
    object_storage_polling_interval_ms: Annotated[int | None, Field(ge=100, le=3600000)] = None
    object_storage_max_insert_bytes: Annotated[int | None, Field(ge=524288000, le=10737418240)] = (
        None
    )
    object_storage_max_file_count: Annotated[int | None, Field(ge=1, le=10000)] = None
    clickhouse_max_threads: Annotated[int | None, Field(ge=0, le=64)] = None
    clickhouse_max_insert_threads: Annotated[int | None, Field(ge=0, le=16)] = None
    clickhouse_min_insert_block_size_bytes: Annotated[int | None, Field(ge=0, le=10737418240)] = (
        None
    )
    clickhouse_max_download_threads: Annotated[int | None, Field(ge=0, le=32)] = None
    clickhouse_parallel_distributed_insert_select: Annotated[int | None, Field(ge=0, le=2)] = None
    kafka_read_committed: bool | None = None
    object_storage_use_cluster_function: bool | None = None
    clickhouse_parallel_view_processing: bool | None = None


class ClickPipeState(StrEnum):
    UNKNOWN = "Unknown"
    PROVISIONING = "Provisioning"
    RUNNING = "Running"
    DEGRADED = "Degraded"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    FAILED = "Failed"
    COMPLETED = "Completed"
    INTERNAL_ERROR = "InternalError"
    SETUP = "Setup"
    SNAPSHOT = "Snapshot"
    PAUSED = "Paused"
    PAUSING = "Pausing"
    MODIFYING = "Modifying"
    RESYNC = "Resync"


class ClickPipeStatePatchRequestCommand(StrEnum):
    START = "start"
    STOP = "stop"
    RESYNC = "resync"


class ClickPipeTableEngine(StrEnum):
    MERGE_TREE = "MergeTree"
    REPLACING_MERGE_TREE = "ReplacingMergeTree"
    NULL = "Null"


class ClickPipeTombstoneMode(StrEnum):
    DELETE = "delete"
    SOFT_DELETE = "soft_delete"


class ClickPipesCdcScaling(ResponseModel):
    replica_cpu_millicores: int | None = None
    replica_memory_gb: Number | None = None


class ClickPipesCdcScalingPatchRequest(RequestModel):
    replica_cpu_millicores: Annotated[int | None, Field(ge=1000, le=32000, multiple_of=1000)] = None
    replica_memory_gb: Annotated[Number | None, Field(ge=4.0, le=128.0, multiple_of=4.0)] = None


class ClickPipesGcpWorkloadIdentityContext(ResponseModel):
    supported: bool | None = None
    ready: bool | None = None
    principal: str | None = None


class ClickPipesServiceContext(ResponseModel):
    gcp_workload_identity: ClickPipesGcpWorkloadIdentityContext | None = None


class CustomPrivateDnsMapping(RequestModel):
    private_dns_name: str | None = None
    target_id: str | None = None


class CustomPrivateDnsMappingOutput(ResponseModel):
    private_dns_name: str | None = None
    target_id: str | None = None


class MskIamUser(RequestModel):
    access_key_id: str | None = None
    secret_key: str | None = None


class MutualTLS(RequestModel):
    certificate: str | None = None
    private_key: str | None = None


class PLAIN(RequestModel):
    username: str | None = None
    password: str | None = None


class ReversePrivateEndpointDnsTarget(ResponseModel):
    id: str | None = None
    kind: str | None = None
    internal_dns_name: str | None = None


class ReversePrivateEndpointMskAuthentication(StrEnum):
    SASL_IAM = "SASL_IAM"
    SASL_SCRAM = "SASL_SCRAM"


class ReversePrivateEndpointPrivateDnsMapping(ResponseModel):
    private_dns_name: str | None = None
    internal_dns_name: str | None = None


class ReversePrivateEndpointStatus(StrEnum):
    UNKNOWN = "Unknown"
    PROVISIONING = "Provisioning"
    DELETING = "Deleting"
    READY = "Ready"
    FAILED = "Failed"
    PENDING_ACCEPTANCE = "PendingAcceptance"
    REJECTED = "Rejected"
    EXPIRED = "Expired"


class ReversePrivateEndpointType(StrEnum):
    VPC_ENDPOINT_SERVICE = "VPC_ENDPOINT_SERVICE"
    VPC_RESOURCE = "VPC_RESOURCE"
    MSK_MULTI_VPC = "MSK_MULTI_VPC"
    GCP_PSC_SERVICE_ATTACHMENT = "GCP_PSC_SERVICE_ATTACHMENT"


class ServiceAccount(RequestModel):
    service_account_file: str


class UpdateReversePrivateEndpoint(RequestModel):
    custom_private_dns_mappings: list[CustomPrivateDnsMapping] | None = None


class ClickPipeBigQueryPipeTableMapping(RequestModel):
    source_dataset_name: str
    source_table: str
    target_table: str
    excluded_columns: list[str] | None = None
    use_custom_sorting_key: bool | None = None
    sorting_keys: list[str] | None = None
    table_engine: ClickPipeTableEngine | None = None
    query_cdc_watermark_column: str | None = None
    events_function: str | None = None


class ClickPipeBigQueryPipeTableMappingOutput(ResponseModel):
    source_dataset_name: str | None = None
    source_table: str | None = None
    target_table: str | None = None
    excluded_columns: list[str] | None = None
    use_custom_sorting_key: bool | None = None
    sorting_keys: list[str] | None = None
    table_engine: Open[ClickPipeTableEngine] | None = None
    query_cdc_watermark_column: str | None = None
    events_function: str | None = None


class ClickPipeBigQueryServiceAccountSource(ResponseModel):
    snapshot_staging_path: str | None = None
    settings: ClickPipeBigQueryPipeSettingsOutput | None = None
    table_mappings: list[ClickPipeBigQueryPipeTableMappingOutput] | None = None
    authentication: Literal["SERVICE_ACCOUNT"] | None = None
    project_id: str | None = None


class ClickPipeBigQueryWorkloadIdentitySource(ResponseModel):
    snapshot_staging_path: str | None = None
    settings: ClickPipeBigQueryPipeSettingsOutput | None = None
    table_mappings: list[ClickPipeBigQueryPipeTableMappingOutput] | None = None
    authentication: Literal["SERVICE_ACCOUNT_WORKLOAD_IDENTITY"] | None = None
    project_id: str | None = None


class ClickPipeDestinationTableEngine(RequestModel):
    type: ClickPipeDestinationTableEngineType | None = None
    version_column_id: str | None = None
    column_ids: list[str] | None = None


class ClickPipeDestinationTableEngineOutput(ResponseModel):
    type: Open[ClickPipeDestinationTableEngineType] | None = None
    version_column_id: str | None = None
    column_ids: list[str] | None = None


class ClickPipeKafkaOffset(RequestModel):
    strategy: ClickPipeKafkaOffsetStrategy | None = None
    timestamp: str | None = None


class ClickPipeKafkaOffsetOutput(ResponseModel):
    strategy: Open[ClickPipeKafkaOffsetStrategy] | None = None
    timestamp: str | None = None


ClickPipeKafkaSchemaRegistry = TypeAliasType(
    "ClickPipeKafkaSchemaRegistry",
    ClickPipeKafkaConfluentSchemaRegistry | ClickPipeKafkaGlueSchemaRegistryOutput | UnknownVariant,
)


class ClickPipeKafkaSource(ResponseModel):
    type: Open[ClickPipeKafkaSourceType] | None = None
    format: Open[ClickPipeKafkaSourceFormat] | None = None
    brokers: str | None = None
    topics: str | None = None
    consumer_group: str | None = None
    authentication: Open[ClickPipeKafkaSourceAuthentication] | None = None
    iam_role: str | None = None
    offset: ClickPipeKafkaOffsetOutput | None = None
    schema_registry: ClickPipeKafkaSchemaRegistry | None = None
    ca_certificate: str | None = None
    reverse_private_endpoint_ids: list[str] | None = None
    exactly_once: bool | None = None
    tombstone_mode: Open[ClickPipeTombstoneMode] | None = None


class ClickPipeKinesisSource(ResponseModel):
    format: Open[ClickPipeKafkaSourceFormat] | None = None
    stream_name: str | None = None
    region: str | None = None
    use_enhanced_fan_out: bool | None = None
    iterator_type: Open[ClickPipeIteratorType] | None = None
    timestamp: int | None = None
    authentication: Open[ClickPipeKinesisSourceAuthentication] | None = None
    iam_role: str | None = None
    schema_registry: ClickPipeKinesisSchemaRegistryOutput | None = None


class ClickPipeMongoDBPipeSettings(RequestModel):
    sync_interval_seconds: Annotated[int | None, Field(ge=1)] = None
    pull_batch_size: Annotated[int | None, Field(ge=1)] = None
    replication_mode: ClickPipeReplicationMode
    initial_load_parallelism: Annotated[int | None, Field(ge=1)] = None
    snapshot_num_rows_per_partition: Annotated[int | None, Field(ge=1000)] = None
    snapshot_number_of_parallel_tables: Annotated[int | None, Field(ge=1)] = None
    delete_on_merge: bool | None = None
    use_json_native_format: bool | None = None


class ClickPipeMongoDBPipeSettingsOutput(ResponseModel):
    sync_interval_seconds: int | None = None
    pull_batch_size: int | None = None
    replication_mode: Open[ClickPipeReplicationMode] | None = None
    initial_load_parallelism: int | None = None
    snapshot_num_rows_per_partition: int | None = None
    snapshot_number_of_parallel_tables: int | None = None
    delete_on_merge: bool | None = None
    use_json_native_format: bool | None = None


class ClickPipeMongoDBPipeTableMapping(RequestModel):
    source_database_name: str
    source_collection: str
    target_table: str
    table_engine: ClickPipeTableEngine | None = None
    structured_ingestion: ClickPipeMongoDBStructuredIngestion | None = None


class ClickPipeMongoDBPipeTableMappingOutput(ResponseModel):
    source_database_name: str | None = None
    source_collection: str | None = None
    target_table: str | None = None
    table_engine: Open[ClickPipeTableEngine] | None = None
    structured_ingestion: ClickPipeMongoDBStructuredIngestionOutput | None = None


class ClickPipeMongoDBSource(ResponseModel):
    uri: str | None = None
    read_preference: Open[ClickPipeReadPreference] | None = None
    tls_host: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    ca_certificate: str | None = None
    settings: ClickPipeMongoDBPipeSettingsOutput | None = None
    table_mappings: list[ClickPipeMongoDBPipeTableMappingOutput] | None = None


class ClickPipeMutateMongoDBSource(RequestModel):
    credentials: PLAIN | None = None
    uri: str
    read_preference: ClickPipeReadPreference
    tls_host: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    ca_certificate: str | None = None
    settings: ClickPipeMongoDBPipeSettings
    table_mappings: list[ClickPipeMongoDBPipeTableMapping]


class ClickPipeMySQLPipeSettings(RequestModel):
    sync_interval_seconds: Annotated[int | None, Field(ge=1)] = None
    pull_batch_size: Annotated[int | None, Field(ge=1)] = None
    replication_mode: ClickPipeReplicationMode
    replication_mechanism: ClickPipeMySQLPipeSettingsReplicationMechanism | None = None
    use_compression: bool | None = None
    allow_nullable_columns: bool | None = None
    initial_load_parallelism: Annotated[int | None, Field(ge=1)] = None
    snapshot_num_rows_per_partition: Annotated[int | None, Field(ge=1000)] = None
    snapshot_number_of_parallel_tables: Annotated[int | None, Field(ge=1)] = None
    delete_on_merge: bool | None = None


class ClickPipeMySQLPipeSettingsOutput(ResponseModel):
    sync_interval_seconds: int | None = None
    pull_batch_size: int | None = None
    replication_mode: Open[ClickPipeReplicationMode] | None = None
    replication_mechanism: Open[ClickPipeMySQLPipeSettingsReplicationMechanism] | None = None
    use_compression: bool | None = None
    allow_nullable_columns: bool | None = None
    initial_load_parallelism: int | None = None
    snapshot_num_rows_per_partition: int | None = None
    snapshot_number_of_parallel_tables: int | None = None
    delete_on_merge: bool | None = None


class ClickPipeMySQLPipeTableMapping(RequestModel):
    source_schema_name: str
    source_table: str
    target_table: str
    excluded_columns: list[str] | None = None
    use_custom_sorting_key: bool | None = None
    sorting_keys: list[str] | None = None
    table_engine: ClickPipeTableEngine | None = None
    partition_key: str | None = None
    partition_by_expr: str | None = None


class ClickPipeMySQLPipeTableMappingOutput(ResponseModel):
    source_schema_name: str | None = None
    source_table: str | None = None
    target_table: str | None = None
    excluded_columns: list[str] | None = None
    use_custom_sorting_key: bool | None = None
    sorting_keys: list[str] | None = None
    table_engine: Open[ClickPipeTableEngine] | None = None
    partition_key: str | None = None
    partition_by_expr: str | None = None


class ClickPipeMySQLSource(ResponseModel):
    type: Open[ClickPipeMySQLSourceType] | None = None
    host: str | None = None
    port: int | None = None
    authentication: Open[ClickPipeMySQLSourceAuthentication] | None = None
    iam_role: str | None = None
    tls_host: str | None = None
    ca_certificate: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    server_id: int | None = None
    settings: ClickPipeMySQLPipeSettingsOutput | None = None
    table_mappings: list[ClickPipeMySQLPipeTableMappingOutput] | None = None


class ClickPipeObjectStorageSource(ResponseModel):
    type: Open[ClickPipeObjectStorageSourceType] | None = None
    format: Open[ClickPipeObjectStorageSourceFormat] | None = None
    url: str | None = None
    delimiter: str | None = None
    compression: Open[ClickPipeCompression] | None = None
    is_continuous: bool | None = None
    queue_url: str | None = None
    skip_initial_load: bool | None = None
    start_after: str | None = None
    authentication: Open[ClickPipeObjectStorageSourceAuthentication] | None = None
    iam_role: str | None = None
    connection_string: str | None = None
    path: str | None = None
    azure_container_name: str | None = None


class ClickPipePatchKafkaSource(RequestModel):
    authentication: ClickPipeKafkaSourceAuthentication | None = None
    iam_role: str | None = None
    ca_certificate: str | None = None
    reverse_private_endpoint_ids: list[str] | None = None
    credentials: PLAIN | MskIamUser | AzureEventHub | MutualTLS | None = None


class ClickPipePatchKinesisSource(RequestModel):
    authentication: ClickPipeKinesisSourceAuthentication | None = None
    iam_role: str | None = None
    access_key: MskIamUser | None = None


class ClickPipePatchMongoDBPipeRemoveTableMapping(RequestModel):
    source_database_name: str | None
    source_collection: str | None
    target_table: str | None
    table_engine: ClickPipeTableEngine | None = None


class ClickPipePatchMongoDBSource(RequestModel):
    credentials: PLAIN | None = None
    uri: str | None
    read_preference: ClickPipeReadPreference | None
    tls_host: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    ca_certificate: str | None = None
    settings: ClickPipePatchMongoDBPipeSettings | None = None
    table_mappings_to_add: Annotated[
        list[ClickPipeMongoDBPipeTableMapping] | None, Field(min_length=0)
    ] = None
    table_mappings_to_remove: Annotated[
        list[ClickPipePatchMongoDBPipeRemoveTableMapping] | None, Field(min_length=0)
    ] = None


class ClickPipePatchMySQLPipeRemoveTableMapping(RequestModel):
    source_schema_name: str | None
    source_table: str | None
    target_table: str | None
    table_engine: ClickPipeTableEngine | None = None
    partition_key: str | None = None
    partition_by_expr: str | None = None


class ClickPipePatchMySQLSource(RequestModel):
    credentials: PLAIN | None = None
    host: str | None
    port: Annotated[int, Field(ge=1, le=65535)] | None
    authentication: ClickPipeMySQLSourceAuthentication | None = None
    iam_role: str | None = None
    tls_host: str | None = None
    ca_certificate: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    server_id: Annotated[int, Field(ge=1, le=4294967295)] | None = None
    settings: ClickPipePatchMySQLPipeSettings | None = None
    table_mappings_to_add: Annotated[
        list[ClickPipeMySQLPipeTableMapping] | None, Field(min_length=0)
    ] = None
    table_mappings_to_remove: Annotated[
        list[ClickPipePatchMySQLPipeRemoveTableMapping] | None, Field(min_length=0)
    ] = None


class ClickPipePatchObjectStorageSource(RequestModel):
    skip_initial_load: bool | None = None
    start_after: str | None = None
    authentication: ClickPipeObjectStorageSourceAuthentication | None = None
    iam_role: str | None = None
    connection_string: str | None = None
    path: str | None = None
    azure_container_name: str | None = None
    access_key: MskIamUser | None = None
    service_account_key: str | None = None


class ClickPipePatchPostgresPipeRemoveTableMapping(RequestModel):
    source_schema_name: str | None = None
    source_table: str | None = None
    target_table: str | None = None
    table_engine: ClickPipeTableEngine | None = None
    partition_key: str | None = None
    partition_by_expr: str | None = None


class ClickPipePatchPubSubSource(RequestModel):
    authentication: ClickPipePubSubSourceAuthentication | None
    ack_deadline: Annotated[int, Field(ge=10, le=600)] | None = None
    service_account_key: ServiceAccount | None = None


class ClickPipePostBigQueryServiceAccountSource(RequestModel):
    snapshot_staging_path: str
    settings: ClickPipeBigQueryPipeSettings
    table_mappings: list[ClickPipeBigQueryPipeTableMapping]
    authentication: Literal["SERVICE_ACCOUNT"] | None = None
    project_id: str | None = None
    credentials: ServiceAccount


class ClickPipePostBigQueryWorkloadIdentitySource(RequestModel):
    snapshot_staging_path: str
    settings: ClickPipeBigQueryPipeSettings
    table_mappings: list[ClickPipeBigQueryPipeTableMapping]
    authentication: Literal["SERVICE_ACCOUNT_WORKLOAD_IDENTITY"]
    project_id: str


class ClickPipePostKafkaSource(RequestModel):
    type: ClickPipeKafkaSourceType | None = None
    format: ClickPipeKafkaSourceFormat | None = None
    brokers: str | None = None
    topics: str | None = None
    consumer_group: str | None = None
    authentication: ClickPipeKafkaSourceAuthentication | None = None
    iam_role: str | None = None
    offset: ClickPipeKafkaOffset | None = None
    schema_registry: ClickPipeMutateKafkaSchemaRegistry | None = None
    ca_certificate: str | None = None
    reverse_private_endpoint_ids: list[str] | None = None
    exactly_once: bool | None = None
    tombstone_mode: ClickPipeTombstoneMode | None = None
    credentials: PLAIN | MskIamUser | AzureEventHub | MutualTLS | None = None
    protobuf_schema: Annotated[str | None, Field(max_length=1048576, min_length=1)] = None


class ClickPipePostKinesisSource(RequestModel):
    format: ClickPipeKafkaSourceFormat | None = None
    stream_name: str | None = None
    region: str | None = None
    use_enhanced_fan_out: bool | None = None
    iterator_type: ClickPipeIteratorType | None = None
    timestamp: int | None = None
    authentication: ClickPipeKinesisSourceAuthentication | None = None
    iam_role: str | None = None
    schema_registry: ClickPipeKinesisSchemaRegistry | None = None
    access_key: MskIamUser | None = None
    protobuf_schema: Annotated[str | None, Field(max_length=1048576, min_length=1)] = None


class ClickPipePostObjectStorageSource(RequestModel):
    type: ClickPipeObjectStorageSourceType | None = None
    format: ClickPipeObjectStorageSourceFormat | None = None
    url: str | None = None
    delimiter: str | None = None
    compression: ClickPipeCompression | None = None
    is_continuous: bool | None = None
    queue_url: str | None = None
    skip_initial_load: bool | None = None
    start_after: str | None = None
    authentication: ClickPipeObjectStorageSourceAuthentication | None = None
    iam_role: str | None = None
    connection_string: str | None = None
    path: str | None = None
    azure_container_name: str | None = None
    access_key: MskIamUser | None = None
    service_account_key: str | None = None


class ClickPipePostPubSubServiceAccountSource(RequestModel):
    format: ClickPipePubSubSourceFormat
    project_id: str
    topic: str
    authentication: Literal["SERVICE_ACCOUNT"]
    seek_type: ClickPipeSeekType
    seek_timestamp: AwareDatetime | None = None
    filter: Annotated[str, Field(max_length=256)] | None = None
    enable_ordering: bool | None = None
    ack_deadline: Annotated[int, Field(ge=10, le=600)] | None = None
    service_account_key: ServiceAccount


class ClickPipePostPubSubWorkloadIdentitySource(RequestModel):
    format: ClickPipePubSubSourceFormat
    project_id: str
    topic: str
    authentication: Literal["SERVICE_ACCOUNT_WORKLOAD_IDENTITY"]
    seek_type: ClickPipeSeekType
    seek_timestamp: AwareDatetime | None = None
    filter: Annotated[str, Field(max_length=256)] | None = None
    enable_ordering: bool | None = None
    ack_deadline: Annotated[int, Field(ge=10, le=600)] | None = None


class ClickPipePostgresPipeSettings(RequestModel):
    sync_interval_seconds: Annotated[int | None, Field(ge=1)] = None
    pull_batch_size: Annotated[int | None, Field(ge=1)] = None
    publication_name: str | None = None
    replication_mode: ClickPipeReplicationMode | None = None
    replication_slot_name: str | None = None
    allow_nullable_columns: bool | None = None
    initial_load_parallelism: Annotated[int | None, Field(ge=1)] = None
    snapshot_num_rows_per_partition: Annotated[int | None, Field(ge=1000)] = None
    snapshot_number_of_parallel_tables: Annotated[int | None, Field(ge=1)] = None
    enable_failover_slots: bool | None = None
    delete_on_merge: bool | None = None


class ClickPipePostgresPipeSettingsOutput(ResponseModel):
    sync_interval_seconds: int | None = None
    pull_batch_size: int | None = None
    publication_name: str | None = None
    replication_mode: Open[ClickPipeReplicationMode] | None = None
    replication_slot_name: str | None = None
    allow_nullable_columns: bool | None = None
    initial_load_parallelism: int | None = None
    snapshot_num_rows_per_partition: int | None = None
    snapshot_number_of_parallel_tables: int | None = None
    enable_failover_slots: bool | None = None
    delete_on_merge: bool | None = None


class ClickPipePostgresPipeTableMapping(RequestModel):
    source_schema_name: str | None = None
    source_table: str | None = None
    target_table: str | None = None
    excluded_columns: list[str] | None = None
    use_custom_sorting_key: bool | None = None
    sorting_keys: list[str] | None = None
    table_engine: ClickPipeTableEngine | None = None
    partition_key: str | None = None
    partition_by_expr: str | None = None


class ClickPipePostgresPipeTableMappingOutput(ResponseModel):
    source_schema_name: str | None = None
    source_table: str | None = None
    target_table: str | None = None
    excluded_columns: list[str] | None = None
    use_custom_sorting_key: bool | None = None
    sorting_keys: list[str] | None = None
    table_engine: Open[ClickPipeTableEngine] | None = None
    partition_key: str | None = None
    partition_by_expr: str | None = None


class ClickPipePostgresSource(ResponseModel):
    type: Open[ClickPipePostgresSourceType] | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    authentication: Open[ClickPipeMySQLSourceAuthentication] | None = None
    iam_role: str | None = None
    tls_host: str | None = None
    ca_certificate: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    settings: ClickPipePostgresPipeSettingsOutput | None = None
    table_mappings: list[ClickPipePostgresPipeTableMappingOutput] | None = None


class ClickPipePubSubSource(ResponseModel):
    format: Open[ClickPipePubSubSourceFormat] | None = None
    project_id: str | None = None
    topic: str | None = None
    authentication: Open[ClickPipePubSubSourceAuthentication] | None = None
    seek_type: Open[ClickPipeSeekType] | None = None
    seek_timestamp: datetime | None = None
    filter: str | None = None
    enable_ordering: bool | None = None
    ack_deadline: int | None = None


class ClickPipeStatePatchRequest(RequestModel):
    command: ClickPipeStatePatchRequestCommand


class CreateReversePrivateEndpoint(RequestModel):
    description: str
    type: ReversePrivateEndpointType
    vpc_endpoint_service_name: str | None = None
    vpc_resource_configuration_id: str | None = None
    vpc_resource_share_arn: str | None = None
    msk_cluster_arn: str | None = None
    msk_authentication: ReversePrivateEndpointMskAuthentication | None = None
    gcp_service_attachment: str | None = None
    custom_private_dns_mappings: list[CustomPrivateDnsMapping] | None = None


class ReversePrivateEndpoint(ResponseModel):
    description: str | None = None
    type: Open[ReversePrivateEndpointType] | None = None
    vpc_endpoint_service_name: str | None = None
    vpc_resource_configuration_id: str | None = None
    vpc_resource_share_arn: str | None = None
    msk_cluster_arn: str | None = None
    msk_authentication: Open[ReversePrivateEndpointMskAuthentication] | None = None
    gcp_service_attachment: str | None = None
    custom_private_dns_mappings: list[CustomPrivateDnsMappingOutput] | None = None
    id: str | None = None
    service_id: str | None = None
    endpoint_id: str | None = None
    dns_names: list[str] | None = None
    private_dns_names: list[str] | None = None
    private_dns_mappings: list[ReversePrivateEndpointPrivateDnsMapping] | None = None
    dns_targets: list[ReversePrivateEndpointDnsTarget] | None = None
    status: Open[ReversePrivateEndpointStatus] | None = None


ClickPipeBigQuerySource = TypeAliasType(
    "ClickPipeBigQuerySource",
    ClickPipeBigQueryServiceAccountSource
    | ClickPipeBigQueryWorkloadIdentitySource
    | UnknownVariant,
)


class ClickPipeDestinationTableDefinition(RequestModel):
    engine: ClickPipeDestinationTableEngine | None = None
    sorting_key: list[str] | None = None
    partition_by: str | None = None
    primary_key: str | None = None
    ttl: Annotated[str | None, Field(min_length=1)] = None


class ClickPipeDestinationTableDefinitionOutput(ResponseModel):
    engine: ClickPipeDestinationTableEngineOutput | None = None
    sorting_key: list[str] | None = None
    partition_by: str | None = None
    primary_key: str | None = None
    ttl: str | None = None


ClickPipeMutateBigQuerySource = TypeAliasType(
    "ClickPipeMutateBigQuerySource",
    ClickPipePostBigQueryServiceAccountSource | ClickPipePostBigQueryWorkloadIdentitySource,
)


class ClickPipeMutateDestination(RequestModel):
    database: str
    table: str | None = None
    managed_table: bool | None = None
    table_definition: ClickPipeDestinationTableDefinition | None = None
    columns: list[ClickPipeDestinationColumn] | None = None
    roles: list[str] | None = None


class ClickPipeMutateMySQLSource(RequestModel):
    type: ClickPipeMySQLSourceType | None = None
    credentials: PLAIN | None = None
    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    settings: ClickPipeMySQLPipeSettings
    authentication: ClickPipeMySQLSourceAuthentication | None = None
    iam_role: str | None = None
    tls_host: str | None = None
    ca_certificate: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    server_id: Annotated[int | None, Field(ge=1, le=4294967295)] = None
    table_mappings: list[ClickPipeMySQLPipeTableMapping]


class ClickPipeMutatePostgresSource(RequestModel):
    type: ClickPipePostgresSourceType | None = None
    credentials: PLAIN | None = None
    host: str | None = None
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    database: str | None = None
    settings: ClickPipePostgresPipeSettings | None = None
    authentication: ClickPipeMySQLSourceAuthentication | None = None
    iam_role: str | None = None
    tls_host: str | None = None
    ca_certificate: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    table_mappings: list[ClickPipePostgresPipeTableMapping] | None = None


class ClickPipePatchPostgresSource(RequestModel):
    credentials: PLAIN | None = None
    host: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    database: str | None = None
    tls_host: str | None = None
    ca_certificate: str | None = None
    disable_tls: bool | None = None
    skip_cert_verification: bool | None = None
    settings: ClickPipePatchPostgresPipeSettings | None = None
    table_mappings_to_add: Annotated[
        list[ClickPipePostgresPipeTableMapping] | None, Field(min_length=0)
    ] = None
    table_mappings_to_remove: Annotated[
        list[ClickPipePatchPostgresPipeRemoveTableMapping] | None, Field(min_length=0)
    ] = None


class ClickPipePatchSource(RequestModel):
    kafka: ClickPipePatchKafkaSource | None = None
    object_storage: ClickPipePatchObjectStorageSource | None = None
    kinesis: ClickPipePatchKinesisSource | None = None
    pubsub: ClickPipePatchPubSubSource | None = None
    postgres: ClickPipePatchPostgresSource | None = None
    mysql: ClickPipePatchMySQLSource | None = None
    mongodb: ClickPipePatchMongoDBSource | None = None
    validate_samples: bool | None = None


ClickPipePostPubSubSource = TypeAliasType(
    "ClickPipePostPubSubSource",
    ClickPipePostPubSubServiceAccountSource | ClickPipePostPubSubWorkloadIdentitySource,
)


class ClickPipePostSource(RequestModel):
    kafka: ClickPipePostKafkaSource | None = None
    object_storage: ClickPipePostObjectStorageSource | None = None
    kinesis: ClickPipePostKinesisSource | None = None
    pubsub: ClickPipePostPubSubSource | None = None
    postgres: ClickPipeMutatePostgresSource | None = None
    mysql: ClickPipeMutateMySQLSource | None = None
    bigquery: ClickPipeMutateBigQuerySource | None = None
    mongodb: ClickPipeMutateMongoDBSource | None = None
    validate_samples: bool | None = None


class ClickPipeSchemaDiscoverySource(RequestModel):
    kafka: ClickPipePostKafkaSource | None = None
    kinesis: ClickPipePostKinesisSource | None = None
    pubsub: ClickPipePostPubSubSource | None = None
    object_storage: ClickPipePostObjectStorageSource | None = None


class ClickPipeSource(ResponseModel):
    kafka: ClickPipeKafkaSource | None = None
    object_storage: ClickPipeObjectStorageSource | None = None
    kinesis: ClickPipeKinesisSource | None = None
    pubsub: ClickPipePubSubSource | None = None
    postgres: ClickPipePostgresSource | None = None
    mysql: ClickPipeMySQLSource | None = None
    bigquery: ClickPipeBigQuerySource | None = None
    mongodb: ClickPipeMongoDBSource | None = None


class ClickPipeDestination(ResponseModel):
    database: str | None = None
    table: str | None = None
    managed_table: bool | None = None
    table_definition: ClickPipeDestinationTableDefinitionOutput | None = None
    columns: list[ClickPipeDestinationColumnOutput] | None = None


class ClickPipePatchRequest(RequestModel):
    name: str | None = None
    source: ClickPipePatchSource | None = None
    destination: ClickPipePatchDestination | None = None
    field_mappings: list[ClickPipeFieldMapping] | None = None
    settings: ClickPipeSettings | None = None


class ClickPipePostRequest(RequestModel):
    name: str
    source: ClickPipePostSource
    destination: ClickPipeMutateDestination
    field_mappings: list[ClickPipeFieldMapping] | None = None
    scaling: ClickPipeScaling | None = None
    settings: ClickPipeSettings | None = None
    start_paused: bool | None = None


class ClickPipeSchemaDiscoveryRequest(RequestModel):
    source: ClickPipeSchemaDiscoverySource


class ClickPipe(ResponseModel):
    id: str | None = None
    service_id: str | None = None
    name: str | None = None
    state: Open[ClickPipeState] | None = None
    scaling: ClickPipeScalingOutput | None = None
    source: ClickPipeSource | None = None
    destination: ClickPipeDestination | None = None
    field_mappings: list[ClickPipeFieldMappingOutput] | None = None
    settings: ClickPipeSettingsOutput | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
