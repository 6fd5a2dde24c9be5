/**
 * What `npm run build` writes to `dist/statements.json`: every statement of this worker by table and
 * form, a body for each, and the rows that it becomes.
 *
 * `resources/` proves them on the ClickHouse service before it deploys the worker, and grants the
 * worker's SQL user INSERT on these tables and no others.
 */
import { concat } from "../body.ts";
import { varint } from "../otlp/fields.ts";
import { type Statement, statementFor, TABLES, type Table } from "./index.ts";
import { readsEnvelope } from "./otlp.ts";
import rows from "./sample_rows.json";
import { sampleFor } from "./samples.ts";

/** `json`: of tables whose rows the worker writes itself. OTLP has the other forms. */
export type Form = "json" | "protobuf" | "rowbinary";

interface Insert {
  /** URL parameters, complete but for database and token. */
  readonly statement: Statement;
  readonly body_base64: string;
}

interface TableEntry {
  readonly forms: Partial<Record<Form, Insert>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export function manifest(): Record<Table, TableEntry> {
  const entries = TABLES.map((table) => [table, { forms: formsOf(table), rows: rows[table] }]);
  return Object.fromEntries(entries) as Record<Table, TableEntry>;
}

function formsOf(table: Table): Partial<Record<Form, Insert>> {
  const { database: _database, ...statement } = statementFor(table, "", {});
  const sample = sampleFor(table);
  return readsEnvelope(statement)
    ? { protobuf: insertOf(statement, [Uint8Array.from(varint(sample.byteLength)), sample]) }
    : { json: insertOf(statement, [sample]) };
}

function insertOf(statement: Statement, parts: readonly Uint8Array[]): Insert {
  const body = concat(
    parts,
    parts.reduce((total, part) => total + part.byteLength, 0),
  );
  return { statement, body_base64: Buffer.from(body).toString("base64") };
}
