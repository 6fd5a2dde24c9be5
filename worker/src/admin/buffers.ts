/** `/admin/buffers`, `/admin/pause` and `/admin/resume`, for the buffers of all teams. */
import type { Team } from "../access/types.ts";
import type { BufferAdmin } from "../buffer/admin.ts";
import { bufferNames } from "../buffer/names.ts";
import type { BufferStatus } from "../buffer/status.ts";
import { callBuffer, jsonBody, teamsNamed } from "./requests.ts";
import { TEAM_BODY } from "./schema.ts";

export async function listBuffers(_request: Request, env: Env): Promise<Response> {
  return await responseFrom(env, teamsNamed(env, undefined), (admin) => admin.status());
}

export async function pauseBuffers(request: Request, env: Env): Promise<Response> {
  const { team } = await jsonBody(request, TEAM_BODY);
  return await responseFrom(env, teamsNamed(env, team), (admin) => admin.pause());
}

export async function resumeBuffers(request: Request, env: Env): Promise<Response> {
  const { team } = await jsonBody(request, TEAM_BODY);
  return await responseFrom(env, teamsNamed(env, team), (admin) => admin.resume());
}

async function responseFrom(
  env: Env,
  teams: readonly Team[],
  act: (admin: BufferAdmin) => BufferStatus,
): Promise<Response> {
  const buffers = teams
    .flatMap((team) => bufferNames(team).map((buffer) => ({ buffer, team: team.name })))
    .map(async (place) => ({ ...place, ...(await callBuffer(env, place.buffer, act)) }));
  return Response.json({ buffers: await Promise.all(buffers) });
}
