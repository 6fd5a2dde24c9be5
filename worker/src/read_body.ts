/** Reading a request's body within bounds: of bytes, of time, and of room for all bodies together. */
import { waitUntil } from "cloudflare:workers";
import { free, tooLarge } from "./body.ts";
import { Refusal } from "./errors.ts";
import {
  BODY_MS,
  DISCARD_BYTES,
  DISCARD_MS,
  DISCARD_PIECE_BYTES,
  PIECE_BYTES,
  ROOM_BYTES,
  ROOM_POLL_MS,
  ROOM_RETRY_AFTER_SECONDS,
  ROOM_WAIT_MS,
  SLOW_PIECE_MS,
  SMALL_BODY_BYTES,
  UNDECLARED_BYTES,
} from "./limits.ts";
import { type Lease, Room } from "./room.ts";
import { endedInTime } from "./slow_bodies.ts";

/** A body that has room. */
interface Held {
  readonly lease: Lease;
  /** Until it has all come, nothing. */
  bytes: Uint8Array | null;
  readonly done: () => void;
}

const room = new Room(ROOM_BYTES);
const held = new Map<Request, Held>();

/**
 * All bytes of the body. Its memory is taken back by `letGoOfBody`, so nothing may keep them longer.
 *
 * @throws Refusal 400 it does not come whole, 408 it takes longer than `BODY_MS`, 413 it is longer
 *   than the limit, 503 there was no room for it.
 */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limitBytes) {
    throw tooLarge(`content-length: ${declared}`, limitBytes);
  }
  try {
    if (declared > 0 && declared <= SMALL_BODY_BYTES) {
      // The runtime holds a sender to the length that it declares.
      return new Uint8Array(await endedInTime(request.arrayBuffer(), tooSlow));
    }
    return request.body === null
      ? new Uint8Array(0)
      : await readLarge(request, declared, limitBytes);
  } catch (error) {
    if (error instanceof Refusal) {
      throw error;
    }
    throw new Refusal(400, "body: it did not come whole, or its chunks are not of a legal form");
  }
}

/** When the request is answered: what `readBody` gave is gone, and others have its room. */
export function letGoOfBody(request: Request): void {
  const body = held.get(request);
  if (body !== undefined) {
    held.delete(request);
    room.giveBack(body.lease);
    if (body.bytes !== null) {
      free(body.bytes);
    }
    body.done();
  }
}

