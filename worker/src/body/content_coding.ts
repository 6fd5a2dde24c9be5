/**
 * Decodes bodies by their content coding (RFC 9110, 8.4.1).
 *
 * A decompressor stops at the end of a stream and ignores the bytes after it. ClickHouse does not:
 * it rejects bytes that begin no further member or frame, and with them the whole batch. So every
 * decoder here counts the bytes that it read, and a body with bytes after its end is rejected.
 */
import zlib from "node:zlib";
import { HttpError, quoted } from "../errors.ts";
import {
  MAX_INFLATE_CHUNK_RATIO,
  MAX_STORED_RAW_BYTES,
  MAX_ZSTD_FRAMES,
  MAX_ZSTD_WINDOW_LOG,
} from "../limits.ts";
import type { Encoding } from "../tables/index.ts";
import { concat, free, tooLarge } from "./bytes.ts";

export type ContentCoding = "identity" | "gzip" | "deflate" | "zstd";

/** RFC 9110, 8.4.1.3: `x-gzip` is `gzip`. */
const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ["", "identity"],
  ["identity", "identity"],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["zstd", "zstd"],
]);

/** @throws HttpError 415 the request names another coding, or several. */
export function contentCoding(request: Request): ContentCoding {
  const value = request.headers.get("content-encoding");
  const coding = CODINGS.get(value?.trim().toLowerCase() ?? "");
  if (coding === undefined) {
    throw new HttpError(
      415,
      `content-encoding: ${quoted(value ?? "")} is not decoded; send gzip, zstd, deflate or ` +
        "identity (OpenTelemetry SDKs: OTEL_EXPORTER_OTLP_COMPRESSION=gzip)",
    );
  }
  return coding;
}

export interface Decoded {
  /** The same object as the sent bytes if these were not compressed. */
  readonly bytes: Uint8Array;
  /** The encoding in which the sent bytes can be stored unchanged; null: they cannot. */
  readonly storableAs: "gzip" | "zstd" | null;
}

/** The output of one call of a decoder, and the number of bytes that it read. */
interface Part {
  readonly bytes: Uint8Array;
  readonly readBytes: number;
}

/**
 * Decode a body. A decompression bomb uses at most `limitBytes` of memory.
 *
 * @throws HttpError 400 the body is incomplete, or has bytes after its end; 413 it is longer than
 *   the limit.
 */
export function decode(sent: Uint8Array, coding: ContentCoding, limitBytes: number): Decoded {
  if (coding === "identity") {
    return { bytes: sent, storableAs: null };
  }
  try {
    return DECODERS[coding](sent, limitBytes);
  } catch (error) {
    if (error instanceof HttpError) {
      throw error;
    }
    if (isOverLimit(error)) {
      throw tooLarge("body: decompresses beyond the limit", limitBytes);
    }
    throw new HttpError(400, `content-encoding: ${coding}, but the body is incomplete or damaged`);
  }
}

/** Decode a stored body. */
export function decodeStored(body: Uint8Array, encoding: Encoding): Uint8Array {
  return decode(body, encoding === "raw" ? "identity" : encoding, MAX_STORED_RAW_BYTES).bytes;
}

/**
 * Return the decompressed length of a stored body. A damaged body, which ClickHouse will reject, counts
 * as longer than the limit.
 */
export function inflatedBytes(body: Uint8Array, encoding: Encoding): number {
  if (encoding === "raw") {
    return body.byteLength;
  }
  try {
    const inflated = decodeStored(body, encoding);
    const { byteLength } = inflated;
    free(inflated);
    return byteLength;
  } catch {
    return MAX_STORED_RAW_BYTES + 1;
  }
}

const DECODERS = { gzip: decodeGzip, deflate: decodeDeflate, zstd: decodeZstd } as const;

function decodeGzip(sent: Uint8Array, limitBytes: number): Decoded {
  const inflatedBytes = lastInflatedBytes(sent);
  const part = inflate(zlib.gunzipSync, sent, { limitBytes, expectedBytes: inflatedBytes });
  requireEnd("gzip", sent, part.readBytes);
  // Several members are valid but rare. Such a body is not stored as it was sent.
  const isSingle = inflatedBytes === part.bytes.byteLength;
  return { bytes: part.bytes, storableAs: isSingle ? "gzip" : null };
}

/** Return the length of the last member, modulo 2^32 (RFC 1952, ISIZE). */
function lastInflatedBytes({ buffer, byteOffset, byteLength }: Uint8Array): number {
  return byteLength < 4 ? 0 : new DataView(buffer, byteOffset + byteLength - 4).getUint32(0, true);
}

