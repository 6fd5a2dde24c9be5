/** Every number of the worker, with its unit in its name and its reason in its comment. */

const KIB = 1024;
const MIB = 1024 * KIB;

// --- one request ---------------------------------------------------------------------------

/**
 * A body as it was sent. The Collector's receivers accept 20 MiB (`max_request_body_size` of its
 * `confighttp`), and SDKs for GenAI send 9 to 18 MiB with their default batches.
 */
export const MAX_BODY_BYTES = 20 * MIB;
/** A body of `/events/bulk`, as sent and decoded: `JSON.parse` uses several times its memory. */
export const MAX_BULK_BODY_BYTES = 8 * MIB;
/** The decoded size of a body, which the Collector limits too. */
export const MAX_RAW_BODY_BYTES = 20 * MIB;
/**
 * A body in its stored form, decoded. A body with arrays of unusual strings grows when it is
 * rewritten. It must fit into a batch, and into a call to a Durable Object, which is at most 32 MiB:
 * https://developers.cloudflare.com/workers/runtime-apis/rpc/
 */
export const MAX_STORED_RAW_BYTES = 24 * MIB;
/** A decoder's buffer may be this many times its body; longer output is concatenated from chunks. */
export const MAX_INFLATE_CHUNK_RATIO = 64;
/** The frames in one body. Each costs 25 us, and an empty one has 9 bytes. Compressors write a few. */
export const MAX_ZSTD_FRAMES = 100;
/** Windows of 8 MiB, which RFC 9659 requires of decoders. With libzstd's 27, one takes 128 MiB. */
export const MAX_ZSTD_WINDOW_LOG = 23;
/** How much of a rejected body is read and dropped, so that its sender reads the response. */
export const DISCARD_BYTES = 128 * MIB;
export const DISCARD_MS = 5_000;
export const DISCARD_PIECE_BYTES = 16 * KIB;
/**
 * How long the worker waits for a sender, plus up to a quarter. OTLP's exporters cancel a request
 * after 10 s, the Collector's after 30 s. With the 5 s that it may wait for memory and `APPEND_MS`,
 * a request ends within 30 s, which is Cloudflare's limit after its client has disconnected:
 * https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil
 */
export const BODY_MS = 18_000;
/** How long a buffer may take to write a body, plus up to a quarter; then the sender retries. */
export const APPEND_MS = 5_000;
/** A body up to this size is read at once and not counted in the memory limit: 1,000 are 32 MB. */
export const SMALL_BODY_BYTES = 32 * KIB;
/** How much of a larger body is read at once. */
export const PIECE_BYTES = 256 * KIB;
/**
 * The first allocation for a large body, when its first bytes arrive: enough for 512 spans. A
 * larger body gets the rest at once if its sender is fast, otherwise as it arrives.
 */
export const UNPROVEN_BODY_BYTES = 512 * KIB;
/** Large bodies that an isolate holds at once; each uses up to three times its size. */
export const BODY_MEMORY_BYTES = 24 * MIB;
/** One team's share, enough for any body. The rest is enough for most bodies of other teams. */
export const TEAM_BODY_MEMORY_BYTES = MAX_BODY_BYTES;
/** Longer than receiving and storing a body takes, so only the memory of ended requests expires. */
export const BODY_MEMORY_LEASE_MS = 60_000;
export const BODY_MEMORY_POLL_MS = 50;
export const BODY_MEMORY_WAIT_MS = 5_000;
export const BODY_MEMORY_RETRY_AFTER_SECONDS = 1;
/** The rate of the largest body that uses the whole upload time. */
export const MIN_UPLOAD_BYTES_PER_SECOND = MAX_BODY_BYTES / (BODY_MS / 1000);
/** After this wait, an upload below the minimum rate is ended if others need its memory. */
export const SLOW_UPLOAD_MS = 2_000;
/** Arrays from this size on are freed by `free`; bodies that share a call are smaller. */
export const FREE_FROM_BYTES = 128 * KIB;
export const MAX_EVENT_BYTES = 64 * KIB;
/**
 * How far a sender's clock may be ahead. This covers an error of any time zone or of a day, and adds
 * at most two days (partitions, `migrations/`) to an insert.
 */
