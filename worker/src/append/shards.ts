/**
 * A body's way to the shard of its team that it belongs to.
 *
 * With one shard that never was another number, this is one call. After a change of the number, a
 * body is looked up first where it would have gone before: its first sending may be there, its
 * answer lost. Why that cannot miss it, and what ends it, is step 13 of `worker/README.md`.
 */
import type { Caller } from "../access/auth.ts";
import type { Rate } from "../access/rate.ts";
import { earlierShardsOf, type Layout, shardOf } from "../access/shard_layout.ts";
import type { Team } from "../access/types.ts";
import { bufferName, hear, layoutOf } from "../buffer/names.ts";
import type { Seen } from "../buffer/recent_bodies.ts";
import type { AppendAnswer, AppendRequest } from "../buffer/rpc.ts";
import { bufferNamed } from "../buffer/stubs.ts";
import { MAX_LAYOUT_TURNS } from "../limits.ts";
import { appendJoined } from "./coalescer.ts";

/** A body without what follows from its sender. */
export type Unplaced = Omit<AppendRequest, "database" | "layout" | "rates" | "isPublic">;

/** Buffers without a recognisable body of before this layout's number. */
const settled = new Map<string, number>();

/** @throws Error a buffer did not answer: the body may be stored or not. */
export async function appendToShard(
  env: Env,
  { team, rates, isPublic }: Caller,
  body: Unplaced,
): Promise<AppendAnswer> {
  for (let turn = 0; turn < MAX_LAYOUT_TURNS; turn++) {
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
    const answer = await appendJoined(name, request, (all) => bufferNamed(env, name).append(all));
    if (answer !== "moved") {
      return answer;
    }
    // One of the two has not heard of the other's layout.
    hear(team, await bufferNamed(env, name).meet(layout));
  }
  return "failed";
}

/** What one shard lets through: chance must not cut off a sender who keeps to the rate. */
function shareOf(rate: Rate, { shards }: Layout): Rate {
  return { ...rate, perSecond: rate.perSecond * Math.min(1, 2 / shards) };
}

async function lookUp(
  env: Env,
  team: Team,
  layout: Layout,
  key: string,
): Promise<Seen | "absent" | "moved"> {
  for (const shard of earlierShardsOf(key, layout)) {
    const name = bufferName(team, shard);
    if ((settled.get(name) ?? 0) >= layout.number) {
      continue;
    }
    const found = await bufferNamed(env, name).lookUp(layout, key);
    if (found.layout.number > layout.number) {
      hear(team, found.layout);
      return "moved";
    }
    if (found.settled) {
      settled.set(name, layout.number);
    }
    if (found.recent !== null) {
      return found.recent;
    }
  }
  return "absent";
}
