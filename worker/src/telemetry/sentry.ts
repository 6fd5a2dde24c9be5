/**
 * One error as a Sentry envelope, and its way there.
 *
 * https://develop.sentry.dev/sdk/foundations/transport/envelopes/ and
 * https://develop.sentry.dev/sdk/foundations/transport/event-payloads/
 */
import { REPORT_TIMEOUT_MS } from "../limits.ts";

/** Where reports go: `https://<key>@<host>/<project>`, on hosts of one's own with a path before it. */
export interface Dsn {
  readonly endpoint: string;
  readonly key: string;
}

export interface Report {
  readonly level: "error" | "warning";
  /** What failed, as one would name its class. */
  readonly type: string;
  readonly value: string;
  /** For looking things up; nothing a sender sent. */
  readonly tags: Readonly<Record<string, string>>;
  /** Reports of one cause have one: `type` and this. */
  readonly cause: string;
  /** Innermost last. */
  readonly frames: readonly Frame[];
}

export interface Frame {
  readonly function: string;
  readonly filename: string;
  readonly lineno: number;
  readonly colno: number;
}

const CLIENT = { name: "ingest-worker", version: "1" } as const;

/** null: it is none; `resources/telemetry/settings.py` refuses those, so nobody gets here by a typing error. */
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

/** Returns for how many seconds to send no more, 0 as a rule. */
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
    throw new Error(`Sentry answered ${response.status}`);
  }
  return 0;
}

/** Of V8's text, which begins with the message: that may hold anything, also what looks like these. */
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