export const MAX_AHEAD_MS = 24 * 3600 * 1000;
/** A span can have two bytes in the body and 300 in the table, so rows have a separate limit. */
export const MAX_ROWS_PER_BODY = 100_000;
/** Protobuf messages in one body: an empty attribute has 2 bytes here and 60 in ClickHouse. */
export const MAX_MESSAGES_PER_BODY = 2_000_000;
/**
 * The bytes of resources, scopes and metrics that the rows of one body repeat. 1 MiB of attributes
 * and 100,000 empty spans would be an insert of 98 GiB. This limit allows 2.5 KiB of attributes for
 * 100,000 spans, and 32 KiB for the Collector's batches of 8,192. In ClickHouse, 256 MB of repeated
 * bytes take 310 to 450 MB.
 */
export const MAX_REPEATED_BYTES = 256 * MIB;
/** Added for each repeated message: an empty attribute takes 20 bytes of memory in each row. */
export const REPEATED_MESSAGE_BYTES = 16;
/** Nested messages; the implementations of protobuf stop at 100. */
export const MAX_PROTOBUF_DEPTH = 64;
/** Nesting of an event's metadata; far below ClickHouse's `input_format_json_max_depth`. */
export const MAX_JSON_DEPTH = 32;
/** JSON values in a body of `/events/bulk`: an empty object has 2 bytes, and 112 while it is checked. */
export const MAX_JSON_VALUES = 500_000;
export const MAX_NAME_LENGTH = 256;
export const MAX_TAGS = 64;
/** Events in a body of `/events/bulk`, which is one chunk: far below `BATCH_ROWS`. */
export const MAX_BULK_EVENTS = 10_000;
/** Rejected events that the response of `/events/bulk` names; 100 reasons are at most 40 kB. */
export const MAX_REPORTED_EVENTS = 100;
/** Events received in one millisecond that have an order; `received_at` counts nanoseconds. */
export const MAX_RECEIVED_STEPS = 999_999;
/** A body of a request without a token, if those are accepted at all. */
export const MAX_PUBLIC_BODY_BYTES = 16 * KIB;
/** Defaults for one address without a token, enough for a tool that people run. */
export const PUBLIC_REQUESTS_PER_SECOND = 1;
export const PUBLIC_ROWS_PER_SECOND = 10;
/** All senders without a token together: a limit for attackers with many addresses. */
export const PUBLIC_TOTAL_REQUESTS_PER_SECOND = 100;
export const PUBLIC_TOTAL_ROWS_PER_SECOND = 1_000;
/** The part of a buffer that senders without a token may fill: 45 min of 1,000 events of 200 bytes. */
export const PUBLIC_BUFFER_SHARE = 1 / 8;
/** Senders whose rates an isolate stores, about 100 bytes each. */
export const MAX_RATE_KEYS = 10_000;
/** The buffer allows more than an isolate, which may accept the requests of a second at once. */
export const RATE_BURST_SECONDS = 2;
/** The timeout of a query to ClickHouse. Dashboards wait no longer. */
export const QUERY_TIMEOUT_MS = 20_000;
/** Groups in one response, the largest or the earliest first; the rest is cut off. */
export const METRICS_MAX_GROUPS = 1_000;
export const METRICS_DEFAULT_DAYS = 30;
/** How long a result of `/health` is cached, so that polling it costs the dependencies nothing. */
export const HEALTH_MS = 1_000;
export const HEALTH_TIMEOUT_MS = 3_000;
/** Dead letters in one response of the admin API. */
export const DEAD_LETTERS_PER_PAGE = 100;
/** A body of a request to the admin API. */
export const MAX_ADMIN_BODY_BYTES = 64 * KIB;
/** Files of Swagger UI, which change with the script. */
export const ASSET_MAX_AGE_SECONDS = 3_600;
/** How long a browser caches a preflight response; the maximum of Chromium. */
export const CORS_MAX_AGE_SECONDS = 7_200;

