/** `GET /metrics`: how often an event happened, to how many users, and per group. */
import type { Caller } from "../auth.ts";
import { MAX_MS, MILLISECONDS_FROM } from "../events/schema.ts";
import { METRICS_DEFAULT_DAYS, METRICS_MAX_GROUPS } from "../limits.ts";
import { check, invalid } from "../openapi/schema.ts";
import { parametersFrom } from "./parameters.ts";
import { GROUP_EXPRESSIONS, type GroupBy, METRICS_PARAMETERS } from "./schema.ts";
import { select } from "./select.ts";

interface Question {
  readonly eventName: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly groupBy: GroupBy | null;
}

/** Every event once, whatever was sent twice: that is what the view is for. */
const EVENTS =
  "FROM events_once WHERE event_name = {event_name:String} " +
  "AND timestamp >= {from:DateTime64(3, 'UTC')} AND timestamp < {to:DateTime64(3, 'UTC')}";
// An event without a user is nobody's, not one more user's.
const COUNTS = "count() AS total, uniqExactIf(user_id, user_id != '') AS unique_users";

export async function metrics(request: Request, env: Env, caller: Caller): Promise<Response> {
  const question = questionFrom(new URL(request.url).searchParams, Date.now());
  const parameters = {
    event_name: question.eventName,
    from: clickHouseTime(question.fromMs),
    to: clickHouseTime(question.toMs),
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
  const asked = parametersFrom(search);
  check(METRICS_PARAMETERS, asked, "body");
  const toMs = asked.to === undefined ? nowMs : millisecondsFrom("to", asked.to);
  const fromMs =
    asked.from === undefined
      ? Math.max(0, toMs - METRICS_DEFAULT_DAYS * 24 * 3600 * 1000)
      : millisecondsFrom("from", asked.from);
  if (fromMs >= toMs) {
    const at = new Date(toMs).toISOString();
    throw invalid("from", asked.from ?? fromMs, `a time before \`to\`, which is ${at}`);
  }
  return {
    eventName: String(asked.event_name),
    fromMs,
    toMs,
    groupBy: (asked.group_by ?? null) as GroupBy | null,
  };
}

function millisecondsFrom(name: "from" | "to", text: string): number {
  const number = Number(text);
  const ms = Number.isNaN(number)
    ? Date.parse(text.replace(" ", "T"))
    : Math.round(number < MILLISECONDS_FROM ? number * 1000 : number);
  if (!(ms >= 0 && ms < MAX_MS)) {
    throw invalid(name, text, "a time from 1970 to 2099");
  }
  return ms;
}

function clickHouseTime(ms: number): string {
  return new Date(ms).toISOString().replace("T", " ").replace("Z", "");
}
