/** Writes UTF-8 as a JSON string. It reads and writes bytes, so that 20 MiB never become strings. */
import type { ProtobufWriter } from "./protobuf_writer.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = new TextEncoder().encode("0123456789abcdef");
/** Control characters that Go and JavaScript write as a letter after the backslash. */
const LETTERS = new Uint8Array(0x20);
for (const [code, letter] of [
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0c, "f"],
  [0x0d, "r"],
] as const) {
  LETTERS[code] = letter.charCodeAt(0);
}
/** The longest escape of one character. */
const MAX_ESCAPE_BYTES = 6;
/** Go escapes the two line separators even where HTML escaping is off. */
const LINE_SEPARATOR = 0x2028;
const PARAGRAPH_SEPARATOR = 0x2029;
const REPLACEMENT = 0xfffd;

export function writeJsonString(
  out: ProtobufWriter,
  bytes: Uint8Array,
  from: number,
  end: number,
): void {
  out.byte(QUOTE);
  let at = from;
  while (at < end) {
    const plainEnd = plainUntil(bytes, at, end);
    out.copy(bytes, at, plainEnd);
    at = plainEnd < end ? writeCharacter(out, bytes, plainEnd, end) : end;
  }
  out.byte(QUOTE);
}

/** Return the position of the first byte that is not ASCII, or must be escaped. */
function plainUntil(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && isPlain(bytes[at] as number)) {
    at++;
  }
  return at;
}

function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH;
}

/** @returns the start of the next character. */
function writeCharacter(out: ProtobufWriter, bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at] as number;
  if (byte < 0x80) {
    writeEscape(out, byte);
    return at + 1;
  }
  const size = sizeOf(byte);
  const valid = validBytes(bytes, at, Math.min(end, at + size));
  if (size === 0 || valid < size) {
    out.codePoint(REPLACEMENT);
    return at + valid;
  }
  const point = size === 3 ? threeBytes(bytes, at) : 0;
  if (point === LINE_SEPARATOR || point === PARAGRAPH_SEPARATOR) {
    writeHex(out, point);
  } else {
    out.copy(bytes, at, at + size);
  }
  return at + size;
}

function writeEscape(out: ProtobufWriter, byte: number): void {
  const letter = byte < LETTERS.length ? (LETTERS[byte] as number) : byte;
  if (letter === 0) {
    writeHex(out, byte);
  } else {
    out.byte(BACKSLASH);
    out.byte(letter);
  }
}

function writeHex(out: ProtobufWriter, unit: number): void {
  out.reserve(MAX_ESCAPE_BYTES);
  out.byte(BACKSLASH);
  out.byte(0x75);
  for (let shift = 12; shift >= 0; shift -= 4) {
    out.byte(HEX[(unit >> shift) & 15] as number);
  }
}

/** Return the length of a character that begins with this byte; 0 if none does. */
function sizeOf(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) {
    return 0;
  }
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/**
 * Return how many bytes, at least one, are the start of an incomplete character. One U+FFFD replaces
 * them: https://encoding.spec.whatwg.org/#utf-8-decoder
 */
function validBytes(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  let next = at + 1;
  while (next < end && (bytes[next] as number) >= low && (bytes[next] as number) <= high) {
    low = 0x80;
    high = 0xbf;
    next++;
  }
  return next - at;
}

function threeBytes(bytes: Uint8Array, at: number): number {
  const [lead, second, third] = [bytes[at], bytes[at + 1], bytes[at + 2]] as number[];
  return (
    (((lead as number) & 15) << 12) | (((second as number) & 63) << 6) | ((third as number) & 63)
  );
}