/** An `Authorization` header: a token has 43 characters, Cloudflare allows headers of 128 KB. */
export const MAX_AUTHORIZATION_LENGTH = 1_024;
/** Longer waits are shortened to a day, because exporters read `Retry-After` as a 32-bit number. */
export const MAX_RETRY_AFTER_SECONDS = 24 * 3600;
/** A year, as the preload lists of browsers require: https://hstspreload.org */
export const HSTS_MAX_AGE_SECONDS = 365 * 24 * 3600;

// --- one call to a buffer --------------------------------------------------------------------

/** A larger body has a separate call, because the call costs little compared to the body. */
export const COALESCED_BODY_BYTES = 64 * KIB;
export const COALESCED_CALL_BYTES = MIB;
/** Calls of one request for others: far below its limits on subrequests and time. */
export const COALESCER_CALLS = 100;
/** A call takes milliseconds. A body that waits longer than this is sent by its request alone. */
export const COALESCER_TIMEOUT_MS = 1_000;
/** How long a request calls on behalf of others: it may be ended 30 s after its response. */
export const COALESCER_CALLING_MS = 10_000;
/** Attempts to place a body. After each failed one, the isolate or the buffer has a newer layout. */
export const MAX_LAYOUT_ATTEMPTS = 4;

// --- one stored chunk ------------------------------------------------------------------------

/** SQLite in Workers accepts values of up to 2 MB; longer bodies continue in rows of `overflow`. */
export const MAX_VALUE_BYTES = 1_900_000;
/** Small bodies that arrive together share a row up to this size: one write, one fsync. */
export const GROUP_BYTES = MIB;
export const GROUP_BODIES = 2_000;

// --- one batch -------------------------------------------------------------------------------

/**
 * About 54,000 spans. With 16 MiB, a flood of 200,000 spans created so many parts of one size that
 * merging them cost ClickHouse a third more during the flood. 32 MiB was no faster and used more
 * memory.
 */
export const BATCH_RAW_BYTES = 24 * MIB;
export const BATCH_ROWS = 200_000;
/** The repeated bytes of its rows: as many as one body may have. Usual full batches have 40 MB. */
export const BATCH_REPEATED_BYTES = MAX_REPEATED_BYTES;
/**
 * How long a few rows wait to be sealed; half a batch waits half as long. This keeps both threads of
 * ClickHouse busy nearly until the end of a flood, with as few inserts as full batches would need.
 */
export const BATCH_AGE_MS = 1_000;
/** After a quiet second, this share of a full batch (about 4,000 spans) is sealed without waiting. */
export const FLOOD_SHARE = 1 / 8;
/** Without a new chunk for this long, a flood counts as ended: longer than the gaps in a flood. */
export const FLOOD_OVER_MS = 50;
/** The smallest batch to which a lack of memory in ClickHouse leads: about 2,000 spans. */
export const BATCH_MIN_RAW_BYTES = MIB;
/** The longest time between inserts when a table has too many parts. */
export const BATCH_MAX_AGE_MS = 16_000;
/**
 * The value of ClickHouse's `max_partitions_per_insert_block`; 0 means any number. The time window
 * already limits the partitions, so that every accepted body can be delivered.
 */
export const MAX_PARTITIONS_PER_INSERT = 0;
/** An alarm or a timer is not changed for a smaller difference. */
export const ALARM_STEP_MS = 100;
/** Inserts in flight per table: a second one hides the round trip, a third one was no faster. */
export const INSERTS_IN_FLIGHT = 2;
/**
 * How far the blocks of a table's batches may reach beyond the oldest open batch of one shard. A
 * table stores the tokens of 10,000 blocks (`migrations/`). There are at most 100 shards
 * (`resources/telemetry/shard_layouts.py`), and each writes at most twice this number while a batch
 * is open, which stays within 10,000: `buffer/shard_coordination.ts`. The number must not be lower
 * than the partitions of one insert, which are 38 in a table created for its retention.
 */
