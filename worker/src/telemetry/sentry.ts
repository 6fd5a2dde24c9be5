/**
 * Sends one error to Sentry as an envelope.
 *
 * https://develop.sentry.dev/sdk/foundations/transport/envelopes/ and
 * https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
 */
import { REPORT_TIMEOUT_MS } from "../limits.ts";

/** A parsed DSN: `https://<key>@<host>/<project>`; self-hosted ones have a path before the project. */
export interface Dsn {
  readonly endpoint: string;
  readonly key: string;
}

export interface Report {
  readonly level: "error" | "warning";
  /** The kind of the error, like the name of a class. */
  readonly type: string;
  readonly value: string;
  /** Labels for searches. They contain no data of clients. */
  readonly tags: Readonly<Record<string, string>>;
  /** Sentry groups reports with the same `type` and `cause`. */
  readonly cause: string;
  /** The innermost frame is the last. */
  readonly frames: readonly Frame[];
}

export interface Frame {
  readonly function: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
}

const CLIENT = { name: "ingest-worker", version: "1" } as const;

/** Return null for an invalid DSN, which `resources/telemetry/settings.py` rejects before a deploy. */
export function dsnFrom(text: string): Dsn | null {
  const match =
    /^(https?):\/\/([0-9a-zA-Z]+)(?::[^@/]*)?@([^@/?#\s]+)((?:\/[^/?#\s]+)*)\/(\d+)$/.exec(text);
  if (match === null) {
    return null;
  }
  const [, scheme, key = "", host, path, project] = match;
  return { endpoint: `${scheme}://${host}${path}/api/${project}/envelope/`, key };
}

export function envelopeFrom(report: Report, eventId: string, nowMs: number): Uint8Array {
  const { level, type, value, tags, cause, frames } = report;
  const event = {
    event_id: eventId,
    timestamp: nowMs / 1000,
    platform: "javascript",
    level,
    logger: "ingest",
    sdk: CLIENT,
    tags,
    fingerprint: [type, cause],
    exception: {
      values: [
        {
          type,
          value,
          mechanism: { type: "generic", handled: true },
          ...(frames.length > 0 && { stacktrace: { frames } }),
        },
      ],
    },
  };
  const text = new TextEncoder();
  const payload = JSON.stringify(event);
  const header = { event_id: eventId, sent_at: new Date(nowMs).toISOString(), sdk: CLIENT };
  const item = { type: "event", length: text.encode(payload).byteLength };
  return text.encode(`${JSON.stringify(header)}\n${JSON.stringify(item)}\n${payload}\n`);
}

/** Return the seconds for which Sentry accepts no reports, usually 0. */
export async function send(dsn: Dsn, envelope: Uint8Array): Promise<number> {
  const client = `${CLIENT.name}/${CLIENT.version}`;
  const response = await fetch(dsn.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-sentry-envelope",
      "x-sentry-auth": `Sentry sentry_version=7, sentry_key=${dsn.key}, sentry_client=${client}`,
    },
    body: envelope,
    redirect: "manual",
    signal: AbortSignal.timeout(REPORT_TIMEOUT_MS),
  });
  await response.body?.cancel();
  if (response.status === 429) {
    return Number(response.headers.get("retry-after")) || 60;
  }
  if (response.status !== 200) {
    throw new Error(`Sentry returned ${response.status}`);
  }
  return 0;
}

/** Parse the frames of V8's stack, after the message, which may contain lines that look like frames. */
export function framesFrom({ message, stack = "" }: Error): Frame[] {
  const lines = stack.slice(Math.max(0, stack.indexOf(message)) + message.length);
  return [...lines.matchAll(/^ +at (?:(.+?) \()?(?:[^()\s]*\/)?([^()\s/]+):(\d+):(\d+)\)?$/gm)]
    .map(([, name = "?", filename = "", line, column]) => ({
      function: name,
      filename,
      lineno: Number(line),
      colno: Number(column),
    }))
    .reverse();
}
