/** Sends one SELECT as the team's SQL user, which can read no other database. */
import type { Team } from "../access/types.ts";
import { HttpError } from "../errors.ts";
import { QUERY_TIMEOUT_MS, UNAVAILABLE_RETRY_AFTER_SECONDS } from "../limits.ts";

/**
 * Return the rows of a query in the team's database.
 *
 * @param query a constant of this worker, with `{name:Type}` for each value; it contains no values.
 * @param parameters the values, which ClickHouse binds.
 * @throws HttpError 503 for any error; the message of ClickHouse is only logged.
 */
export async function select(
  env: Env,
  team: Team,
  query: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>[]> {
  const settings = new URLSearchParams({
    database: team.database,
    default_format: "JSON",
    // Counts are far below 2^53.
    output_format_json_quote_64bit_integers: "0",
    max_execution_time: String(QUERY_TIMEOUT_MS / 1000),
  });
  for (const [name, value] of Object.entries(parameters)) {
    settings.set(`param_${name}`, escaped(value));
  }
  const text = await responseText(env, team, settings, query);
  return (JSON.parse(text) as { data: Record<string, unknown>[] }).data;
}

/** A parameter is read as a TSV field: https://clickhouse.com/docs/interfaces/http */
function escaped(value: string): string {
  return value
    .replaceAll("\\", "\\\\")
    .replaceAll("\t", "\\t")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\0", "\\0")
    .toWellFormed();
}

async function responseText(
  env: Env,
  { reader }: Team,
  settings: URLSearchParams,
  query: string,
): Promise<string> {
  let problem: string;
  try {
    const response = await fetch(`${env.CLICKHOUSE_URL}/?${settings}`, {
      method: "POST",
      headers: {
        "x-clickhouse-user": reader.user,
        "x-clickhouse-key": reader.password,
      },
      body: query,
      redirect: "manual",
      signal: AbortSignal.timeout(QUERY_TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status === 200 && !response.headers.has("x-clickhouse-exception-code")) {
      return text;
    }
    problem = `${response.status} ${text}`;
  } catch (error) {
    problem = String(error);
  }
  console.error(`query failed: ${problem}`);
  throw new HttpError(503, "clickhouse: not available at the moment; send the request again", {
    retryAfterSeconds: UNAVAILABLE_RETRY_AFTER_SECONDS,
  });
}
