import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import { HttpError } from "../errors.ts";
import { type ContentCoding, contentCoding, decode, zstdContentBytes } from "./content_coding.ts";

const RAW = new TextEncoder().encode("a body of some length, ".repeat(100));
const LIMIT_BYTES = 10_000;
/** The last one ends with the body's ISIZE, so a check of only the end would accept it. */
const TRAILERS = ["\0", "\0\0\0\0", "trailing", "\x1f", "\x1f\x8b", "\0\xfc\x08\0\0"];

function statusOf(sent: Uint8Array, coding: ContentCoding, limitBytes = LIMIT_BYTES): number {
  try {
    decode(sent, coding, limitBytes);
    return 200;
  } catch (error) {
    assert.ok(error instanceof HttpError);
    return error.status;
  }
}

function codingOf(header: string | null): ContentCoding {
  const headers = header === null ? {} : { "content-encoding": header };
  return contentCoding(new Request("http://test/", { headers }));
}

const SENT: Record<string, readonly [coding: ContentCoding, bytes: Uint8Array]> = {
  gzip: ["gzip", zlib.gzipSync(RAW)],
  "gzip without compression": ["gzip", zlib.gzipSync(RAW, { level: 0 })],
  zlib: ["deflate", zlib.deflateSync(RAW)],
  "raw deflate": ["deflate", zlib.deflateRawSync(RAW)],
  "raw deflate without compression": ["deflate", zlib.deflateRawSync(RAW, { level: 0 })],
};

for (const [name, [coding, sent]] of Object.entries(SENT)) {
  test(`${name} is decoded up to the limit`, () => {
    assert.deepEqual(new Uint8Array(decode(sent, coding, RAW.byteLength).bytes), RAW);
    assert.equal(statusOf(sent, coding, RAW.byteLength - 1), 413);
  });

  test(`${name} with bytes after its end is rejected`, () => {
    for (const trailer of TRAILERS) {
      assert.equal(statusOf(Buffer.concat([sent, Buffer.from(trailer, "latin1")]), coding), 400);
    }
  });

  test(`${name} that is cut off is rejected`, () => {
    for (const length of [0, 1, 2, 10, sent.byteLength / 2, sent.byteLength - 1]) {
      assert.equal(statusOf(sent.subarray(0, length), coding), 400, String(length));
    }
  });
}

test("only one whole gzip member is stored as it was sent", () => {
  const half = zlib.gzipSync(RAW.subarray(0, 50));
  const rest = zlib.gzipSync(RAW.subarray(50));
  assert.equal(decode(zlib.gzipSync(RAW), "gzip", LIMIT_BYTES).storableAs, "gzip");
  const members = decode(Buffer.concat([half, rest]), "gzip", LIMIT_BYTES);
  assert.deepEqual(new Uint8Array(members.bytes), RAW);
  assert.equal(members.storableAs, null);
  assert.equal(decode(zlib.deflateSync(RAW), "deflate", LIMIT_BYTES).storableAs, null);
});

test("a false length in the last bytes has no effect", () => {
  const bomb = zlib.gzipSync(new Uint8Array(5_000_000));
  assert.equal(statusOf(bomb, "gzip"), 413);
  const view = new DataView(bomb.buffer, bomb.byteOffset + bomb.byteLength - 4);
  for (const length of [0, 1, LIMIT_BYTES, 2 ** 32 - 1]) {
    view.setUint32(0, length, true);
    assert.equal(statusOf(bomb, "gzip"), 413);
    assert.equal(statusOf(bomb, "gzip", 6_000_000), 400);
  }
});

test("a coding has the names that HTTP gives it, in any case", () => {
  assert.equal(codingOf(null), "identity");
  assert.equal(codingOf(""), "identity");
  assert.equal(codingOf("GZIP"), "gzip");
  assert.equal(codingOf("x-gzip"), "gzip");
  assert.equal(codingOf(" zstd "), "zstd");
  assert.throws(() => codingOf("gzip, gzip"), /send gzip, zstd, deflate or identity/);
});

test("a frame's header may have the length of its content", () => {
  const header = (...bytes: number[]): Uint8Array =>
    Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, ...bytes, ...new Array(20).fill(0)]);
  assert.equal(zstdContentBytes(header(0x20, 77)), 77);
  assert.equal(zstdContentBytes(header(0x60, 1, 1)), 257 + 256);
  assert.equal(zstdContentBytes(header(0x40, 0x58, 1, 1)), 257 + 256);
  assert.equal(zstdContentBytes(header(0x81, 0x58, 9, 0, 0, 1, 0)), 65_536);
  assert.equal(zstdContentBytes(header(0xe3, 9, 9, 9, 9, 1)), 1);
  assert.equal(zstdContentBytes(header(0x00, 0x58)), null);
  assert.equal(zstdContentBytes(Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd])), null);
  assert.equal(zstdContentBytes(new Uint8Array(30)), null);
});
