/**
 * The two ways in which OTLP gets into ClickHouse, chosen by the deployment (`INSERT_FORMAT`).
 *
 * `protobuf`: ClickHouse decodes the stored bodies, by a schema that the statement brings along.
 * `rowbinary`: this worker encodes the rows (`rowbinary/`), for services that take no schema.
 */
export const INSERT_FORMATS = ["protobuf", "rowbinary"] as const;
export type InsertFormat = (typeof INSERT_FORMATS)[number];

/** The statement of an insert as URL parameters, complete but for the token. */
export type Statement = Record<string, string>;
export type Statements = Readonly<Record<InsertFormat, Statement>>;

/** Where nothing is bound, or what no script knows yet, ClickHouse decodes. */
export function insertFormatFrom(bound: string | undefined): InsertFormat {
  return INSERT_FORMATS.find((format) => format === bound) ?? "protobuf";
}

/** Of a table that takes JSON, whatever OTLP does. */
export const eitherWay = (statement: Statement): Statements => ({
  protobuf: statement,
  rowbinary: statement,
});
