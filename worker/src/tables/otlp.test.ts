import assert from "node:assert/strict";
import { test } from "node:test";
import { statementFor, TABLES } from "./index.ts";
import { withSchemaNote } from "./otlp.ts";

const PROTOBUF = { format: "protobuf", settings: {} } as const;
const SCHEMAS = TABLES.flatMap(
  (table) => statementFor(table, "telemetry", PROTOBUF).format_schema ?? [],
);
const packageOf = (schema: string | undefined): string | undefined =>
  /^package (\w+);$/m.exec(schema ?? "")?.[1];

test("every schema has a separate package, because ClickHouse until 26.3 has one pool for all", () => {
  const packages = new Set(SCHEMAS.map(packageOf));
  assert.ok(!packages.has(undefined));
  assert.equal(packages.size, SCHEMAS.length);
  assert.equal(packages.size, 7);
});

test("a schema that ClickHouse misread is sent again in another package", () => {
  const statement = statementFor("otel_traces", "telemetry", PROTOBUF);
  const noted = withSchemaNote(statement, "12_3");
  assert.equal(packageOf(noted.format_schema), `${packageOf(statement.format_schema)}_12_3`);
  assert.equal(noted.query, statement.query);
});

test("a statement without a schema does not change", () => {
  const statement = statementFor("events", "telemetry", PROTOBUF);
  assert.deepEqual(withSchemaNote(statement, "12_3"), statement);
});
