/**
 * What the statements of all OTLP tables share: every column holds what the Collector's ClickHouse
 * exporter writes for the same request; golden rows in `tests/worker/` compare them. ClickHouse
 * decodes the protobuf, or gets rows that `rowbinary/` encoded.
 *
 * Export requests back to back are one request in protobuf, and a request has one field: resources
 * with what they sent. So the whole batch is what ClickHouse calls an envelope, and each resource a
 * row of its input. It can work on some of them at a time: with the request itself as the only row,
 * an insert took a fifth more CPU, and three times the memory.
 */
import { INSERT_BLOCK_BYTES } from "../limits.ts";
import type { Statement, Statements } from "./formats.ts";
import common from "./otlp.proto";

const PROTOBUF = "FORMAT ProtobufList";
const ROWBINARY = "FORMAT RowBinary";

/** Whether the length of all bodies together has to stand before them; inserts of before had none. */
export function readsEnvelope({ query }: Statement): boolean {
  return query?.endsWith(PROTOBUF) ?? false;
}

/** The columns that a statement wants as RowBinary, in its order; null if it reads the bodies. */
export function rowColumns({ query }: Statement): string[] | null {
  const [, columns] = /^INSERT INTO \w+ \((.*)\) FORMAT RowBinary$/.exec(query ?? "") ?? [];
  return columns?.split(", ") ?? null;
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

/** Keys and values as text, in the order they came. */
const pairs = (column: string): string =>
  `arrayMap(a -> (a.key, ${valueText("a.value")}), ${column})`;

/**
 * Sorted by key, as the exporter does; equal keys stay, in the order they came. `arraySort` by key
 * alone does not keep that order; by key and place it takes a seventh longer.
 */
export const attributeMap = (column: string): string =>
  `CAST(arraySort((pair, place) -> (pair.1, place), ${pairs(column)}, ` +
  `arrayEnumerate(${column})), 'Map(LowCardinality(String), String)')`;

/**
 * The value of the first attribute with this key; an empty string if there is none.
 *
 * Not of the map: ClickHouse does not say which one of equal keys it finds there.
 */
export const attributeNamed = (column: string, key: string): string =>
  `arrayFirst(pair -> pair.1 = '${key}', ${pairs(column)}).2`;

/** An id of zeros is no id. */
export const hexId = (column: string, bytes: number): string =>
  `if(${column} = unhex('${"00".repeat(bytes)}'), '', lower(hex(${column})))`;

export const timestamp = (column: string): string => `fromUnixTimestamp64Nano(toInt64(${column}))`;

/** The statements of a table in both formats, with the same columns. */
export function statementsFor(
  table: string,
  columns: Columns,
  { from, proto }: { readonly from: string; readonly proto: string },
): Statements {
  const insertInto = `INSERT INTO ${table} (${columns.map(([column]) => column).join(", ")})`;
  const select = `SELECT
  ${columns.map(([, expression]) => expression).join(",\n  ")}
FROM ${from}`;
  return {
    protobuf: {
      query: `${insertInto}\n${select}\n${PROTOBUF}`,
      ...protobufSettings(table, proto),
      ...SETTINGS,
    },
    rowbinary: { query: `${insertInto} ${ROWBINARY}`, ...SETTINGS },
  };
}

function protobufSettings(table: string, proto: string): Statement {
  return {
    format_schema_source: "string",
    format_schema: schemaFor(table, `${common}${proto}`),
    format_schema_message_name: "Row",
  };
}

const SETTINGS: Statement = {
  input_format_max_block_size_bytes: String(INSERT_BLOCK_BYTES),
  // An eighth of an insert's CPU went into indexes that the next merge builds again anyway. Until
  // then a part is as large as a batch, and read whole.
  materialize_skip_indexes_on_insert: "0",
};

const SYNTAX = 'syntax = "proto3";\n';
const PACKAGE = /^package (\w+);$/m;

/**
 * A schema in a package of its own.
 *
 * Until 26.3 ClickHouse keeps all schemas of a server in one pool, and rejects the second one that
 * defines a message of the same full name: "seems to be defined in …, which is not imported"
 * (code 434, until it restarts). So every schema needs its own package, by table and version.
 */
function schemaFor(table: string, proto: string): string {
  return proto.replace(SYNTAX, `${SYNTAX}package ${table}_${fnv1a(proto).toString(16)};\n`);
}

/** Return the statement with its schema in another package, so that ClickHouse parses it again. */
export function withSchemaNote(statement: Statement, note: string): Statement {
  const { format_schema: schema } = statement;
  return schema === undefined || note === ""
    ? statement
    : { ...statement, format_schema: schema.replace(PACKAGE, `package $1_${note};`) };
}

/** http://www.isthe.com/chongo/tech/comp/fnv/: 32 bits tell a handful of schemas apart. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}
