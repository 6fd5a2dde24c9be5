/**
 * Sends a body to its shard of the team's buffer.
 *
 * As long as a team has always had one shard, this is one call. After a change of the number of
 * shards, the body is first looked up in the shards it belonged to before, because it may be the
 * repeat of a body that was stored there and whose response was lost. Step 13 of `worker/README.md`
 * proves that the lookup finds such a body, and when the lookups end.
 */
import type { Caller } from "../access/auth.ts";
import type { Rate } from "../access/rate.ts";
import { earlierShardsOf, type ShardLayout, shardOf } from "../access/shard_layout.ts";
import type { Team } from "../access/types.ts";
import { bufferName, layoutOf, rememberLayout } from "../buffer/names.ts";
import type { Seen } from "../buffer/recent_bodies.ts";
import type { AppendRequest, AppendResult } from "../buffer/rpc.ts";
import { bufferNamed } from "../buffer/stubs.ts";
import { MAX_LAYOUT_ATTEMPTS } from "../limits.ts";
import { appendCoalesced } from "./coalescer.ts";

/** A body without the fields that depend on its sender and its shard. */
export type UnroutedBody = Omit<AppendRequest, "database" | "layout" | "rates" | "isPublic">;

/** For each buffer, the number of a layout: the buffer has no recent body of an older layout. */
const settled = new Map<string, number>();

/** @throws Error a buffer did not respond: the body may be stored or not. */
export async function appendToShard(
  env: Env,
  { team, rates, isPublic }: Caller,
  body: UnroutedBody,
): Promise<AppendResult> {
  for (let attempt = 0; attempt < MAX_LAYOUT_ATTEMPTS; attempt++) {
    const layout = layoutOf(team);
    if (layout.before.length > 0 && body.key !== null) {
      const found = await lookUp(env, team, layout, body.key);
      if (typeof found === "object") {
        return found;
      }
      if (found === "moved") {
        continue;
      }
    }
    const name = bufferName(team, shardOf(body.key, layout.shards));
    const request: AppendRequest = {
      database: team.database,
      layout: layout.number,
      ...body,
      ...(rates.length > 0 && { rates: rates.map((rate) => shareOf(rate, layout)) }),
      ...(isPublic && { isPublic }),
    };
    const answer = await appendCoalesced(name, request, (all) =>
      bufferNamed(env, name).append(all),
    );
    if (answer !== "moved") {
      return answer;
    }
    // The isolate and the buffer have different layouts: both adopt the newer one.
    rememberLayout(team, await bufferNamed(env, name).exchangeLayout(layout));
  }
  return "failed";
}

/** Twice an equal share, so that an uneven distribution does not reject a sender within its rate. */
function shareOf(rate: Rate, { shards }: ShardLayout): Rate {
  return { ...rate, perSecond: rate.perSecond * Math.min(1, 2 / shards) };
}

async function lookUp(
  env: Env,
  team: Team,
  layout: ShardLayout,
  key: string,
): Promise<Seen | "absent" | "moved"> {
  for (const shard of earlierShardsOf(key, layout)) {
    const name = bufferName(team, shard);
    if ((settled.get(name) ?? 0) >= layout.number) {
      continue;
    }
    const found = await bufferNamed(env, name).lookUp(layout, key);
    if (found.layout.number > layout.number) {
      rememberLayout(team, found.layout);
      return "moved";
    }
    if (found.settled) {
      settled.set(name, layout.number);
    }
    if (found.seen !== null) {
      return found.seen;
    }
  }
  return "absent";
}
