import assert from "node:assert/strict";
import test from "node:test";
import { secured } from "./security.ts";

function hstsOf(url: string): string | null {
  return secured(new Response("ok"), url).headers.get("strict-transport-security");
}

test("browsers use HTTPS from the first response of a deployment on", () => {
  for (const url of ["https://in.example.com/", "https://localhost.example.com/health"]) {
    assert.equal(hstsOf(url), "max-age=31536000");
  }
});

test("a developer's other servers on localhost stay reachable", () => {
  for (const url of [
    "https://localhost:7443/health",
    "https://localhost/",
    "https://in.localhost",
  ]) {
    assert.equal(hstsOf(url), null);
  }
});
