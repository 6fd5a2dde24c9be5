import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import { compressed } from "./bytes.ts";

test("where the runtime has no Zstandard, bodies are compressed with gzip", () => {
  const { zstdCompressSync } = zlib;
  Object.assign(zlib, { zstdCompressSync: undefined });
  try {
    const raw = new TextEncoder().encode("a body of some length, ".repeat(100));
    const { encoding, bytes } = compressed(raw);
    assert.equal(encoding, "gzip");
    assert.deepEqual(new Uint8Array(zlib.gunzipSync(bytes)), raw);
  } finally {
    Object.assign(zlib, { zstdCompressSync });
  }
});