/** Its first bytes without room: a sender that is slow from the start takes none from others. */
async function readLarge(
  request: Request,
  declared: number,
  limitBytes: number,
): Promise<Uint8Array> {
  const reader = (request.body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
  const watch = new Watch();
  try {
    const first = new Uint8Array(SMALL_BODY_BYTES);
    const start = await watch.ended(reader.readAtLeast(first.byteLength, first));
    if (declared === 0 && lengthOf(start) < SMALL_BODY_BYTES) {
      return start.value ?? new Uint8Array(0);
    }
    const body = hold(request, await takeRoom(declared || limitBytes));
    watch.holdsRoom = true;
    body.bytes = await readOn(reader, start, { declared, limitBytes, watch });
    return body.bytes;
  } catch (error) {
    unlock(reader);
    throw error;
  } finally {
    watch.end();
  }
}

type Piece = ReadableStreamReadResult<Uint8Array>;

/** Piece by piece, so that a sender can be seen to have stopped. */
async function readOn(
  reader: ReadableStreamBYOBReader,
  start: Piece,
  { declared, limitBytes, watch }: { declared: number; limitBytes: number; watch: Watch },
): Promise<Uint8Array> {
  let whole = new Uint8Array(declared || UNDECLARED_BYTES);
  whole.set(start.value ?? []);
  let at = lengthOf(start);
  while (at !== declared) {
    if (at === whole.byteLength) {
      whole = new Uint8Array(whole.buffer.transfer(Math.min(2 * at, limitBytes + 1)));
    }
    const wanted = Math.min(PIECE_BYTES, whole.byteLength - at);
    const piece = await watch.ended(reader.readAtLeast(wanted, whole.subarray(at, at + wanted)));
    if (lengthOf(piece) > 0) {
      whole = new Uint8Array((piece.value as Uint8Array<ArrayBuffer>).buffer);
      at += lengthOf(piece);
    }
    if (at > limitBytes) {
      throw tooLarge(`body: over ${limitBytes} bytes`, limitBytes);
    }
    if (lengthOf(piece) < wanted) {
      break;
    }
  }
  if (declared > 0 && at < declared) {
    throw new Error("shorter than its content-length");
  }
  return whole.subarray(0, at);
}

/** Less than was asked for only at the end. */
function lengthOf({ value }: Piece): number {
  return value?.byteLength ?? 0;
}

/** Ends a read that takes too long, or stands in others' way; one timer for all of a body. */
class Watch {
  /** Whether the body keeps others from room. */
  holdsRoom = false;
  readonly #untilMs = Date.now() + BODY_MS;
  readonly #refused = Promise.withResolvers<never>();
  readonly #timer = setInterval(() => this.#look(), SLOW_PIECE_MS);
  /** When the read that is under way began; between two, its sender is not what is waited for. */
  #sinceMs = Number.POSITIVE_INFINITY;

  /** @throws Refusal it took too long. */
  async ended(reading: Promise<Piece>): Promise<Piece> {
    this.#sinceMs = Date.now();
    const piece = await Promise.race([reading, this.#refused.promise]);
    this.#sinceMs = Number.POSITIVE_INFINITY;
    return piece;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = Date.now();
    if (nowMs - this.#sinceMs < SLOW_PIECE_MS) {
      return;
    }
    if (nowMs >= this.#untilMs) {
      this.#refused.reject(tooSlow());
    } else if (this.holdsRoom && room.isShort(nowMs)) {
      this.#refused.reject(noRoom());
    }
  }
}

/** So that `discardBody` can go on where a refusal left off. */
function unlock(reader: ReadableStreamBYOBReader): void {
  try {
    reader.releaseLock();
  } catch {
    // A read is under way: its sender is too slow to be waited for.
  }
}

async function takeRoom(bytes: number): Promise<Lease> {
  const untilMs = Date.now() + ROOM_WAIT_MS;
  for (;;) {
    const nowMs = Date.now();
    const lease = room.take(bytes, nowMs);
    if (lease !== null) {
      return lease;
    }
    if (nowMs >= untilMs) {
      throw noRoom();
    }
    await scheduler.wait(ROOM_POLL_MS);
  }
}

/** A client that hangs up must not end its request before the room is given back. */
function hold(request: Request, lease: Lease): Held {
  const { promise, resolve } = Promise.withResolvers<void>();
  waitUntil(promise);
  const body = { lease, bytes: null, done: resolve };
  held.set(request, body);
  return body;
}

function tooSlow(): Refusal {
  return new Refusal(408, `body: not all of it came within ${BODY_MS / 1000} s; send it faster`);
}

function noRoom(): Refusal {
  return new Refusal(503, "body: too many large ones are under way; send it again", {
    retryAfterSeconds: ROOM_RETRY_AFTER_SECONDS,
  });
}

/**
 * Lets a refused sender finish, within bounds, without keeping what it sends.
 *
 * Many clients write their whole body before they read: closing the connection on them would turn
 * our line about what is wrong into a broken pipe.
 */
export async function discardBody(request: Request): Promise<void> {
  const { body } = request;
  if (body === null || body.locked) {
    return;
  }
  const timer = Promise.withResolvers<void>();
  const late = setTimeout(timer.resolve, DISCARD_MS);
  try {
    await Promise.race([discardAll(body), timer.promise]);
  } finally {
    clearTimeout(late);
  }
}

async function discardAll(body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader({ mode: "byob" });
  let piece = new Uint8Array(DISCARD_PIECE_BYTES);
  for (let total = 0; total < DISCARD_BYTES; total += piece.byteLength) {
    const { value } = await reader.readAtLeast(DISCARD_PIECE_BYTES, piece);
    if (value === undefined || value.byteLength < DISCARD_PIECE_BYTES) {
      return;
    }
    piece = value;
  }
}
