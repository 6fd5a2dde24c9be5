/** Sends one insert over HTTP, and classifies its outcome. */
import { INSERT_TIMEOUT_MS, MAX_ERROR_LENGTH } from "./limits.ts";
import type { Encoding, Statement } from "./tables/index.ts";

export interface Server {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/**
 * `applied`: the rows are in the table. `rejected`: ClickHouse will never accept these bytes, and has
 * written none of their rows. `unknown`: everything else; the same bytes are sent again under the
 * same token.
 */
export type Outcome =
  | { readonly verdict: "applied" }
  | {
      readonly verdict: "rejected" | "unknown";
      readonly error: string;
      /** The resource ClickHouse ran out of for this batch, if the error names one. */
      readonly exhausted?: Exhausted | undefined;
    };

/** `parts`: too many parts, so inserts must be rarer. `memory`: inserts must be smaller. */
export type Exhausted = "parts" | "memory";

export async function insert(
  server: Server,
  statement: Statement,
  token: string,
  body: { bytes: Uint8Array | ReadableStream<Uint8Array>; encoding: Encoding },
): Promise<Outcome> {
  const query = new URLSearchParams({
    ...statement,
    insert_deduplication_token: token,
  });
  const headers: Record<string, string> = {
    "x-clickhouse-user": server.user,
    "x-clickhouse-key": server.password,
    "content-type": "application/octet-stream",
  };
  if (body.encoding !== "raw") {
    headers["content-encoding"] = body.encoding;
  }
  try {
    const response = await fetch(`${server.url}/?${query}`, {
      method: "POST",
      headers,
      body: body.bytes,
      redirect: "manual",
      signal: AbortSignal.timeout(INSERT_TIMEOUT_MS),
    });
    return outcomeFrom(
      response.status,
      response.headers.get("x-clickhouse-exception-code"),
      await response.text(),
    );
  } catch (error) {
    return { verdict: "unknown", error: shorten(`no response: ${String(error)}`) };
  }
}

/**
 * The errors of ClickHouse by code, with their name and cause.
 *
 * `bytes`: the bytes are invalid. This requires that the error is raised while the bytes are read,
 * before the first row can be written, and again for the same bytes. All other errors lead to a
 * retry, because an operator can correct an invalid password, a missing table or a full disk.
 */
const ERRORS: ReadonlyMap<number, readonly [name: string, cause: "bytes" | Exhausted]> = new Map([
  [6, ["CANNOT_PARSE_TEXT", "bytes"]],
  [23, ["CANNOT_READ_FROM_ISTREAM", "bytes"]],
  [25, ["CANNOT_PARSE_ESCAPE_SEQUENCE", "bytes"]],
  [26, ["CANNOT_PARSE_QUOTED_STRING", "bytes"]],
  [27, ["CANNOT_PARSE_INPUT_ASSERTION_FAILED", "bytes"]],
  [32, ["ATTEMPT_TO_READ_AFTER_EOF", "bytes"]],
  [33, ["CANNOT_READ_ALL_DATA", "bytes"]],
  [38, ["CANNOT_PARSE_DATE", "bytes"]],
  [41, ["CANNOT_PARSE_DATETIME", "bytes"]],
  [72, ["CANNOT_PARSE_NUMBER", "bytes"]],
  [117, ["INCORRECT_DATA", "bytes"]],
  [128, ["TOO_LARGE_ARRAY_SIZE", "bytes"]],
  [130, ["CANNOT_READ_ARRAY_FROM_TEXT", "bytes"]],
  [131, ["TOO_LARGE_STRING_SIZE", "bytes"]],
  [354, ["ZLIB_INFLATE_FAILED", "bytes"]],
  [436, ["PROTOBUF_BAD_CAST", "bytes"]],
  [444, ["UNKNOWN_PROTOBUF_FORMAT", "bytes"]],
  [467, ["CANNOT_PARSE_BOOL", "bytes"]],
  [561, ["ZSTD_DECODER_FAILED", "bytes"]],
  [173, ["CANNOT_ALLOCATE_MEMORY", "memory"]],
  [241, ["MEMORY_LIMIT_EXCEEDED", "memory"]],
  [252, ["TOO_MANY_PARTS", "parts"]],
]);
/** Code 252 as well, but for a batch whose rows have too many days. */
const TOO_MANY_PARTITIONS = /Too many partitions for single INSERT block/;

export function outcomeFrom(status: number, codeHeader: string | null, text: string): Outcome {
  const code = Number(codeHeader ?? /^Code: (\d+)\./.exec(text)?.[1] ?? 0);
  if (status === 200 && code === 0) {
    return { verdict: "applied" };
  }
  const [, named] = ERRORS.get(code) ?? [];
  const cause = named === "parts" && TOO_MANY_PARTITIONS.test(text) ? "bytes" : named;
  const error = shorten(`ClickHouse returned ${status}: ${text}`);
  return cause === "bytes"
    ? { verdict: "rejected", error }
    : { verdict: "unknown", error, exhausted: cause };
}

function shorten(text: string): string {
  return text.trim().slice(0, MAX_ERROR_LENGTH);
}
