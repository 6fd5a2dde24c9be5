/**
 * Small bodies of requests that are under way at the same time share one call to their buffer.
 *
 * A call costs more than everything else about a small request: with one each, a Worker that does
 * nothing else spends 156 us of CPU on it, with shared ones 88, and 49 with none. At Cloudflare each
 * is billed, too. So one request calls for all that wait, and again for those that came meanwhile.
 *
 * What is shared between requests is bytes and promises, never a request's own connections: those
 * end with their request. Hence the three rules that keep anybody from waiting for ever:
 *
 * - the request that calls does so under `waitUntil`, so that it outlives a client that hangs up;
 * - one that waits has a timer: the runtime ends requests that wait for nothing of their own;
 * - when nobody calls for it (the one that should have is gone), it calls by itself.
 */
import { waitUntil } from "cloudflare:workers";
import type { AppendRequest, AppendResult } from "../buffer/rpc.ts";
import {
  APPEND_MS,
  COALESCED_BODY_BYTES,
  COALESCED_CALL_BYTES,
  COALESCER_CALLING_MS,
  COALESCER_CALLS,
  COALESCER_TIMEOUT_MS,
} from "../limits.ts";

/** One call with some bodies; answers in their order. */
export type Call = (bodies: readonly AppendRequest[]) => Promise<readonly AppendResult[]>;

type Outcome =
  | { readonly answer: AppendResult | undefined }
  | { readonly error: unknown }
  | { readonly turn: true };

interface Waiting {
  readonly body: AppendRequest;
  readonly settle: (outcome: Outcome) => void;
}

/** Who waits for one buffer. */
class Coalescer {
  readonly #waiting: Waiting[] = [];
  #calling = false;

  async append(body: AppendRequest, call: Call): Promise<AppendResult> {
    for (;;) {
      const outcome = await this.#wait(body, call);
      if ("error" in outcome) {
        throw outcome.error;
      }
      if ("answer" in outcome) {
        return answered(outcome.answer);
      }
    }
  }

  #wait(body: AppendRequest, call: Call): Promise<Outcome> {
    // Not `new Promise`: once its function is compiled, the runtime no longer knows whose promise it
    // is (seen in workerd 1.20261117), and what follows runs as part of another request.
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    const waiting = { body, settle };
    this.#waiting.push(waiting);
    if (this.#calling) {
      setTimeout(() => this.#overdue(waiting, call), COALESCER_TIMEOUT_MS);
    } else {
      waitUntil(this.#callForAll(call));
    }
    return promise;
  }

  #overdue(waiting: Waiting, call: Call): void {
    // A separate timer, for the second rule: no request waits longer than this for an append.
    setTimeout(() => waiting.settle({ error: new Error("no response in time") }), APPEND_MS);
    if (this.#waiting.includes(waiting)) {
      waitUntil(this.#callForAll(call));
    }
  }

  /** Until nobody waits, or this request has called often enough for others. */
  async #callForAll(call: Call): Promise<void> {
    this.#calling = true;
    const untilMs = Date.now() + COALESCER_CALLING_MS;
    for (let calls = 0; calls < COALESCER_CALLS && this.#waiting.length > 0; calls++) {
      if (Date.now() > untilMs) {
        break;
      }
      // Requests that have arrived and were not looked at yet come along. Without this, one is
      // alone in a call before each group: a third of the calls under load, most of them at half.
      await scheduler.wait(0);
      await callWith(this.#take(), call);
    }
    this.#calling = false;
    this.#waiting.shift()?.settle({ turn: true });
  }

  #take(): Waiting[] {
    let total = 0;
    let count = 0;
    for (const { body } of this.#waiting) {
      total += body.bytes.byteLength;
      if (count > 0 && total > COALESCED_CALL_BYTES) {
        break;
      }
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

async function callWith(waiting: readonly Waiting[], call: Call): Promise<void> {
  if (waiting.length === 0) {
    return; // somebody who was overdue took them
  }
  try {
    const answers = await call(waiting.map(({ body }) => body));
    waiting.forEach(({ settle }, index) => {
      settle({ answer: answers[index] });
    });
  } catch (error) {
    for (const { settle } of waiting) {
      settle({ error });
    }
  }
}

const coalescers = new Map<string, Coalescer>();

/**
 * Append a body, together with others of the same buffer if they are small.
 *
 * @param name of the buffer; there are as many lanes as an isolate has seen buffers.
 */
export async function appendCoalesced(
  name: string,
  body: AppendRequest,
  call: Call,
): Promise<AppendResult> {
  if (body.bytes.byteLength > COALESCED_BODY_BYTES) {
    return answered((await call([body]))[0]);
  }
  let coalescer = coalescers.get(name);
  if (coalescer === undefined) {
    coalescer = new Coalescer();
    coalescers.set(name, coalescer);
  }
  return await coalescer.append(body, call);
}

function answered(answer: AppendResult | undefined): AppendResult {
  if (answer === undefined) {
    throw new Error("the buffer gave fewer answers than it got bodies");
  }
  return answer;
}
