import assert from "node:assert/strict";
import { test } from "node:test";
import { statementFor } from "./index.ts";
import { insertSettingsFrom } from "./insert_settings.ts";

test("a statement has the settings of the deployment's ClickHouse", () => {
  const settings = insertSettingsFrom('{"deduplicate_insert":"enable"}');
  const statement = statementFor("events", "telemetry", { format: "protobuf", settings });
  assert.equal(statement.deduplicate_insert, "enable");
  assert.equal(statement.insert_deduplicate, "1");
});

test("a binding that is absent adds nothing", () => {
  assert.deepEqual(insertSettingsFrom(undefined), {});
});

test("no binding replaces the query or a setting that every statement has", () => {
  const settings = insertSettingsFrom('{"async_insert":"1","query":"SELECT 1","database":"x"}');
  assert.deepEqual(
    statementFor("events", "telemetry", { format: "protobuf", settings }),
    statementFor("events", "telemetry", { format: "protobuf", settings: {} }),
  );
});

for (const text of ["[]", "null", '{"deduplicate_insert":1}', '"enable"']) {
  test(`a binding of ${text} is rejected`, () => {
    assert.throws(() => insertSettingsFrom(text), /INSERT_SETTINGS/);
  });
}
