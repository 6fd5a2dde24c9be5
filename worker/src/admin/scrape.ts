/** `GET /admin/metrics`: the metrics of this worker for Prometheus. */
import { accessOf } from "../access/config.ts";
import { sendCounts } from "../append/request_counts.ts";
import { bufferNames } from "../buffer/names.ts";
import { summed } from "../telemetry/counters.ts";
import { prometheusText, TEXT_TYPE } from "./prometheus.ts";
import { callBuffer } from "./requests.ts";

/**
 * Return the counters of each team, and the gauges of each buffer.
 *
 * The scrape fails if one buffer does not respond. Without that buffer the counters of its team
 * would decrease, which a scraper interprets as a restart.
 */
export async function scrape(_request: Request, env: Env): Promise<Response> {
  await sendCounts(env);
  const found = await Promise.all(
    [...accessOf(env).teams.values()].flatMap((team) =>
      bufferNames(team).map(async (buffer) => ({
        team: team.name,
        buffer,
        ...(await callBuffer(env, buffer, (admin) => admin.counters())),
      })),
    ),
  );
  const teams = [...Map.groupBy(found, ({ team }) => team)].map(([team, buffers]) => ({
    team,
    sums: summed(buffers.map(({ sums }) => sums)),
  }));
  return new Response(prometheusText(teams, found), { headers: { "content-type": TEXT_TYPE } });
}
