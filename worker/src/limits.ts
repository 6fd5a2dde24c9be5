/** Every number of the worker, with its unit in the name and its reason beside it. */

const KIB = 1024;
const MIB = 1024 * KIB;

// --- one request ---------------------------------------------------------------------------

/**
 * As sent. The Collector's receivers take 20 MiB (`max_request_body_size` of its `confighttp`), and
 * SDKs for GenAI send 9 to 18 MiB with their default batches.
 */
export const MAX_BODY_BYTES = 20 * MIB;
/** Of `/events/bulk`, as sent and decoded: `JSON.parse` makes several times as much of it. */
export const MAX_BULK_BODY_BYTES = 8 * MIB;
/** Decoded, which is what the Collector counts. */
export const MAX_RAW_BODY_BYTES = 20 * MIB;
/**
 * Of one body as it is stored, decoded: one that is rewritten grows where it holds arrays of odd
 * strings. A batch may be one body, and holds it; so does a call to a Durable Object, of 32 MiB:
 * https://developers.cloudflare.com/workers/runtime-apis/rpc/
 */
export const MAX_STORED_RAW_BYTES = 24 * MIB;
/** A decoder's buffer may be this many times its body; longer output is joined from chunks. */
export const MAX_INFLATE_CHUNK_RATIO = 64;
/** Of one body. Each costs 25 us, and an empty one is 9 bytes; compressors write one or a few. */
export const MAX_ZSTD_FRAMES = 100;
/** Windows of 8 MiB, which RFC 9659 asks of decoders; with libzstd's own 27, a frame takes 128 MiB. */
export const MAX_ZSTD_WINDOW_LOG = 23;
/** How much of a refused body is read and thrown away, so that its sender gets to the answer. */
export const DISCARD_BYTES = 128 * MIB;
export const DISCARD_MS = 5_000;
export const DISCARD_PIECE_BYTES = 16 * KIB;
/**
 * How long the worker waits for a sender, and up to a quarter more. OTLP's exporters give up a
 * request after 10 s, the Collector's after 30. With the 5 s that it may wait for memory and
 * `APPEND_MS`, a request ends within 30 s, which is all that Cloudflare gives one whose client has
 * gone: https://developers.cloudflare.com/workers/runtime-apis/context/#waituntil
 */
export const BODY_MS = 18_000;
/** How long a buffer may take to write a body, plus up to a quarter; then the sender retries. */
export const APPEND_MS = 5_000;
/** Read at once and not counted in the memory limit: 1,000 of them are 32 MB. */
export const SMALL_BODY_BYTES = 32 * KIB;
/** Read at once of a larger body. */
export const PIECE_BYTES = 256 * KIB;
/**
 * The first allocation for a large body, when its first bytes arrive: enough for 512 spans. A
 * larger one gets the rest when it has come fast so far, or as it arrives.
 */
export const UNPROVEN_BODY_BYTES = 512 * KIB;
/** Large bodies that an isolate holds at once; each uses up to three times its size. */
export const BODY_MEMORY_BYTES = 24 * MIB;
/** Of one team: enough for any body, and the rest fits all but the largest of other teams. */
export const TEAM_BODY_MEMORY_BYTES = MAX_BODY_BYTES;
/** Longer than reading and storing a body takes, so that only ended requests' memory expires. */
export const BODY_MEMORY_LEASE_MS = 60_000;
export const BODY_MEMORY_POLL_MS = 50;
export const BODY_MEMORY_WAIT_MS = 5_000;
export const BODY_MEMORY_RETRY_AFTER_SECONDS = 1;
/** The largest body in its upload time. */
export const MIN_UPLOAD_BYTES_PER_SECOND = MAX_BODY_BYTES / (BODY_MS / 1000);
/** After this wait, an upload below that rate is ended if others need its memory. */
export const SLOW_UPLOAD_MS = 2_000;
/** Buffers from this size on are freed by hand; what senders share a call for stays below it. */
export const FREE_FROM_BYTES = 128 * KIB;
export const MAX_EVENT_BYTES = 64 * KIB;
/**
 * How far a sender's clock may be ahead: every time zone's error and a day's, and at most two more
 * days (partitions, `migrations/`) of an insert.
 */
