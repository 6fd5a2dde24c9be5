/** Values that all rows of a resource, a scope or a metric share. They are encoded once. */
import type { Message } from "../otlp/schema.ts";
import {
  attributeMap,
  attributeNamed,
  bool,
  type Column,
  fourBytes,
  inside,
  type Shared,
  text,
} from "./columns.ts";
import type { MessageReader } from "./message.ts";
import { RowWriter } from "./writer.ts";

export type SharedColumns = readonly (readonly [value: keyof Shared, column: Column])[];

export const ofResource = (resource: Message): SharedColumns => [
  ["resourceAttributes", inside(resource, "resource", (of) => attributeMap(of))],
  ["serviceName", inside(resource, "resource", (of) => attributeNamed(of, "service.name"))],
  ["resourceSchemaUrl", text(resource, "schemaUrl")],
];

export const ofScope = (scope: Message): SharedColumns => [
  ["scopeName", inside(scope, "scope", (of) => text(of, "name"))],
  ["scopeVersion", inside(scope, "scope", (of) => text(of, "version"))],
  ["scopeAttributes", inside(scope, "scope", (of) => attributeMap(of))],
  ["scopeDropped", inside(scope, "scope", (of) => fourBytes(of, "droppedAttributesCount"))],
  ["scopeSchemaUrl", text(scope, "schemaUrl")],
];

export const ofMetric = (metric: Message): SharedColumns => [
  ["metricName", text(metric, "name")],
  ["metricDescription", text(metric, "description")],
  ["metricUnit", text(metric, "unit")],
];

/** The shared columns of a metric type; gauges and summaries have none. */
export const ofPoints = (points: Message): SharedColumns => [
  ...(has(points, "aggregationTemporality")
    ? [["temporality", fourBytes(points, "aggregationTemporality")] as const]
    : []),
  ...(has(points, "isMonotonic") ? [["isMonotonic", bool(points, "isMonotonic")] as const] : []),
];

const has = ({ fields }: Message, name: string): boolean =>
  Object.values(fields).some((field) => field.name === name);

const EMPTY = new Uint8Array(0);
const SCRATCH_BYTES = 1024;
const scratch = new RowWriter(SCRATCH_BYTES);

export function nothingShared(): Shared {
  return {
    resourceAttributes: EMPTY,
    resourceSchemaUrl: EMPTY,
    serviceName: EMPTY,
    scopeName: EMPTY,
    scopeVersion: EMPTY,
    scopeAttributes: EMPTY,
    scopeDropped: EMPTY,
    scopeSchemaUrl: EMPTY,
    metricName: EMPTY,
    metricDescription: EMPTY,
    metricUnit: EMPTY,
    temporality: EMPTY,
    isMonotonic: EMPTY,
  };
}

export function share(shared: Shared, columns: SharedColumns, message: MessageReader): void {
  for (const [value, write] of columns) {
    write(scratch, message, shared);
    const written = scratch.take();
    // If the writer has new memory, the view needs no copy.
    shared[value] = written.buffer === scratch.bytes.buffer ? written.slice() : written;
  }
}
