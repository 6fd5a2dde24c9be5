import assert from "node:assert/strict";
import { test } from "node:test";
import { dsnFrom, framesFrom } from "./sentry.ts";

test("a DSN names host, project and key", () => {
  assert.deepEqual(dsnFrom("https://0a1B@o1.ingest.example.com/42"), {
    endpoint: "https://o1.ingest.example.com/api/42/envelope/",
    key: "0a1B",
  });
  assert.deepEqual(dsnFrom("http://key:secret@10.0.0.1:9000/errors/of/7"), {
    endpoint: "http://10.0.0.1:9000/errors/of/api/7/envelope/",
    key: "key",
  });
});

test("any other string is an invalid DSN", () => {
  for (const text of [
    "",
    "https://o1.ingest.example.com/42",
    "https://key@/42",
    "https://key@host",
    "https://key@host/project",
    "https://key@host/42?x=1",
    "ftp://key@host/42",
    " https://key@host/42",
  ]) {
    assert.equal(dsnFrom(text), null, text);
  }
});

test("the innermost frame is the last, and lines of the message are no frames", () => {
  const error = new TypeError("no\n    at secret (secret.js:1:2)");
  error.stack =
    `TypeError: ${error.message}\n` +
    "    at inner (file:///srv/index.js:12:34)\n" +
    "    at async Object.outer [as fetch] (index.js:5:6)\n" +
    "    at index.js:7:8";
  assert.deepEqual(framesFrom(error), [
    { function: "?", filename: "index.js", lineno: 7, colno: 8 },
    { function: "async Object.outer [as fetch]", filename: "index.js", lineno: 5, colno: 6 },
    { function: "inner", filename: "index.js", lineno: 12, colno: 34 },
  ]);
});