export const MAX_AHEAD_MS = 24 * 3600 * 1000;
/** A span can be two bytes on the wire and 300 in the table: bound rows apart from bytes. */
export const MAX_ROWS_PER_BODY = 100_000;
/** Messages of any kind in one body: an empty attribute is 2 bytes here, 60 in ClickHouse. */
export const MAX_MESSAGES_PER_BODY = 2_000_000;
/**
 * Of one body: what its rows repeat of resources, scopes and metrics. 1 MiB of attributes and 100,000
 * empty spans would be 98 GiB of an insert. 100,000 spans may have 2.5 KiB of them, the Collector's
 * batches of 8,192 may have 32. In ClickHouse 256 MB of them take 310 to 450 MB.
 */
export const MAX_REPEATED_BYTES = 256 * MIB;
/** Of each repeated message: an empty attribute takes 20 bytes of memory in each row, and 2 here. */
export const REPEATED_MESSAGE_BYTES = 16;
/** Nested messages; protobuf's own implementations stop at 100. */
export const MAX_PROTOBUF_DEPTH = 64;
/** Nesting of an event's metadata; far under ClickHouse's `input_format_json_max_depth`. */
export const MAX_JSON_DEPTH = 32;
/** Of `/events/bulk`; an empty object is two bytes here, and 112 while it is checked. */
export const MAX_JSON_VALUES = 500_000;
export const MAX_NAME_LENGTH = 256;
export const MAX_TAGS = 64;
/** Of `/events/bulk`; one chunk, and far under a batch's rows. */
export const MAX_BULK_EVENTS = 10_000;
/** Rejected events that the response of `/events/bulk` names; 100 reasons are at most 40 kB. */
export const MAX_REPORTED_EVENTS = 100;
/** Events received in one millisecond that have an order; `received_at` counts nanoseconds. */
export const MAX_RECEIVED_STEPS = 999_999;
/** Of a request without a token, where those are let in at all. */
export const MAX_PUBLIC_BODY_BYTES = 16 * KIB;
/** Defaults for one address without a token, enough for a tool that people run. */
export const PUBLIC_REQUESTS_PER_SECOND = 1;
export const PUBLIC_ROWS_PER_SECOND = 10;
/** Of all senders without a token together, a limit for attackers with many addresses. */
export const PUBLIC_TOTAL_REQUESTS_PER_SECOND = 100;
export const PUBLIC_TOTAL_ROWS_PER_SECOND = 1_000;
/** Of a buffer's bound, for senders without a token: 45 minutes of 1,000 events of 200 bytes. */
export const PUBLIC_BUFFER_SHARE = 1 / 8;
/** Senders whose rate an isolate remembers, about 100 bytes each. */
export const MAX_RATE_KEYS = 10_000;
/** What one isolate lets through, all of a second at once, must never be too much for the buffer. */
export const RATE_BURST_SECONDS = 2;
/** A question to ClickHouse; a dashboard waits no longer. */
export const QUERY_TIMEOUT_MS = 20_000;
/** Groups of one answer; more are cut off, the largest or the earliest come first. */
export const METRICS_MAX_GROUPS = 1_000;
export const METRICS_DEFAULT_DAYS = 30;
/** How long an answer of `/health` holds, so that asking costs the dependencies nothing. */
export const HEALTH_MS = 1_000;
export const HEALTH_TIMEOUT_MS = 3_000;
/** Of one answer of the admin API. */
export const DEAD_LETTERS_PER_PAGE = 100;
/** Of a request that is one of the admin API's. */
export const MAX_ADMIN_BODY_BYTES = 64 * KIB;
/** Files of Swagger UI, which change with the script. */
export const ASSET_MAX_AGE_SECONDS = 3_600;
/** How long a browser need not ask again; Chromium's own ceiling. */
export const CORS_MAX_AGE_SECONDS = 7_200;

