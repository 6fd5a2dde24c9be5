import assert from "node:assert/strict";
import { test } from "node:test";
import { clickHouseTime } from "../time/clickhouse_time.ts";
import { dayFromDate, millisecondsFromDateTime } from "./dates.ts";

const NEW_YEAR_MS = Date.UTC(2026, 0, 1);

test("a time without a zone is UTC, whatever the machine's zone is", () => {
  for (const text of ["2026-01-01T00:00:00", "2026-01-01 00:00:00.0", "2026-01-01t00:00:00z"]) {
    assert.equal(millisecondsFromDateTime(text), NEW_YEAR_MS);
  }
  assert.equal(millisecondsFromDateTime("2026-01-01T01:30:00+01:30"), NEW_YEAR_MS);
  assert.equal(millisecondsFromDateTime("2025-12-31T16:00:00-08:00"), NEW_YEAR_MS);
});

test("digits after the millisecond are cut off", () => {
  assert.equal(millisecondsFromDateTime("2026-01-01T00:00:00.0579999Z"), NEW_YEAR_MS + 57);
  assert.equal(millisecondsFromDateTime("2026-01-01T00:00:00.5Z"), NEW_YEAR_MS + 500);
});

test("dates and times that do not exist are NaN", () => {
  for (const text of [
    "2026-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-00-10T00:00:00Z",
    "2026-13-10T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:60:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+00:60",
    "2026-01-01",
    "soon",
  ]) {
    assert.ok(Number.isNaN(millisecondsFromDateTime(text)), text);
  }
  assert.ok(Number.isNaN(dayFromDate("2026-02-30").fromMs));
});

test("every date of 130 years is parsed as its day", () => {
  for (let ms = 0; ms < Date.UTC(2100, 0, 1); ms += 24 * 3600 * 1000) {
    const text = clickHouseTime(ms);
    assert.equal(millisecondsFromDateTime(text), ms);
    assert.equal(dayFromDate(text.slice(0, 10)).fromMs, ms);
  }
});
