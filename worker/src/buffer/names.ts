/** Which buffers there are: one per team and shard, each a Durable Object named `<team>/<shard>`. */
import { type Layout, shardsEver } from "../access/shard_layout.ts";
import type { Team } from "../access/types.ts";

/** Layouts that buffers told of, by team: newer than the configuration that this isolate runs. */
const heard = new Map<string, Layout>();

/** The newest that this isolate knows. */
export function layoutOf({ name, layout }: Team): Layout {
  const other = heard.get(name);
  return other !== undefined && other.number > layout.number ? other : layout;
}

export function hear(team: Team, layout: Layout): void {
  if (layout.number > layoutOf(team).number) {
    heard.set(team.name, layout);
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

function bufferNamesIn(team: Pick<Team, "name">, layout: Layout): string[] {
  return Array.from({ length: shardsEver(layout) }, (_, shard) => bufferName(team, shard));
}

/** The other buffers of a buffer's team. */
export function siblingNames(name: string, layout: Layout): string[] {
  return bufferNamesIn({ name: teamOf(name) }, layout).filter((each) => each !== name);
}