/** Of an `Authorization` header: a token has 43 characters, Cloudflare allows headers of 128 KB. */
export const MAX_AUTHORIZATION_LENGTH = 1_024;
/** A day. Longer waits are cut to a day: exporters read `Retry-After` as a 32-bit number. */
export const MAX_RETRY_AFTER_SECONDS = 24 * 3600;
/** A year, as browsers' preload lists ask for: https://hstspreload.org */
export const HSTS_MAX_AGE_SECONDS = 365 * 24 * 3600;

// --- one call to a buffer --------------------------------------------------------------------

/** Larger bodies go alone: what a call costs is nothing beside them. */
export const COALESCED_BODY_BYTES = 64 * KIB;
export const COALESCED_CALL_BYTES = MIB;
/** By one request for others: far under the subrequests and the seconds that it may take. */
export const COALESCER_CALLS = 100;
/** A call takes milliseconds. Who was not taken along for so long makes one by itself. */
export const COALESCER_TIMEOUT_MS = 1_000;
/** How long a request calls on behalf of others: it may be ended 30 s after its response. */
export const COALESCER_CALLING_MS = 10_000;
/** A body sets out again when it meets a newer layout; each time one side has learnt of it. */
export const MAX_LAYOUT_ATTEMPTS = 4;

// --- one stored chunk ------------------------------------------------------------------------

/** Workers' SQLite takes values of 2 MB at most; longer bodies go on in `overflow` rows. */
export const MAX_VALUE_BYTES = 1_900_000;
/** Small bodies that arrive together share a row up to this size: one write, one fsync. */
export const GROUP_BYTES = MIB;
export const GROUP_BODIES = 2_000;

// --- one batch -------------------------------------------------------------------------------

/**
 * About 54,000 spans. With 16 MiB, a flood of 200,000 made so many parts of one size that merging them
 * cost ClickHouse a third more in the middle of it; 32 MiB gained nothing, and cost memory.
 */
export const BATCH_RAW_BYTES = 24 * MIB;
export const BATCH_ROWS = 200_000;
/** What its rows repeat, `MAX_REPEATED_BYTES`: as much as one body may. Full usual ones have 40 MB. */
export const BATCH_REPEATED_BYTES = MAX_REPEATED_BYTES;
/**
 * How long a few rows wait to be sealed; half a batch waits for half of it. That keeps both of
 * ClickHouse's threads at work nearly to the end of a flood, in as few inserts as waiting for full
 * batches would make.
 */
export const BATCH_AGE_MS = 1_000;
/** Of a full batch, after a quiet second: so much does not wait for more, about 4,000 spans. */
export const FLOOD_SHARE = 1 / 8;
/** Longer than the gaps in a flood. */
export const FLOOD_OVER_MS = 50;
/** Where halving batches stops when ClickHouse has no memory for them: about 2,000 spans. */
export const BATCH_MIN_RAW_BYTES = MIB;
/** How rare inserts become when a table has too many parts. */
export const BATCH_MAX_AGE_MS = 16_000;
/**
 * Of ClickHouse's `max_partitions_per_insert_block`; 0: any number. The time window already limits
 * them, so that every accepted body can be delivered.
 */
export const MAX_PARTITIONS_PER_INSERT = 0;
/** An alarm or a timer is not moved for less. */
export const ALARM_STEP_MS = 100;
/** Inserts under way per table: a second one hides the round trip, a third gained nothing. */
export const INSERTS_IN_FLIGHT = 2;
/**
 * How far the blocks of a table's batches may reach beyond the oldest open batch of one shard. The
 * table remembers 10,000 (`migrations/`); 100 shards (`resources/telemetry/shard_layouts.py`) that each write at
 * most twice as many while a batch is open stay inside that: `buffer/admission.ts`. At least the
 * partitions that one insert can have rows of, which are 38 where a table was made for its retention.
 */
