/** `GET /metrics`: counts of an event and of its users, also per group. */

import type { Caller } from "../access/auth.ts";
import {
  DATE_PATTERN,
  dayFromDate,
  MAX_MS,
  millisecondsFromDateTime,
  millisecondsFromNumber,
} from "../events/dates.ts";
import { builtIdStart } from "../events/identity.ts";
import { METRICS_DEFAULT_DAYS, METRICS_MAX_GROUPS } from "../limits.ts";
import { parametersFrom } from "../openapi/parameters.ts";
import { check, invalid } from "../openapi/schema.ts";
import { clickHouseTime } from "../time/clickhouse_time.ts";
import { GROUP_EXPRESSIONS, type GroupBy, METRICS_PARAMETERS } from "./schema.ts";
import { select } from "./select.ts";

const DATE = new RegExp(DATE_PATTERN);

interface Question {
  readonly eventName: string;
  readonly fromMs: number;
  /** The end of the range, inclusive. */
  readonly toMs: number;
  readonly groupBy: GroupBy | null;
}

/**
 * Counts every event once: the view drops repeats.
 *
 * FINAL compares all partitions, so a time range alone reads every event of the name. Built ids
 * start with their event's time, so the sort key finds the built ids in the range.
 */
const EVENTS =
  "FROM events_once WHERE event_name = {event_name:String} " +
  "AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp <= {to:DateTime64(3, 'UTC')} " +
  "AND NOT (event_id >= {ids_start:String} AND event_id < {ids_from:String}) " +
  "AND NOT (event_id >= {ids_to:String} AND event_id < {ids_end:String})";
// Events without a user do not count as one more user.
const COUNTS = "count() AS total, uniqExactIf(user_id, user_id != '') AS unique_users";

export async function metrics(request: Request, env: Env, caller: Caller): Promise<Response> {
  const question = questionFrom(new URL(request.url).searchParams, Date.now());
  const parameters = {
    event_name: question.eventName,
    from: clickHouseTime(question.fromMs),
    to: clickHouseTime(question.toMs),
    ids_start: builtIdStart(0),
    ids_from: builtIdStart(question.fromMs),
    ids_to: builtIdStart(question.toMs + 1),
    ids_end: builtIdStart(MAX_MS),
  };
  const ask = (query: string): Promise<Record<string, unknown>[]> =>
    select(env, caller.team, query, parameters);
  const [totals, groups] = await Promise.all([
    ask(`SELECT ${COUNTS} ${EVENTS}`),
    question.groupBy === null ? null : ask(groupsQuery(question.groupBy)),
  ]);
  return Response.json({
    event_name: question.eventName,
    from: new Date(question.fromMs).toISOString(),
    to: new Date(question.toMs).toISOString(),
    ...totals[0],
    ...(groups && {
      group_by: question.groupBy,
      groups: groups.slice(0, METRICS_MAX_GROUPS),
      truncated: groups.length > METRICS_MAX_GROUPS,
    }),
  });
}

function groupsQuery(groupBy: GroupBy): string {
  const isTime = groupBy === "hour" || groupBy === "day";
  return (
    `SELECT ${GROUP_EXPRESSIONS[groupBy]} AS key, ${COUNTS} ${EVENTS} GROUP BY key ` +
    `ORDER BY ${isTime ? "key" : "total DESC, key"} LIMIT ${METRICS_MAX_GROUPS + 1}`
  );
}

function questionFrom(search: URLSearchParams, nowMs: number): Question {
  const parameters = parametersFrom(search);
  check(METRICS_PARAMETERS, parameters, "body");
  const toMs = parameters.to === undefined ? nowMs : rangeFrom("to", parameters.to).lastMs;
  const fromMs =
    parameters.from === undefined
      ? Math.max(0, toMs - METRICS_DEFAULT_DAYS * 24 * 3600 * 1000)
      : rangeFrom("from", parameters.from).fromMs;
  if (fromMs > toMs) {
    const at = new Date(toMs).toISOString();
    throw invalid("from", parameters.from ?? fromMs, `a time not after \`to\`, which is ${at}`);
  }
  return {
    eventName: String(parameters.event_name),
    fromMs,
    toMs,
    groupBy: (parameters.group_by ?? null) as GroupBy | null,
  };
}

/** Return the range of a date, which is a whole day, or of any other time, which is one moment. */
function rangeFrom(name: "from" | "to", text: string): { fromMs: number; lastMs: number } {
  const { fromMs, endMs } = dayFromDate(text);
  const momentMs = Number.isNaN(Number(text))
    ? millisecondsFromDateTime(text)
    : millisecondsFromNumber(Number(text));
  const range = DATE.test(text)
    ? { fromMs, lastMs: endMs - 1 }
    : { fromMs: momentMs, lastMs: momentMs };
  if (!(range.fromMs >= 0 && range.lastMs < MAX_MS)) {
    throw invalid(name, text, "a time from 1970 to 2099, of a day that exists");
  }
  return range;
}