function decodeDeflate(sent: Uint8Array, limitBytes: number): Decoded {
  const inflater = hasZlibHeader(sent) ? zlib.inflateSync : zlib.inflateRawSync;
  const { bytes, readBytes } = inflate(inflater, sent, { limitBytes, expectedBytes: 0 });
  requireEnd("deflate", sent, readBytes);
  return { bytes, storableAs: null };
}

/**
 * Whether a body begins with the two bytes of RFC 1950. Some clients omit them (RFC 9110, 8.4.1.2).
 * No compressor begins the raw format with these bytes, because its padding would not be zero.
 */
function hasZlibHeader([cmf = 0, flags = 0]: Uint8Array): boolean {
  return (cmf & 0x0f) === 8 && cmf >> 4 <= 7 && ((cmf << 8) | flags) % 31 === 0;
}

const ZSTD_OPTIONS = { params: { [zlib.constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG } };

/** Decodes frame by frame, because the runtime decodes only the first frame. */
function decodeZstd(sent: Uint8Array, limitBytes: number): Decoded {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (let at = 0; at < sent.byteLength; ) {
    if (parts.length === MAX_ZSTD_FRAMES) {
      throw new HttpError(400, `body: over ${MAX_ZSTD_FRAMES} Zstandard frames; send one`);
    }
    const frame = sent.subarray(at);
    const expectedBytes = zstdContentBytes(frame) ?? 0;
    const options = { limitBytes: limitBytes - total, expectedBytes, options: ZSTD_OPTIONS };
    const { bytes, readBytes } = inflate(zlib.zstdDecompressSync, frame, options);
    parts.push(bytes);
    total += bytes.byteLength;
    at += readBytes;
  }
  const isSingle = parts.length === 1 && magicOf(sent) === ZSTD_MAGIC;
  const bytes = concat(parts);
  if (parts.length > 1) {
    parts.forEach(free);
  }
  return { bytes, storableAs: isSingle ? "zstd" : null };
}

/** Skippable frames have other magic numbers: RFC 8878, 3.1.2. */
const ZSTD_MAGIC = 0xfd2fb528;

function magicOf({ buffer, byteOffset, byteLength }: Uint8Array): number {
  return byteLength < 4 ? 0 : new DataView(buffer, byteOffset).getUint32(0, true);
}

/** Return the content length from the header of a frame (RFC 8878, 3.1.1.1); null if it has none. */
export function zstdContentBytes(frame: Uint8Array): number | null {
  if (frame.byteLength < 18 || magicOf(frame) !== ZSTD_MAGIC) {
    return null;
  }
  const descriptor = frame[4] as number;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const view = new DataView(frame.buffer, frame.byteOffset + at);
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? view.getUint8(0) : null;
    case 1:
      return view.getUint16(0, true) + 256;
    case 2:
      return view.getUint32(0, true);
    default:
      return Number(view.getBigUint64(0, true));
  }
}

type Inflater = (bytes: Uint8Array, options: object) => unknown;

/** The smallest output buffer: above zlib's minimum of 64, and little memory for a bomb. */
const MIN_CHUNK_BYTES = 1024;

/**
 * Call node:zlib. With `info` zlib also returns its engine, which counts the bytes that were read.
 *
 * Output of the expected length is written to one buffer, which is faster than concatenating several.
 * The sender chose that length, so it is used only if it is in proportion to the body's length.
 */
function inflate(
  inflater: Inflater,
  bytes: Uint8Array,
  {
    limitBytes,
    expectedBytes,
    options = {},
  }: { limitBytes: number; expectedBytes: number; options?: object },
): Part {
  const mostBytes = Math.min(limitBytes, MAX_INFLATE_CHUNK_RATIO * bytes.byteLength);
  const isPlausible = expectedBytes > 0 && expectedBytes <= mostBytes;
  const chunkSize = isPlausible ? { chunkSize: Math.max(MIN_CHUNK_BYTES, expectedBytes + 1) } : {};
  const { buffer, engine } = inflater(bytes, {
    ...options,
    ...chunkSize,
    maxOutputLength: Math.max(1, limitBytes),
    info: true,
  }) as { buffer: Uint8Array; engine: { bytesWritten: number } };
  return { bytes: buffer, readBytes: engine.bytesWritten };
}

function requireEnd(coding: ContentCoding, sent: Uint8Array, readBytes: number): void {
  if (readBytes !== sent.byteLength) {
    throw new HttpError(
      400,
      `content-encoding: ${coding}, but ${sent.byteLength - readBytes} bytes follow ` +
        "its end; remove them",
    );
  }
}

function isOverLimit(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE")
  );
}
