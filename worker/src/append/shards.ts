/**
 * A body's way to the shard of its team that it belongs to.
 *
 * With one shard that never was another number, this is one call. After a change of the number, a
 * body is looked up first where it would have gone before: its first sending may be there, its
 * answer lost. Why that cannot miss it, and what ends it, is step 13 of `worker/README.md`.
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

/** A body without what follows from its sender. */
export type UnroutedBody = Omit<AppendRequest, "database" | "layout" | "rates" | "isPublic">;

/** Buffers without a recognisable body of before this layout's number. */
const settled = new Map<string, number>();

/** @throws Error a buffer did not answer: the body may be stored or not. */
export async function appendToShard(
  env: Env,
  { team, rates, isPublic }: Caller,
  body: UnroutedBody,
): Promise<AppendResult> {
  for (let turn = 0; turn < MAX_LAYOUT_ATTEMPTS; turn++) {
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
    // One of the two has not heard of the other's layout.
    rememberLayout(team, await bufferNamed(env, name).exchangeLayout(layout));
  }
  return "failed";
}

/** What one shard lets through: chance must not cut off a sender who keeps to the rate. */
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
