/** `GET /admin/metrics`: the pipeline itself, for a scraper. */
import { accessOf } from "../access/config.ts";
import { sendCounts } from "../append/request_counts.ts";
import { bufferNames } from "../buffer/names.ts";
import { summed } from "../telemetry/counters.ts";
import { prometheusText, TEXT_TYPE } from "./prometheus.ts";
import { asked } from "./requests.ts";

/**
 * Sums of each team's buffers, and what each buffer holds.
 *
 * All or nothing: without one buffer its team's sums would be lower than before, which a scraper
 * takes for a restart.
 */
export async function scrape(_request: Request, env: Env): Promise<Response> {
  await sendCounts(env);
  const found = await Promise.all(
    [...accessOf(env).teams.values()].flatMap((team) =>
      bufferNames(team).map(async (buffer) => ({
        team: team.name,
        buffer,
        ...(await asked(env, buffer, (admin) => admin.counters())),
      })),
    ),
  );
  const teams = [...Map.groupBy(found, ({ team }) => team)].map(([team, buffers]) => ({
    team,
    sums: summed(buffers.map(({ sums }) => sums)),
  }));
  return new Response(prometheusText(teams, found), { headers: { "content-type": TEXT_TYPE } });
}
