/**
 * Small bodies of requests that are under way at the same time share one call to their buffer.
 *
 * A call costs more than everything else about a small request: with one each, a Worker that does
 * nothing else spends 156 us of CPU on it, with shared ones 88, and 49 with none. At Cloudflare each
 * is billed, too. So while one is under way the others wait, and one of them makes the next for all.
 *
 * What is shared between requests is bytes and promises, never a request's own connections: those
 * end with their request. Hence the three rules that keep anybody from waiting for ever:
 *
 * - the request that calls does so under `waitUntil`, so that it outlives a client that hangs up;
 * - one that waits has a timer: the runtime ends requests that wait for nothing of their own;
 * - when its turn does not come (the one that was called on had hung up), it calls by itself.
 */
import { waitUntil } from "cloudflare:workers";
import type { AppendAnswer, AppendRequest } from "./buffer.ts";
import { JOIN_BODY_BYTES, JOIN_BYTES, JOIN_LATE_MS, JOIN_TURN_MS } from "./limits.ts";

/** One call with some bodies; answers in their order. */
export type Call = (bodies: readonly AppendRequest[]) => Promise<readonly AppendAnswer[]>;

type Outcome =
  | { readonly answer: AppendAnswer | undefined }
  | { readonly error: unknown }
  | { readonly turn: true };

interface Waiting {
  readonly body: AppendRequest;
  readonly settle: (outcome: Outcome) => void;
}

/** Who waits for one buffer. */
class Lane {
  readonly #waiting: Waiting[] = [];
  #calling = false;

  async append(body: AppendRequest, call: Call): Promise<AppendAnswer> {
    if (this.#calling) {
      const outcome = await this.#wait(body);
      if ("error" in outcome) {
        throw outcome.error;
      }
      if ("answer" in outcome) {
        return answered(outcome.answer);
      }
    }
    const called = this.#callWith(body, call);
    waitUntil(called.catch(() => undefined));
    return await called;
  }

  #wait(body: AppendRequest): Promise<Outcome> {
    // Not `new Promise`: once its function is compiled, the runtime no longer knows whose promise it
    // is (seen in workerd 1.20261117), and what follows runs as part of another request.
    const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
    const waiting = { body, settle };
    this.#waiting.push(waiting);
    setTimeout(() => this.#overdue(waiting), JOIN_TURN_MS);
    return promise;
  }

  #overdue(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) {
      this.#waiting.splice(index, 1);
      waiting.settle({ turn: true });
    } else {
      // Somebody has it in a call; the buffer may take as long as a disk may.
      setTimeout(() => waiting.settle({ error: new Error("no answer in time") }), JOIN_LATE_MS);
    }
  }

  async #callWith(own: AppendRequest, call: Call): Promise<AppendAnswer> {
    this.#calling = true;
    const others = this.#take(own.bytes.byteLength);
    try {
      const answers = await call([own, ...others.map(({ body }) => body)]);
      others.forEach(({ settle }, index) => {
        settle({ answer: answers[index + 1] });
      });
      return answered(answers[0]);
    } catch (error) {
      for (const { settle } of others) {
        settle({ error });
      }
      throw error;
    } finally {
      this.#calling = false;
      this.#waiting.shift()?.settle({ turn: true });
    }
  }

  #take(ownBytes: number): Waiting[] {
    let total = ownBytes;
    let count = 0;
    for (const { body } of this.#waiting) {
      total += body.bytes.byteLength;
      if (total > JOIN_BYTES) {
        break;
      }
      count++;
    }
    return this.#waiting.splice(0, count);
  }
}

const lanes = new Map<string, Lane>();

/**
 * Append a body, together with others of the same buffer if they are small.
 *
 * @param name of the buffer; there are as many lanes as an isolate has seen buffers.
 */
export async function appendJoined(
  name: string,
  body: AppendRequest,
  call: Call,
): Promise<AppendAnswer> {
  if (body.bytes.byteLength > JOIN_BODY_BYTES) {
    return answered((await call([body]))[0]);
  }
  let lane = lanes.get(name);
  if (lane === undefined) {
    lane = new Lane();
    lanes.set(name, lane);
  }
  return await lane.append(body, call);
}

function answered(answer: AppendAnswer | undefined): AppendAnswer {
  if (answer === undefined) {
    throw new Error("the buffer gave fewer answers than it got bodies");
  }
  return answer;
}
