/**
 * Reads a request's body within limits on bytes, time, and the memory of all bodies together.
 *
 * The memory of a body has one owner at a time, which frees it with `free` (`body/bytes.ts`):
 *
 * 1. The request owns the body that `readBody` returns. A body of more than `SMALL_BODY_BYTES` also
 *    counts in `bodyMemory` from its first bytes on. Once the request has a response, the router
 *    calls `releaseBody`, which frees the bytes and ends the count.
 * 2. `replaceHeldBody` frees the received body earlier, as soon as its stored form exists. From then
 *    on the request owns the stored form.
 * 3. The code that creates a form in between (decompressed, or converted from JSON) owns that form
 *    and frees it before it returns: `Form` in `ingest/otlp.ts`, `read` in `ingest/events.ts`.
 * 4. The buffer owns the copies that arrive in a call of `IngestBuffer.append`. They count in
 *    `appendMemory` until every body of the call is on disk or has failed, and are freed then.
 * 5. The `Deliverer` owns the bytes of an insert. They count in `insertMemory` from the moment the
 *    batch is claimed until its insert has an outcome. An insert that fits into one array is freed
 *    then; a longer one is freed array by array, each when the next is requested.
 *
 * All counts expire, because the runtime may end a request or an object without running its cleanup.
 */
import { waitUntil } from "cloudflare:workers";
import { HttpError } from "../errors.ts";
import {
  BODY_BYTES_BESIDE_ENCODING,
  BODY_MEMORY_BYTES,
  BODY_MEMORY_POLL_MS,
  BODY_MEMORY_RETRY_AFTER_SECONDS,
  BODY_MEMORY_WAIT_MS,
  BODY_MS,
  PIECE_BYTES,
  SMALL_BODY_BYTES,
  TEAM_BODY_MEMORY_BYTES,
  UNPROVEN_BODY_BYTES,
} from "../limits.ts";
import { BodyMemory, Upload } from "../memory/body_memory.ts";
import { longEncoding } from "../memory/shared_memory.ts";
import { free, tooLarge } from "./bytes.ts";
import { Deadline } from "./deadline.ts";

/** The memory of a large body. */
interface Held {
  readonly upload: Upload;
  /** null until all of the body has arrived. */
  bytes: Uint8Array | null;
  readonly done: () => void;
}

/** The large bodies of this isolate. */
export const bodyMemory = new BodyMemory(BODY_MEMORY_BYTES, TEAM_BODY_MEMORY_BYTES, (nowMs) =>
  longEncoding.isPending(nowMs) ? BODY_MEMORY_BYTES - BODY_BYTES_BESIDE_ENCODING : 0,
);
const held = new Map<Request, Held>();
const smallBodies = new Deadline(BODY_MS, tooSlow);

/**
 * Return all bytes of the body. Nothing may use them after `releaseBody`.
 *
 * @param team the team whose share of the memory a large body uses.
 * @throws HttpError 400 the body is incomplete, 408 it takes longer than `BODY_MS`, 413 it is longer
 *   than the limit, 503 there is no memory for it.
 */
export async function readBody(
  request: Request,
  limitBytes: number,
  team = "",
): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > limitBytes) {
    throw tooLarge(`content-length: ${declared}`, limitBytes);
  }
  try {
    if (declared > 0 && declared <= SMALL_BODY_BYTES) {
      // The runtime accepts no more than the declared length.
      return new Uint8Array(await smallBodies.within(request.arrayBuffer()));
    }
    return request.body === null
      ? new Uint8Array(0)
      : await readLarge(request, { declared, limitBytes, team });
  } catch (error) {
    if (error instanceof HttpError) {
      throw error;
    }
    throw new HttpError(400, "body: incomplete, or its chunks have an invalid format");
  }
}

/**
 * Make these bytes the ones that the request owns, and free its body (step 2 above).
 *
 * @throws HttpError 503 the bytes are large, more than the body was, and there is no memory for them.
 */
export function replaceHeldBody(request: Request, bytes: Uint8Array, team: string): void {
  let body = held.get(request);
  if (body === undefined) {
    if (bytes.byteLength <= SMALL_BODY_BYTES) {
      return;
    }
    body = hold(request, new Upload(team, Date.now(), () => undefined));
  } else if (body.bytes !== null && body.bytes.buffer !== bytes.buffer) {
    free(body.bytes);
  }
  body.bytes = bytes;
  if (!bodyMemory.hold(body.upload, bytes.byteLength, Date.now())) {
    throw noMemory();
  }
}

/** Free the bytes that the request owns. Call when it has a response. */
export function releaseBody(request: Request): void {
  const body = held.get(request);
  if (body !== undefined) {
    held.delete(request);
    bodyMemory.release(body.upload);
    if (body.bytes !== null) {
      free(body.bytes);
    }
    body.done();
  }
}

