/**
 * The binding `INSERT_SETTINGS`: settings that this deployment's ClickHouse has and others lack.
 *
 * `resources/telemetry/ingest_probe.py` reads their names from the server when it deploys. They cannot
 * be in every statement: ClickHouse rejects an insert with an unknown setting with code 115.
 */
import type { Statement } from "./index.ts";

/** @throws Error the binding is not a JSON object of strings: a bug of the deployment. */
export function insertSettingsFrom(text: string | undefined): Statement {
  const settings: unknown = JSON.parse(text ?? "{}");
  if (!isStatement(settings)) {
    throw new Error(`INSERT_SETTINGS: ${text} is not a JSON object of strings`);
  }
  return settings;
}

function isStatement(value: unknown): value is Statement {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((setting) => typeof setting === "string")
  );
}
