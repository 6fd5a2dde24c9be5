/**
 * Which buffers there are: one per team and shard, each a Durable Object named `<team>/<shard>`.
 *
 * One shard for now. With more, a body's key must choose: a repeat has to find the first.
 */
import type { Team } from "../access/config.ts";
import type { IngestBuffer } from "../buffer.ts";

export function bufferNames(team: Team): string[] {
  return [`${team.name}/0`];
}

export function bufferNamed(env: Env, name: string): DurableObjectStub<IngestBuffer> {
  return env.BUFFER.getByName(name);
}

/** Where a team's next body goes. */
export function bufferFor(env: Env, team: Team): DurableObjectStub<IngestBuffer> {
  return bufferNamed(env, `${team.name}/0`);
}
