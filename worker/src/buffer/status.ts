/**
 * The fields of a buffer's status, in one table.
 *
 * `GET /admin/buffers`, its schema, the gauges in `ingest_health` and those of `GET /admin/metrics`
 * all derive from the table. A new field needs one entry here and its value in `buffer/admin.ts`.
 */
import type { Schema } from "../openapi/schema.ts";

const COUNT = { type: "integer", minimum: 0 } as const;
const SECONDS = { type: ["number", "null"] } as const;

interface Field {
  readonly schema: Schema;
  /** The help text of the field's gauge. A field without one is no gauge. */
  readonly gauge?: string;
}

const FIELDS = {
  paused: {
    schema: { type: "boolean" },
    gauge: "1 while an operator has paused delivery, otherwise 0.",
  },
  stored_bytes: { schema: COUNT, gauge: "Bytes of waiting bodies and dead letters." },
  /** A body that was redriven from the dead letters counts 0 rows here. */
  rows: { schema: COUNT, gauge: "Waiting rows." },
  oldest_age_seconds: {
    schema: SECONDS,
    gauge: "How long the oldest body has waited, 0 if none waits.",
  },
  batches: { schema: COUNT, gauge: "Batches sealed and not delivered." },
  /** While the buffer is paused, 0 means that it sends nothing to ClickHouse. */
  inserts_in_flight: { schema: COUNT, gauge: "Inserts that have no response yet." },
  /** The last error of the first batch that waits for a retry; null if none waits. */
  last_error: { schema: { type: ["string", "null"] } },
  /** Rows of bodies whose batches are finished, including those of a dead-lettered body. */
  rows_delivered: { schema: COUNT },
  dead_letters: { schema: COUNT, gauge: "Bodies that ClickHouse rejected." },
  dead_letter_bytes: { schema: COUNT, gauge: "Bytes of the dead letters." },
  dead_letter_oldest_age_seconds: {
    schema: SECONDS,
    gauge: "Age of the oldest dead letter, 0 if there is none.",
  },
  /** `DeadLetters.usedRatio`. */
  dead_letters_used_ratio: {
    schema: { type: "number" },
    gauge:
      "Used share of the dead letters' limits on bytes, number or age; at 1 the oldest is deleted.",
  },
} as const satisfies Record<string, Field>;

type Fields = typeof FIELDS;
type FieldName = keyof Fields;

/** The TypeScript type of a JSON schema's `type`. */
type Value<Type> = Type extends readonly (infer Each)[]
  ? Value<Each>
  : Type extends "boolean"
    ? boolean
    : Type extends "string"
      ? string
      : Type extends "null"
        ? null
        : number;

export type BufferStatus = {
  readonly [Name in FieldName]: Value<Fields[Name]["schema"]["type"]>;
};

/** The gauges of one buffer, by name. */
export type Gauges = Readonly<Record<string, number>>;

const names = Object.keys(FIELDS) as FieldName[];

/** The JSON schema of each field. */
export const STATUS_PROPERTIES: Readonly<Record<string, Schema>> = Object.fromEntries(
  names.map((name) => [name, FIELDS[name].schema]),
);

/** Name and help text of each gauge; a gauge's only label is its buffer. */
export const GAUGES: ReadonlyMap<string, string> = new Map(
  names.flatMap((name) => {
    const { gauge }: Field = FIELDS[name];
    return gauge === undefined ? [] : [[gaugeName(name), gauge] as const];
  }),
);

export function gaugesFrom(status: BufferStatus): Gauges {
  const gauges = names.filter((name) => GAUGES.has(gaugeName(name)));
  return Object.fromEntries(gauges.map((name) => [gaugeName(name), Number(status[name] ?? 0)]));
}

function gaugeName(name: FieldName): string {
  return `ingest_buffer_${name}`;
}
