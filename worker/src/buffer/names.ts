/** Which buffers there are: one per team and shard, each a Durable Object named `<team>/<shard>`. */
import { type ShardLayout, shardsEver } from "../access/shard_layout.ts";
import type { Team } from "../access/types.ts";

/** Layouts that buffers told of, by team: newer than the configuration that this isolate runs. */
const newerLayouts = new Map<string, ShardLayout>();

/** The newest that this isolate knows. */
export function layoutOf({ name, layout }: Team): ShardLayout {
  const other = newerLayouts.get(name);
  return other !== undefined && other.number > layout.number ? other : layout;
}

export function rememberLayout(team: Team, layout: ShardLayout): void {
  if (layout.number > layoutOf(team).number) {
    newerLayouts.set(team.name, layout);
  }
}

export function bufferName({ name }: Pick<Team, "name">, shard: number): string {
  return `${name}/${shard}`;
}

/** Name of the team whose buffer this is. */
export function teamOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}

/** All that may hold something of the team, also those that its bodies no longer go to. */
export function bufferNames(team: Team): string[] {
  return bufferNamesIn(team, layoutOf(team));
}

function bufferNamesIn(team: Pick<Team, "name">, layout: ShardLayout): string[] {
  return Array.from({ length: shardsEver(layout) }, (_, shard) => bufferName(team, shard));
}

/** The other buffers of a buffer's team. */
export function otherShardNames(name: string, layout: ShardLayout): string[] {
  return bufferNamesIn({ name: teamOf(name) }, layout).filter((each) => each !== name);
}
