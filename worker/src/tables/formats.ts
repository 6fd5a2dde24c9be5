/**
 * The two insert formats of OTLP, chosen by the deployment (`INSERT_FORMAT`).
 *
 * `protobuf`: ClickHouse decodes the stored bodies, by a schema in the statement.
 * `rowbinary`: this worker encodes the rows (`rowbinary/`), for services that accept no schema.
 */
export const INSERT_FORMATS = ["protobuf", "rowbinary"] as const;
export type InsertFormat = (typeof INSERT_FORMATS)[number];

/** The statement of an insert as URL parameters, without the token. */
export type Statement = Record<string, string>;
export type Statements = Readonly<Record<InsertFormat, Statement>>;

/** Return the bound format; `protobuf` if the binding is absent or this script does not support it. */
export function insertFormatFrom(bound: string | undefined): InsertFormat {
  return INSERT_FORMATS.find((format) => format === bound) ?? "protobuf";
}

/** The statement of a table for JSON, which is the same in both formats. */
export const eitherWay = (statement: Statement): Statements => ({
  protobuf: statement,
  rowbinary: statement,
});