export const MAX_BLOCKS_AHEAD = 50;
/** Of a buffer, including dead letters that were sent again. */
export const MAX_OPEN_BATCHES = 50;
/**
 * What is taken out of SQLite and written to the socket at once. Each piece waits for its turn among
 * the requests: an insert of 1,400 events in hundreds of chunks took 7 s under load, one by one.
 */
export const INSERT_PIECE_BYTES = MIB;
/** A batch up to this goes out in one piece: what 24 MiB of telemetry come to when compressed. */
export const WHOLE_INSERT_BYTES = 8 * MIB;
/** The memory of a longer one: a SQLite value, and the bytes in the socket. */
export const STREAMED_INSERT_BYTES = 4 * MIB;
/** Of all inserts in flight in an isolate: of 128 MB, bodies have half (`BODY_MEMORY_BYTES`). */
export const INSERT_MEMORY_BYTES = 16 * MIB;
/** Of one team: three full batches of spans. */
export const TEAM_INSERT_MEMORY_BYTES = 12 * MIB;
/**
 * Of bodies that buffers of an isolate are writing: as much as an isolate of senders may hold, and
 * that of a second one on its way.
 */
export const APPEND_MEMORY_BYTES = 2 * BODY_MEMORY_BYTES;
/** Of one team: the largest body and some others. */
export const TEAM_APPEND_MEMORY_BYTES = 1.5 * BODY_MEMORY_BYTES;
/**
 * Of a chunk, inflated. Encoding rows of a longer one takes up to four times its bytes: the body, the
 * attributes of its resource, the rows and their compressed form. An isolate encodes one such batch
 * at a time; chunks of many small bodies are shorter.
 */
export const LONG_ENCODED_CHUNK_BYTES = 8 * MIB;
/** Of bodies that buffers are writing while such a batch is encoded: one at the limit. */
export const APPEND_BYTES_BESIDE_ENCODING = MAX_BODY_BYTES;
/** Of large bodies that an isolate receives meanwhile; one that is larger is received alone. */
export const BODY_BYTES_BESIDE_ENCODING = BODY_MEMORY_BYTES / 2;
/** How long bodies leave memory to a batch that found none: ten times `INSERT_MEMORY_POLL_MS`. */
export const LONG_ENCODING_WANTED_MS = 1_000;
/** Until a batch without memory is tried again. */
export const INSERT_MEMORY_POLL_MS = 100;
/**
 * Of one buffer, over all tables. An invocation has six connections at once, and the seventh waits
 * while its timeout runs: https://developers.cloudflare.com/workers/platform/limits/. The other two
 * are for an error report and what the runtime still closes.
 */
export const MAX_INSERTS_PER_BUFFER = 4;
/**
 * Of its memory, what ClickHouse reads before it makes rows of it, which become one block again. A
 * batch of 24 MiB takes 106 MiB of memory by this, and 297 in one go; 4 to 64 MiB are as fast.
 */
export const INSERT_BLOCK_BYTES = 16 * MIB;
/**
 * Rows that this worker encodes are compressed when they come to so much, and requests get their
 * turn: about 1,500 spans, which take 5 ms.
 */
export const ENCODED_PIECE_BYTES = MIB;
/**
 * Of a batch as RowBinary, before compression: each row repeats its resource, so few bytes can be
 * many. 24 MiB of usual telemetry are 40 MiB of rows. A batch over it is halved; a later version may
 * only raise it, since a batch that was sent once must never be halved.
 */
export const MAX_ENCODED_BYTES = 512 * MIB;
/** More of them are not looked at for one piece. */
export const INSERT_PIECE_CHUNKS = 256;
/** Longer than any insert of 24 MiB takes; after it the answer counts as lost. */
export const INSERT_TIMEOUT_MS = 120_000;
export const RETRY_FIRST_MS = 200;
/** With 30 s, ClickHouse was back for 16 s after a minute away until the backlog began to go. */
export const RETRY_MAX_MS = 10_000;
/** An error text is kept for people; ClickHouse's can carry a stack trace. */
export const MAX_ERROR_LENGTH = 600;

