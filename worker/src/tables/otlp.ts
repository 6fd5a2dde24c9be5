/**
 * Parts of the statements of all OTLP tables. Every column has the value that the Collector's
 * ClickHouse exporter writes for the same request; golden rows in `tests/worker/` compare them.
 * ClickHouse decodes the protobuf, or receives rows that `rowbinary/` encoded.
 *
 * Concatenated export requests are one request in protobuf, and a request has one field: its
 * resources with their data. So ClickHouse reads the batch as an envelope, with each resource as a
 * row of the input, in blocks. With the request as the only row, an insert used a
 * fifth more CPU and three times the memory.
 */
import { INSERT_BLOCK_BYTES } from "../limits.ts";
import type { Statement, Statements } from "./formats.ts";
import common from "./otlp.proto";

const PROTOBUF = "FORMAT ProtobufList";
const ROWBINARY = "FORMAT RowBinary";

/** Whether the total length must precede the bodies; statements of older scripts have no envelope. */
export function readsEnvelope({ query }: Statement): boolean {
  return query?.endsWith(PROTOBUF) ?? false;
}

/** Return the RowBinary columns of a statement in its order; null if it reads the bodies. */
export function rowColumns({ query }: Statement): string[] | null {
  const [, columns] = /^INSERT INTO \w+ \((.*)\) FORMAT RowBinary$/.exec(query ?? "") ?? [];
  return columns?.split(", ") ?? null;
}

export type Columns = readonly (readonly [column: string, expression: string])[];

/**
 * Numbers are Nullable to distinguish absent from zero. For strings and bytes, empty is the same as
 * absent. ClickHouse converts numbers to String columns automatically.
 */
export const VALUE =
  "Tuple(s String, b Nullable(String), i Nullable(String), d Nullable(String), y String)";

export const KEY_VALUES = `Array(Tuple(key String, value ${VALUE}))`;

/** Print a double as Go does: 1e+21 and NaN, where ClickHouse prints 1e21 and nan. */
const goDouble = (column: string): string =>
  `transform(replaceOne(replaceOne(ifNull(${column}, ''), 'e', 'e+'), 'e+-', 'e-'), ` +
  `['nan', 'inf', '-inf'], ['NaN', 'Infinity', '-Infinity'])`;

/** The one member that is set, as a string. */
export const valueText = (value: string): string =>
  `concat(${value}.s, ifNull(${value}.b, ''), ifNull(${value}.i, ''), ` +
  `${goDouble(`${value}.d`)}, base64Encode(${value}.y))`;

/** Keys and values as strings, in the order of the request. */
const pairs = (column: string): string =>
  `arrayMap(a -> (a.key, ${valueText("a.value")}), ${column})`;

/**
 * A map sorted by key, as in the exporter. Equal keys are kept in the order of the request.
 * `arraySort` by key alone does not keep that order; by key and position it takes a seventh longer.
 */
export const attributeMap = (column: string): string =>
  `CAST(arraySort((pair, place) -> (pair.1, place), ${pairs(column)}, ` +
  `arrayEnumerate(${column})), 'Map(LowCardinality(String), String)')`;

/**
 * The value of the first attribute with this key; an empty string if there is none.
 *
 * The value is not read from the map, because ClickHouse does not define which of equal keys a lookup
 * returns.
 */
export const attributeNamed = (column: string, key: string): string =>
  `arrayFirst(pair -> pair.1 = '${key}', ${pairs(column)}).2`;

/** Return an id in hexadecimal; an id of zeros is an absent id. */
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
  // Skip indexes took an eighth of an insert's CPU, and the next merge builds them again. Until then
  // a part is as large as a batch, and is read as a whole.
  materialize_skip_indexes_on_insert: "0",
};

const SYNTAX = 'syntax = "proto3";\n';
const PACKAGE = /^package (\w+);$/m;

/**
 * Return a schema with a separate package.
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

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): 32 bits distinguish a few schemas. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}
