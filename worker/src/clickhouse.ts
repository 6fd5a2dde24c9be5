/** One insert over HTTP, and what its outcome means. */
import { INSERT_TIMEOUT_MS, MAX_ERROR_LENGTH } from "./limits.ts";
import type { Encoding, Statement } from "./tables/index.ts";

export interface Server {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/**
 * `applied`: the rows are in, or were already. `rejected`: these bytes can never go in, and nothing
 * of them was written. `unknown`: everything else, so the same bytes go again under the same token.
 */
export type Outcome =
  | { readonly verdict: "applied" }
  | {
      readonly verdict: "rejected" | "unknown";
      readonly error: string;
      /** What batches like this one ask too much of. */
      readonly exhausted?: Exhausted | undefined;
    };

/** `parts`: merges are behind, so fewer inserts. `memory`: smaller ones. */
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
 * The table of errors: code → its name and what it says.
 *
 * `bytes`: they themselves are at fault. A code is that only if it is raised while reading the
 * bytes, before the first row can be written, and would be raised again for the same bytes. Whatever
 * is not here is waited out: a wrong password, a missing table or a full disk is mended by people,
 * and the batch goes in then.
 */
const ERRORS: ReadonlyMap<number, readonly [name: string, says: "bytes" | Exhausted]> = new Map([
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
/** Of code 252, too: not that the table is busy merging, but that this batch spans too many days. */
const TOO_MANY_PARTITIONS = /Too many partitions for single INSERT block/;

export function outcomeFrom(status: number, codeHeader: string | null, text: string): Outcome {
  const code = Number(codeHeader ?? /^Code: (\d+)\./.exec(text)?.[1] ?? 0);
  if (status === 200 && code === 0) {
    return { verdict: "applied" };
  }
  const [, named] = ERRORS.get(code) ?? [];
  const says = named === "parts" && TOO_MANY_PARTITIONS.test(text) ? "bytes" : named;
  const error = shorten(`ClickHouse returned ${status}: ${text}`);
  return says === "bytes"
    ? { verdict: "rejected", error }
    : { verdict: "unknown", error, exhausted: says };
}

function shorten(text: string): string {
  return text.trim().slice(0, MAX_ERROR_LENGTH);
}
