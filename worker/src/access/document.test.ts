import assert from "node:assert/strict";
import { test } from "node:test";
import { accessFrom } from "./document.ts";
import type { Access } from "./types.ts";

const SHA = "ab".repeat(32);
const TEAM = {
  name: "shop",
  database: "shop",
  reader: { user: "shop_reader", password: "not-a-real-password" },
};
const TOKEN = { name: "backend", team: "shop", scopes: ["events"], sha256: SHA };

function read(...documents: object[]): { access: Access; problems: string[] } {
  const problems: string[] = [];
  const access = accessFrom(
    documents.map((document) => JSON.stringify(document)),
    problems,
  );
  return { access, problems };
}

function tokenWith(changes: object): Access["tokens"] {
  return read({ teams: [TEAM], tokens: [{ ...TOKEN, ...changes }] }).access.tokens;
}

test("the token of an entry that the deployment wrote is accepted", () => {
  const entry = tokenWith({ requests_per_second: 0.5, expires_at: "2027-01-31T00:00:00.000Z" });
  assert.deepEqual(entry.get(SHA)?.rates, [
    { key: "token backend", unit: "requests", perSecond: 0.5 },
  ]);
  assert.equal(entry.get(SHA)?.expiresAtMs, Date.UTC(2027, 0, 31));
  assert.equal(tokenWith({}).get(SHA)?.expiresAtMs, null);
});

test("a token with an unreadable expiry has expired", () => {
  for (const end of [
    "20990131T000000Z",
    "2099-W04-6T00:00:00Z",
    "2099-01-31T00:00:00,5Z",
    "2099-01-31T00:00:00+01:00:30",
    "2099-01-31T00Z",
    "2099-01-31",
    "Sat, 31 Jan 2099 00:00:00 GMT",
    "2099-13-31T00:00:00Z",
    "",
    "never",
    4_073_500_800_000,
    true,
    {},
  ]) {
    const ended = tokenWith({ expires_at: end }).get(SHA)?.expiresAtMs;
    assert.ok(typeof ended === "number" && ended <= Date.now(), `${JSON.stringify(end)}: ${ended}`);
  }
});

test("an entry with an invalid field is skipped, and the others are used", () => {
  for (const changes of [
    { team: "other" },
    { team: undefined },
    { name: "" },
    { scopes: ["events", "everything"] },
    { sha256: "ab" },
    { sha256: undefined },
    { requests_per_second: 0 },
    { requests_per_second: -1 },
    { requests_per_second: "10" },
    { requests_per_second: "NaN" },
  ]) {
    const good = { ...TOKEN, name: "good", sha256: "cd".repeat(32) };
    const { access, problems } = read({ teams: [TEAM], tokens: [{ ...TOKEN, ...changes }, good] });
    const names = [...access.tokens.values()].map(({ name }) => name);
    assert.deepEqual(names, ["good"], JSON.stringify(changes));
    assert.equal(problems.length, 1);
  }
  assert.equal(tokenWith({ scopes: "events" }).get(SHA)?.scopes.size, 0);
});

test("a team with an invalid layout is not used, nor are its tokens", () => {
  for (const layout of [
    { number: 1, shards: 0, before: [] },
    { number: 1, shards: 1.5, before: [] },
    { number: 1, shards: "2", before: [] },
    { number: -1, shards: 2, before: [] },
    { number: 1, shards: 2, before: [0] },
    { number: 1, shards: 2 },
    "two",
  ]) {
    const { access } = read({ teams: [{ ...TEAM, layout }], tokens: [TOKEN] });
    assert.equal(access.teams.size, 0, JSON.stringify(layout));
    assert.equal(access.tokens.size, 0);
  }
});

test("a team without the SQL user that reads its tables is not used", () => {
  for (const reader of [undefined, {}, { user: "shop_reader" }, { user: "", password: "x" }]) {
    const { access } = read({ teams: [{ ...TEAM, reader }], tokens: [TOKEN] });
    assert.equal(access.teams.size, 0, JSON.stringify(reader));
  }
});

test("events without a token need an existing team and numeric rates", () => {
  const opened = (open: unknown): Access["open"] =>
    read({ teams: [TEAM], public: open }).access.open;
  assert.equal(opened({ team: "shop" })?.team.name, "shop");
  for (const open of [
    {},
    { team: "other" },
    "shop",
    { team: "shop", requests_per_second: 0 },
    { team: "shop", rows_per_second: "many" },
    { team: "shop", total_rows_per_second: false },
  ]) {
    assert.equal(opened(open), null, JSON.stringify(open));
  }
  assert.equal(opened(null), null);
});

test("origins are a list of strings, and no other value lets any page in", () => {
  for (const origins of ["*", { "*": true }, null, undefined]) {
    assert.equal(read({ cors_origins: origins }).access.corsOrigins.size, 0);
  }
});

test("the entries of several bindings are merged", () => {
  const { access } = read(
    { parts: 3, honor_do_not_track: false, teams: [TEAM], cors_origins: ["https://a.example"] },
    { tokens: [TOKEN], cors_origins: ["https://b.example"] },
    { tokens: [{ ...TOKEN, sha256: "cd".repeat(32) }] },
  );
  assert.equal(access.tokens.size, 2);
  assert.deepEqual([...access.corsOrigins], ["https://a.example", "https://b.example"]);
  assert.equal(access.honorsDoNotTrack, false);
});

test("do-not-track headers are honored by default", () => {
  for (const honors of [undefined, null, "false", 0]) {
    assert.equal(read({ honor_do_not_track: honors }).access.honorsDoNotTrack, true);
  }
});