/** Reads without counting the first bytes, so that a sender that is slow from the start uses no share. */
async function readLarge(
  request: Request,
  { declared, limitBytes, team }: { declared: number; limitBytes: number; team: string },
): Promise<Uint8Array> {
  const reader = (request.body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
  const reading = new Reading(reader, team);
  try {
    const first = await reading.piece(new Uint8Array(SMALL_BODY_BYTES));
    if (declared === 0 && first.byteLength < SMALL_BODY_BYTES) {
      return first;
    }
    const body = hold(request, reading.upload);
    body.bytes = await readOn(reading, first, { declared, limitBytes });
    return body.bytes;
  } catch (error) {
    unlock(reader);
    throw error;
  } finally {
    reading.end();
  }
}

/** Read the rest in several reads, so that a sender that stops is detected. */
async function readOn(
  reading: Reading,
  first: Uint8Array<ArrayBuffer>,
  { declared, limitBytes }: { declared: number; limitBytes: number },
): Promise<Uint8Array> {
  let whole = new Uint8Array(first.buffer);
  let at = first.byteLength;
  while (at !== declared) {
    if (at === whole.byteLength) {
      const bytes = nextBufferBytes(at, declared, limitBytes, reading.upload.isFast(Date.now()));
      await untilHeld(reading.upload, bytes);
      whole = new Uint8Array(whole.buffer.transfer(bytes));
    }
    const wanted = Math.min(PIECE_BYTES, whole.byteLength - at);
    const piece = await reading.piece(whole.subarray(at, at + wanted));
    if (piece.byteLength > 0) {
      whole = new Uint8Array(piece.buffer);
      at += piece.byteLength;
    }
    if (at > limitBytes) {
      throw tooLarge(`body: over ${limitBytes} bytes`, limitBytes);
    }
    if (piece.byteLength < wanted) {
      break;
    }
  }
  if (declared > 0 && at < declared) {
    throw new Error("shorter than its content-length");
  }
  return whole.subarray(0, at);
}

/** Return space for the whole body if it is small or arrives fast; else twice the arrived bytes. */
function nextBufferBytes(
  arrived: number,
  declared: number,
  limitBytes: number,
  isFast: boolean,
): number {
  if (declared > 0 && (declared <= UNPROVEN_BODY_BYTES || (isFast && arrived > SMALL_BODY_BYTES))) {
    return declared;
  }
  const mostBytes = declared > 0 ? declared : limitBytes + 1;
  return Math.min(mostBytes, Math.max(UNPROVEN_BODY_BYTES, 2 * arrived));
}

/** The reads of one large body, which can be ended. */
class Reading {
  readonly upload: Upload;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #ended = Promise.withResolvers<never>();
  #timer: ReturnType<typeof setTimeout>;

  constructor(reader: ReadableStreamBYOBReader, team: string) {
    this.#reader = reader;
    this.upload = new Upload(team, Date.now(), () => this.#ended.reject(noMemory()));
    this.#timer = setTimeout(() => this.#look(), BODY_MS);
    this.#ended.promise.catch(() => undefined); // the upload may be ended between two reads
  }

  /** Fills the buffer, or less at the end; the buffer is transferred to the returned array. */
  async piece(buffer: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    this.upload.startRead(Date.now());
    const read = this.#reader.readAtLeast(buffer.byteLength, buffer);
    const { value } = await Promise.race([read, this.#ended.promise]);
    this.upload.endRead(value?.byteLength ?? 0, Date.now());
    return (value as Uint8Array<ArrayBuffer> | undefined) ?? new Uint8Array(0);
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** Checks the time waiting for the sender. The time waiting for memory does not count. */
  #look(): void {
    const leftMs = BODY_MS - this.upload.readMs(Date.now());
    if (leftMs <= 0) {
      this.#ended.reject(tooSlow());
    } else {
      this.#timer = setTimeout(() => this.#look(), leftMs);
    }
  }
}

/** Unlock the rest of a rejected body, so that `discardBody` can read it. */
function unlock(reader: ReadableStreamBYOBReader): void {
  try {
    reader.releaseLock();
  } catch {
    // A read is in progress, because the sender was too slow. The rest is not discarded.
  }
}

/** @throws HttpError 503 there was no memory in time. */
async function untilHeld(upload: Upload, bytes: number): Promise<void> {
  const untilMs = Date.now() + BODY_MEMORY_WAIT_MS;
  try {
    while (!bodyMemory.hold(upload, bytes, Date.now())) {
      upload.waits = true;
      upload.wantedBytes = bytes;
      if (!bodyMemory.makeWay(upload, bytes, Date.now()) || Date.now() >= untilMs) {
        throw noMemory();
      }
      await scheduler.wait(BODY_MEMORY_POLL_MS);
    }
  } finally {
    upload.waits = false;
  }
}

/** A client that hangs up must not end its request before the memory is released. */
function hold(request: Request, upload: Upload): Held {
  const { promise, resolve } = Promise.withResolvers<void>();
  waitUntil(promise);
  const body = { upload, bytes: null, done: resolve };
  held.set(request, body);
  return body;
}

function tooSlow(): HttpError {
  return new HttpError(408, `body: not complete within ${BODY_MS / 1000} s; send it faster`);
}

function noMemory(): HttpError {
  return new HttpError(503, "body: no memory for another large body now; send it again", {
    retryAfterSeconds: BODY_MEMORY_RETRY_AFTER_SECONDS,
  });
}
