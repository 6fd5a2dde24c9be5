import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusText } from "../admin/prometheus.ts";
import { Counters, samplesFrom, summed } from "./counters.ts";

test("a value on a bound is in that bound's bucket, and one above all in the last", () => {
  const counters = new Counters();
  for (const bodies of [1, 2, 2_000, 2_001]) {
    counters.observe("ingest_commit_bodies", bodies);
  }
  assert.deepEqual(counters.sums(), {
    ingest_commit_bodies: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 4_004],
  });
});

test("taking the sums resets them, and returned sums are copies", () => {
  const counters = new Counters();
  counters.add("ingest_bodies_total", 2, "traces", "stored");
  counters.observe("ingest_commit_bodies", 1);
  const sums = counters.sums();
  counters.add("ingest_bodies_total", 1, "traces", "stored");
  counters.observe("ingest_commit_bodies", 1);
  assert.equal(sums["ingest_bodies_total traces stored"], 2);
  assert.equal(counters.take()["ingest_bodies_total traces stored"], 3);
  assert.deepEqual(counters.take(), {});
  assert.deepEqual(sums.ingest_commit_bodies, [1, ...new Array(11).fill(0), 1]);
});

test("sums of another script are added if their labels and bounds are the same", () => {
  const ours = { "ingest_bodies_total traces stored": 1, ingest_commit_bodies: [1, 2, 3] };
  const theirs = {
    "ingest_bodies_total traces stored": 2,
    "ingest_gone_total traces": 5,
    "ingest_bodies_total traces": 7,
    ingest_commit_bodies: new Array(13).fill(1),
  };
  const sums = summed([ours, theirs]);
  assert.equal(sums["ingest_bodies_total traces stored"], 3);
  assert.deepEqual(sums.ingest_commit_bodies, new Array(13).fill(1));
  // The stored counters have a metric that was removed, and one with fewer labels than today.
  assert.deepEqual(
    samplesFrom(sums).map(({ name, labels, value }) => [name, labels, value]),
    [
      ["ingest_bodies_total", { signal: "traces", result: "stored" }, 3],
      ["ingest_commit_bodies", {}, new Array(13).fill(1)],
    ],
  );
});

test("empty labels are allowed, and labels are escaped", () => {
  const counters = new Counters();
  counters.observe("http_server_request_duration_seconds", 0.1, "GET", "", "404");
  counters.add("ingest_received_bytes_total", 1, 'a"b\\c');
  const text = prometheusText([{ team: "default", sums: counters.sums() }], []);
  const labels =
    'team="default",http_request_method="GET",http_route="",http_response_status_code="404"';
  assert.ok(text.includes(`http_server_request_duration_seconds_count{${labels}} 1\n`), text);
  assert.ok(
    text.includes('ingest_received_bytes_total{team="default",signal="a\\"b\\\\c"} 1\n'),
    text,
  );
});
