/**
 * The content of `dist/statements.json`, which `npm run build` writes: every statement of this
 * worker by table and form, a sample body for each, and the expected rows.
 *
 * `resources/` tests the statements on the ClickHouse service before it deploys the worker. It grants
 * the worker's SQL user INSERT on these tables and no others.
 */
import { concat } from "../body/bytes.ts";
import { varint } from "../otlp/fields.ts";
import { encoderFor } from "../rowbinary/encoder.ts";
import { RowWriter } from "../rowbinary/writer.ts";
import {
  type InsertFormat,
  type Statement,
  statementFor,
  TABLES,
  type Table,
} from "../tables/index.ts";
import { readsEnvelope, rowColumns } from "../tables/otlp.ts";
import rows from "./sample_rows.json";
import { sampleFor } from "./samples.ts";

/** `json` is for tables whose rows the worker writes itself. OTLP tables have the other forms. */
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
  const sample = sampleFor(table);
  const protobuf = statementOf(table, "protobuf");
  if (!readsEnvelope(protobuf)) {
    return { json: insertOf(protobuf, [sample]) };
  }
  const rowbinary = statementOf(table, "rowbinary");
  return {
    protobuf: insertOf(protobuf, [Uint8Array.from(varint(sample.byteLength)), sample]),
    rowbinary: insertOf(rowbinary, [encoded(table, rowColumns(rowbinary) ?? [], sample)]),
  };
}

function statementOf(table: Table, format: InsertFormat): Statement {
  const { database: _database, ...statement } = statementFor(table, "", { format, settings: {} });
  return statement;
}

function encoded(table: Table, columns: readonly string[], request: Uint8Array): Uint8Array {
  const out = new RowWriter(request.length);
  const pieces = encoderFor(table, columns).encode(request, out, () => false);
  pieces.next(); // returns all of them, because no minimum is given
  return out.take();
}

function insertOf(statement: Statement, parts: readonly Uint8Array[]): Insert {
  return { statement, body_base64: Buffer.from(concat(parts)).toString("base64") };
}
