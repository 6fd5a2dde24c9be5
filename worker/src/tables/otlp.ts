/**
 * What the statements of all OTLP tables share: ClickHouse decodes the protobuf, and every column
 * holds what the Collector's ClickHouse exporter writes for the same request; golden rows in
 * `tests/worker/` compare them.
 *
 * Export requests back to back are one request in protobuf, and a request has one field: resources
 * with what they sent. So the whole batch is what ClickHouse calls an envelope, and each resource a
 * row of its input. It can work on some of them at a time: with the request itself as the only row,
 * an insert took a fifth more CPU, and three times the memory.
 */
import { INSERT_BLOCK_BYTES } from "../limits.ts";
import common from "./otlp.proto";

const FORMAT = "FORMAT ProtobufList";

/** Whether the length of all bodies together has to stand before them; inserts of before had none. */
export function readsEnvelope({ query }: { readonly query?: string }): boolean {
  return query?.endsWith(FORMAT) ?? false;
}

export type Columns = readonly (readonly [column: string, expression: string])[];

/**
 * A number that is absent and one that is zero differ only as Nullable; text and bytes need not,
 * an empty one reads like none. ClickHouse prints numbers into String columns by itself.
 */
export const VALUE =
  "Tuple(s String, b Nullable(String), i Nullable(String), d Nullable(String), y String)";

export const KEY_VALUES = `Array(Tuple(key String, value ${VALUE}))`;

/** Go prints 1e+21 and NaN where ClickHouse prints 1e21 and nan. */
const goDouble = (column: string): string =>
  `transform(replaceOne(replaceOne(ifNull(${column}, ''), 'e', 'e+'), 'e+-', 'e-'), ` +
  `['nan', 'inf', '-inf'], ['NaN', 'Infinity', '-Infinity'])`;

/** The one member that is set, as text. */
export const valueText = (value: string): string =>
  `concat(${value}.s, ifNull(${value}.b, ''), ifNull(${value}.i, ''), ` +
  `${goDouble(`${value}.d`)}, base64Encode(${value}.y))`;

/** Sorted by key, as the exporter does; equal keys stay, in the order they came. */
export const attributeMap = (column: string): string =>
  `CAST(arraySort(pair -> pair.1, arrayMap(a -> (a.key, ${valueText("a.value")}), ${column})), ` +
  "'Map(LowCardinality(String), String)')";

/** An id of zeros is no id. */
export const hexId = (column: string, bytes: number): string =>
  `if(${column} = unhex('${"00".repeat(bytes)}'), '', lower(hex(${column})))`;

export const timestamp = (column: string): string => `fromUnixTimestamp64Nano(toInt64(${column}))`;

export function insertQuery(table: string, columns: Columns, from: string): string {
  return `INSERT INTO ${table} (${columns.map(([column]) => column).join(", ")})
SELECT
  ${columns.map(([, expression]) => expression).join(",\n  ")}
FROM ${from}
${FORMAT}`;
}

/** Each table has a schema text of its own, since ClickHouse may trip over one that two bring. */
export function settingsFor(table: string, proto: string): Record<string, string> {
  return {
    format_schema_source: "string",
    format_schema: `${common}${proto}// ${table}\n`,
    format_schema_message_name: "Row",
    input_format_max_block_size_bytes: String(INSERT_BLOCK_BYTES),
    // An eighth of an insert's CPU went into indexes that the next merge builds anew anyway. Until
    // then a part is as large as a batch, and read whole.
    materialize_skip_indexes_on_insert: "0",
  };
}
