// Bundles every src/**/*.test.ts and runs it with the test runner of Node.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const tests = readdirSync(join(root, "src"), { recursive: true })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => join("src", file));
if (tests.length === 0) {
  throw new Error("no src/**/*.test.ts found");
}

const outdir = mkdtempSync(join(tmpdir(), "worker-tests-"));
try {
  await build({
    entryPoints: tests,
    outdir,
    absWorkingDir: root,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    loader: { ".proto": "text" },
    sourcemap: "inline",
    logLevel: "warning",
  });
  const files = readdirSync(outdir, { recursive: true })
    .filter((file) => file.endsWith(".mjs"))
    .map((file) => join(outdir, file));
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], {
    stdio: "inherit",
    cwd: root,
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(outdir, { recursive: true });
}