// --- what the worker counts of itself ----------------------------------------------------------

/** How long an isolate keeps its counts; `waitUntil` would let it wait 30 s. */
export const COUNTS_FLUSH_MS = 10_000;
/** How long a buffer's sums are only in memory while its alarm runs on and on. */
export const COUNTS_SAVE_MS = 10_000;
/** Between two sets of rows of one buffer in `ingest_health`. */
export const HEALTH_ROWS_MS = 60_000;
/** A day of them, about 15 MB: where the table is missing, no more are kept. */
export const MAX_HEALTH_CHUNKS = 1_440;
/** Of one cause, an isolate reports one error in so long. */
export const REPORT_EVERY_MS = 60_000;
/** And of so many causes in that time. */
export const MAX_REPORTED_CAUSES = 20;
/** Failures of a batch until somebody should know: 20 s of them, or more. */
export const REPORT_FROM_ATTEMPTS = 8;
/** Failed calls to a buffer from which on it is no mere restart. */
export const UNREACHABLE_MS = 10_000;
/** So long without a failed call, and the next is another story. */
export const UNREACHABLE_OVER_MS = 60_000;
export const REPORT_TIMEOUT_MS = 5_000;
export const MAX_REPORT_TEXT_LENGTH = 200;

// --- the buffer ------------------------------------------------------------------------------

/** A Durable Object holds 10 GB of SQLite; the rest is for dead letters and free pages. */
export const BUFFER_MAX_BYTES = 4 * 1024 * MIB;
/** When the oldest chunk waits longer than this, somebody has to look: stop taking more. */
export const BUFFER_MAX_AGE_MS = 24 * 3600 * 1000;
export const FULL_RETRY_AFTER_SECONDS = 10;
/** Separate from the buffer's, so that invalid bodies do not use the space of other senders. */
export const DEAD_LETTERS_MAX_BYTES = 2 * 1024 * MIB;
/** Counting the matches of a filter reads each: 100,000 take a tenth of a second. */
export const DEAD_LETTERS_MAX = 100_000;
/** A month to look at them. Later most of their rows are older than what tables keep by default. */
export const DEAD_LETTER_MAX_AGE_MS = 30 * 24 * 3600 * 1000;
/** Deleted in one transaction. */
export const DEAD_LETTERS_PER_CALL = 1_000;
/** Dead letters to batches in one call: each body is decompressed once, to count its bytes. */
export const REDRIVE_BYTES_PER_CALL = 16 * MIB;
export const UNAVAILABLE_RETRY_AFTER_SECONDS = 1;
/** Exporters give up on a body within minutes (OTLP's default is 5). */
export const RECENT_BODIES_MS = 15 * 60 * 1000;
/** About 20 MB of memory; reached at 200 bodies a second over the whole window. */
export const RECENT_BODIES = 200_000;
/** An alarm may run 15 minutes; leave long before and be called again. */
export const ALARM_RUN_MS = 5 * 60 * 1000;
/**
 * Of rows that one alarm encodes, about 800,000 spans or 6 s of CPU. Cloudflare ends an invocation
 * after 30 s of it: https://developers.cloudflare.com/durable-objects/platform/limits/
 */
export const ALARM_ENCODED_BYTES = 512 * MIB;
/** If the object dies while delivering, the next alarm comes by itself after this. */
export const ALARM_SAFETY_MS = 1_000;
/**
 * How often an object requests the time while something waits. On Cloudflare each call is an
 * invocation, which `invocationLogs` bills: 520,000 a month for a buffer that is never empty.
 */
export const PULSE_MS = 5_000;
/** How long an object's clock may stop before it counts as stopped: two pulses. */
export const CLOCK_STOPPED_MS = 5_000;
/** Calls to an object that has ended, one a pulse; `waitUntil` lasts 30 s. */
export const REVIVAL_CALLS = 4;