export const MAX_BLOCKS_AHEAD = 50;
/** Open batches in one buffer, including redriven dead letters. */
export const MAX_OPEN_BATCHES = 50;
/**
 * How much is read from SQLite and written to the socket at once. Each write waits behind requests:
 * an insert of 1,400 events in hundreds of chunks took 7 s under load, chunk by chunk.
 */
export const INSERT_PIECE_BYTES = MIB;
/** A batch up to this size is sent as one array: the compressed size of 24 MiB of telemetry. */
export const WHOLE_INSERT_BYTES = 8 * MIB;
/** The memory of a longer batch: a SQLite value, and the bytes in the socket. */
export const STREAMED_INSERT_BYTES = 4 * MIB;
/** All inserts in flight in an isolate. Of its 128 MB, bodies use half (`BODY_MEMORY_BYTES`). */
export const INSERT_MEMORY_BYTES = 16 * MIB;
/** One team's share: three full batches of spans. */
export const TEAM_INSERT_MEMORY_BYTES = 12 * MIB;
/**
 * The bodies that the buffers of an isolate are writing: those of one isolate that receives bodies,
 * and as many from a second one.
 */
export const APPEND_MEMORY_BYTES = 2 * BODY_MEMORY_BYTES;
/** One team's share: the largest body and some others. */
export const TEAM_APPEND_MEMORY_BYTES = 1.5 * BODY_MEMORY_BYTES;
/**
 * The decompressed size of a chunk from which its encoding counts as long. Encoding its rows takes up
 * to four times its bytes: the body, the attributes of its resource, the rows and their compressed
 * form. An isolate encodes one such batch at a time. Chunks of many small bodies are shorter.
 */
export const LONG_ENCODED_CHUNK_BYTES = 8 * MIB;
/** The bodies that buffers write while such a batch is encoded: one of the maximum size. */
export const APPEND_BYTES_BESIDE_ENCODING = MAX_BODY_BYTES;
/** The large bodies that an isolate receives meanwhile; a larger one is received alone. */
export const BODY_BYTES_BESIDE_ENCODING = BODY_MEMORY_BYTES / 2;
/** How long new bodies leave memory to a batch that received none: ten times `INSERT_MEMORY_POLL_MS`. */
export const LONG_ENCODING_WANTED_MS = 1_000;
/** The wait of a batch without memory until its next attempt. */
export const INSERT_MEMORY_POLL_MS = 100;
/**
 * In one buffer, over all tables. An invocation has six connections at once, and a seventh waits
 * while its timeout runs: https://developers.cloudflare.com/workers/platform/limits/. The other two
 * are for an error report and for connections that the runtime is still closing.
 */
export const MAX_INSERTS_PER_BUFFER = 4;
/**
 * How much ClickHouse reads of an insert before it parses it into rows, which form one block again. A
 * batch of 24 MiB takes 106 MiB of memory with this limit, and 297 MiB when it is read as a whole.
 * Values from 4 to 64 MiB are equally fast.
 */
export const INSERT_BLOCK_BYTES = 16 * MIB;
/**
 * Encoded rows are compressed whenever they reach this size, and waiting requests run: about 1,500
 * spans, which take 5 ms.
 */
export const ENCODED_PIECE_BYTES = MIB;
/**
 * A batch as RowBinary, before compression. Each row repeats its resource, so a small body can have
 * long rows; 24 MiB of usual telemetry are 40 MiB of rows. A longer batch is halved. Later versions
 * may only raise this limit, because a batch that was sent once must never be halved.
 */
export const MAX_ENCODED_BYTES = 512 * MIB;
/** The most chunks that are read at once. */
export const INSERT_PIECE_CHUNKS = 256;
/** Longer than any insert of 24 MiB takes; afterwards the response counts as lost. */
export const INSERT_TIMEOUT_MS = 120_000;
export const RETRY_FIRST_MS = 200;
/** With 30 s, delivery resumed only 16 s after ClickHouse had been down for a minute. */
export const RETRY_MAX_MS = 10_000;
/** Error messages are stored for operators; those of ClickHouse can contain a stack trace. */
export const MAX_ERROR_LENGTH = 600;

