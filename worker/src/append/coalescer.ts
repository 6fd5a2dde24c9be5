/**
 * Sends the small bodies of concurrent requests to their buffer in shared calls.
 *
 * A call costs more than the rest of a small request. A Worker that does nothing else uses 156 us of
 * CPU per request with a call each, 88 us with shared calls, and 49 us without any. Cloudflare also
 * bills each call. So one request sends the bodies of all waiting requests in one call, and then those
 * that arrived during the call.
 *
 * Requests share bytes and promises, but never connections, which end with their request. Three rules
 * prevent a request from waiting indefinitely:
 *
 * - The calling request calls under `waitUntil`, so that the call continues if its client disconnects.
 * - A waiting request has a timer, because the runtime ends requests that wait only for others.
 * - If a body is not sent in time (the calling request was ended), its own request sends it without other bodies.
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

/** One call with some bodies. Returns results in the order of the bodies. */
export type Call = (bodies: readonly AppendRequest[]) => Promise<readonly AppendResult[]>;

type Outcome =
  | { readonly result: AppendResult | undefined }
  | { readonly error: unknown }
  /** The request must wait again, and now sends the bodies of the other requests. */
  | { readonly mustCall: true };

interface Waiting {
  readonly body: AppendRequest;
  readonly settle: (outcome: Outcome) => void;
}

/** The waiting bodies of one buffer. */
class Coalescer {
  readonly #waiting: Waiting[] = [];
  #isCalling = false;

  async append(body: AppendRequest, call: Call): Promise<AppendResult> {
    for (;;) {
      const outcome = await this.#wait(body, call);
      if ("error" in outcome) {
        throw outcome.error;
      }
      if ("result" in outcome) {
        return requireResult(outcome.result);
      }
    }
  }

  #wait(body: AppendRequest, call: Call): Promise<Outcome> {
    // Not `new Promise`: once its function is compiled, workerd 1.20261117 assigns the promise to
    // another request, and the code that follows runs as part of that request.
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    const waiting = { body, settle };
    this.#waiting.push(waiting);
    if (this.#isCalling) {
      setTimeout(() => this.#onTimeout(waiting, call), COALESCER_TIMEOUT_MS);
    } else {
      waitUntil(this.#callForAll(call));
    }
    return promise;
  }

  #onTimeout(waiting: Waiting, call: Call): void {
    // The timer of the second rule: no request waits longer than this for an append.
    setTimeout(() => waiting.settle({ error: new Error("no response in time") }), APPEND_MS);
    if (this.#waiting.includes(waiting)) {
      waitUntil(this.#callForAll(call));
    }
  }

  /** Calls until no body waits, or until this request has called often enough for others. */
  async #callForAll(call: Call): Promise<void> {
    this.#isCalling = true;
    const untilMs = Date.now() + COALESCER_CALLING_MS;
    for (let calls = 0; calls < COALESCER_CALLS && this.#waiting.length > 0; calls++) {
      if (Date.now() > untilMs) {
        break;
      }
      // Lets requests run that have arrived, so that their bodies are part of this call. Without
      // this, a call with one body would precede each group: under load a third of all calls, and
      // most of them at half load.
      await scheduler.wait(0);
      await callWith(this.#take(), call);
    }
    this.#isCalling = false;
    this.#waiting.shift()?.settle({ mustCall: true });
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
    return; // a request whose wait timed out has sent the bodies
  }
  try {
    const results = await call(waiting.map(({ body }) => body));
    waiting.forEach(({ settle }, index) => {
      settle({ result: results[index] });
    });
  } catch (error) {
    for (const { settle } of waiting) {
      settle({ error });
    }
  }
}

/** The coalescers by the name of the buffer. An isolate has one for each buffer that it has used. */
const coalescers = new Map<string, Coalescer>();

/**
 * Append a body, in one call with other small bodies of the same buffer if it is small.
 *
 * @param name of the buffer.
 */
export async function appendCoalesced(
  name: string,
  body: AppendRequest,
  call: Call,
): Promise<AppendResult> {
  if (body.bytes.byteLength > COALESCED_BODY_BYTES) {
    return requireResult((await call([body]))[0]);
  }
  let coalescer = coalescers.get(name);
  if (coalescer === undefined) {
    coalescer = new Coalescer();
    coalescers.set(name, coalescer);
  }
  return await coalescer.append(body, call);
}

function requireResult(result: AppendResult | undefined): AppendResult {
  if (result === undefined) {
    throw new Error("the buffer returned fewer results than it received bodies");
  }
  return result;
}
