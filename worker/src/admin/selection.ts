/** The dead letters that a request selects: ids of one buffer, or a filter over many buffers. */
import type { LetterFilter } from "../buffer/dead_letters.ts";
import { bufferNames } from "../buffer/names.ts";
import { HttpError } from "../errors.ts";
import { invalid } from "../openapi/schema.ts";
import { requireBuffer, teamsNamed } from "./requests.ts";

export interface Filtered {
  readonly buffers: readonly string[];
  readonly filter: LetterFilter;
}

export type Selection = Filtered | { readonly buffer: string; readonly ids: readonly string[] };

/** A body that `LETTERS_BODY` allows. */
interface Body {
  readonly buffer?: string;
  readonly ids?: readonly string[];
  readonly team?: string;
  readonly table?: string;
  readonly error?: string;
  readonly code?: number;
  readonly older_than?: string;
}

const FILTERS = ["buffer", "team", "table", "error", "code", "older_than"] as const;

/** @throws HttpError 400 fields that exclude each other, 404 an unknown buffer or team. */
export function selectionFrom(env: Env, fields: Record<string, unknown>, nowMs: number): Selection {
  const body = fields as Body;
  const { buffer, ids, team, older_than: before, ...rest } = body;
  if (ids !== undefined) {
    requireAlone(fields);
    return { buffer: requireBuffer(env, buffer), ids: [...new Set(ids)] };
  }
  // `{}` would select all dead letters of all teams, and `drop` cannot be undone.
  if (!FILTERS.some((name) => body[name] !== undefined)) {
    throw invalid("body", fields, `ids and buffer, or at least one of ${FILTERS.join(", ")}`);
  }
  if (buffer !== undefined && team !== undefined) {
    throw invalid("team", team, "a buffer or a team, and not both");
  }
  const buffers =
    buffer === undefined
      ? teamsNamed(env, team).flatMap(bufferNames)
      : [requireBuffer(env, buffer)];
  return { buffers, filter: { ...rest, beforeMs: before === undefined ? nowMs : msFrom(before) } };
}

function requireAlone(fields: Record<string, unknown>): void {
  if (fields.buffer === undefined) {
    throw new HttpError(400, "buffer: missing; ids are valid within one buffer");
  }
  const other = Object.keys(fields).find((name) => name !== "ids" && name !== "buffer");
  if (other !== undefined) {
    throw invalid(other, fields[other], "ids, or filters, and not both");
  }
}

function msFrom(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw invalid("older_than", text, "a time like 2026-11-21T00:00:00Z");
  }
  return ms;
}
