/** Returns the stubs of buffers, by name and by team. */
import type { Team } from "../access/types.ts";
import { bufferName, layoutOf } from "./names.ts";
import type { BufferRpc } from "./rpc.ts";

export function bufferNamed(env: Env, name: string): DurableObjectStub<BufferRpc> {
  return env.BUFFER.getByName(name);
}

/** Return the buffers that may receive the team's next bodies. */
export function openBuffers(env: Env, team: Team): DurableObjectStub<BufferRpc>[] {
  const { shards } = layoutOf(team);
  return Array.from({ length: shards }, (_, shard) => bufferNamed(env, bufferName(team, shard)));
}