// --- metrics and error reports -----------------------------------------------------------------

/** How long an isolate keeps its counts; `waitUntil` would let it wait 30 s. */
export const COUNTS_FLUSH_MS = 10_000;
/** How long the sums of a buffer are only in memory during a long run of its alarm. */
export const COUNTS_SAVE_MS = 10_000;
/** The time between two sets of rows of one buffer in `ingest_health`. */
export const HEALTH_ROWS_MS = 60_000;
/** The rows of a day, about 15 MB: no more are stored while the table is missing. */
export const MAX_HEALTH_CHUNKS = 1_440;
/** An isolate reports one error of the same cause in this time. */
export const REPORT_EVERY_MS = 60_000;
/** The most causes that an isolate reports in that time. */
export const MAX_REPORTED_CAUSES = 20;
/** Failed attempts of a batch before a report: at least 20 s. */
export const REPORT_FROM_ATTEMPTS = 8;
/** Calls to a buffer that fail for this long are reported; a restart is shorter. */
export const UNREACHABLE_MS = 10_000;
/** After this time without a failed call, the next one begins a new episode. */
export const UNREACHABLE_OVER_MS = 60_000;
export const REPORT_TIMEOUT_MS = 5_000;
export const MAX_REPORT_TEXT_LENGTH = 200;

// --- the buffer ------------------------------------------------------------------------------

/** A Durable Object holds 10 GB of SQLite; the rest is for dead letters and free pages. */
export const BUFFER_MAX_BYTES = 4 * 1024 * MIB;
/** When the oldest chunk has waited this long, the buffer accepts no more: an operator must act. */
export const BUFFER_MAX_AGE_MS = 24 * 3600 * 1000;
export const FULL_RETRY_AFTER_SECONDS = 10;
/** Separate from the buffer's, so that invalid bodies do not use the space of other senders. */
export const DEAD_LETTERS_MAX_BYTES = 2 * 1024 * MIB;
/** Counting the matches of a filter reads each: 100,000 take a tenth of a second. */
export const DEAD_LETTERS_MAX = 100_000;
/** A month for the operator. Later, most of the rows exceed the default retention of the tables. */
export const DEAD_LETTER_MAX_AGE_MS = 30 * 24 * 3600 * 1000;
/** Dead letters that one transaction deletes. */
export const DEAD_LETTERS_PER_CALL = 1_000;
/** Redriven in one call: each body is decompressed once, to count its bytes. */
export const REDRIVE_BYTES_PER_CALL = 16 * MIB;
export const UNAVAILABLE_RETRY_AFTER_SECONDS = 1;
/** Exporters stop retrying a body after minutes (OTLP's default is 5). */
export const RECENT_BODIES_MS = 15 * 60 * 1000;
/** About 20 MB of memory; reached at 200 bodies a second over the whole window. */
export const RECENT_BODIES = 200_000;
/** An alarm may run 15 minutes; a run ends long before that and sets the next alarm. */
export const ALARM_RUN_MS = 5 * 60 * 1000;
/**
 * Rows that one alarm encodes: about 800,000 spans or 6 s of CPU. Cloudflare ends an invocation
 * after 30 s of CPU: https://developers.cloudflare.com/durable-objects/platform/limits/
 */
export const ALARM_ENCODED_BYTES = 512 * MIB;
/** If the object crashes during delivery, the next alarm starts it again after this time. */
export const ALARM_SAFETY_MS = 1_000;
/**
 * How often an object requests the time while something waits. On Cloudflare each call is an
 * invocation, which `invocationLogs` bills: 520,000 a month for a buffer that is never empty.
 */
export const PULSE_MS = 5_000;
/** How long an object's clock may stop before it counts as stopped: two pulses. */
export const CLOCK_STOPPED_MS = 5_000;
/** Calls that restart an ended object, one per pulse; `waitUntil` lasts 30 s. */
export const REVIVAL_CALLS = 4;
