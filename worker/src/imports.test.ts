import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

/**
 * Folders, and files of `src/` itself, from the bottom up: a file imports from its own folder and
 * from the folders before it.
 */
const ORDER = [
  "limits.ts",
  "errors.ts",
  "tables",
  "time",
  "clickhouse.ts",
  "openapi",
  "memory",
  "body",
  "telemetry",
  "otlp",
  "rowbinary",
  "access",
  "buffer",
  "append",
  "events",
  "ingest",
  "query",
  "manifest",
  "router.ts",
  "swagger",
  "admin",
  "index.ts",
  "env.d.ts",
];

/** Matches all imports, including those of types. */
const IMPORT = /^(?:import|export)\b[^;]*? from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gm;

type Imports = ReadonlyMap<string, readonly string[]>;

/** Return the imports of each file. `test.mjs` runs the tests in the folder `worker/`. */
function importsOf(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  return new Map(
    files.map((file) => [
      file,
      importsIn(readFileSync(join(folder, file), "utf8")).map((path) =>
        normalize(join(dirname(file), path)),
      ),
    ]),
  );
}

function importsIn(source: string): string[] {
  return [...source.matchAll(IMPORT)].map(([, path, dynamic]) => path ?? dynamic ?? "");
}

/** Return the first cycle, which ends with the file it begins with; null if there is none. */
function cycleIn(imports: Imports): string[] | null {
  const finished = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] | null => {
    if (path.includes(file)) {
      return [...path.slice(path.indexOf(file)), file];
    }
    if (finished.has(file)) {
      return null;
    }
    for (const next of imports.get(file) ?? []) {
      const cycle = walk(next, [...path, file]);
      if (cycle !== null) {
        return cycle;
      }
    }
    finished.add(file);
    return null;
  };
  for (const file of imports.keys()) {
    const cycle = walk(file, []);
    if (cycle !== null) {
      return cycle;
    }
  }
  return null;
}

function levelOf(file: string): number {
  const level = ORDER.indexOf(file.split("/")[0] ?? "");
  assert.notEqual(level, -1, `${file}: its folder has no place in ORDER`);
  return level;
}

test("the walk finds a cycle of type imports, and only a cycle", () => {
  const source = 'import type { A } from "./a.ts";\nexport { B } from "../b.ts";\n';
  assert.deepEqual(importsIn(source), ["./a.ts", "../b.ts"]);
  const line = new Map([
    ["a.ts", ["b.ts", "c.ts"]],
    ["b.ts", ["c.ts"]],
    ["c.ts", []],
  ]);
  assert.equal(cycleIn(line), null);
  assert.deepEqual(cycleIn(new Map([...line, ["c.ts", ["b.ts"]]])), ["b.ts", "c.ts", "b.ts"]);
});

test("no file imports itself through others", () => {
  const imports = importsOf("src");
  assert.ok(imports.get("index.ts")?.includes("router.ts"));
  const cycle = cycleIn(imports);
  assert.equal(cycle, null, `import cycle: ${cycle?.join(" -> ")}`);
});

test("a file imports from its own folder and from lower ones", () => {
  const upward = [...importsOf("src")].flatMap(([file, imported]) =>
    imported
      .filter((other) => other.endsWith(".ts") && levelOf(other) > levelOf(file))
      .map((other) => `${file} imports ${other}`),
  );
  assert.deepEqual(upward, []);
});
