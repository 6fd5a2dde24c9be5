/** The names of buffers. Each team and shard has one, a Durable Object named `<team>/<shard>`. */
import { type ShardLayout, shardsEver } from "../access/shard_layout.ts";
import type { Team } from "../access/types.ts";

/** By team: layouts that buffers returned and that are newer than this isolate's configuration. */
const newerLayouts = new Map<string, ShardLayout>();

/** Return the newest layout that this isolate has received. */
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

/** Return the team of a buffer. */
export function teamOf(name: string): string {
  return name.slice(0, name.lastIndexOf("/"));
}

/** Return all buffers of a team, including those that get no more bodies. */
export function bufferNames(team: Team): string[] {
  return bufferNamesIn(team, layoutOf(team));
}

function bufferNamesIn(team: Pick<Team, "name">, layout: ShardLayout): string[] {
  return Array.from({ length: shardsEver(layout) }, (_, shard) => bufferName(team, shard));
}

/** Return the other buffers of a buffer's team. */
export function otherShardNames(name: string, layout: ShardLayout): string[] {
  return bufferNamesIn({ name: teamOf(name) }, layout).filter((each) => each !== name);
}
