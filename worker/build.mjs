// Builds dist/index.js: one ES module, the same bytes for the same sources.
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({
  entryPoints: ["src/index.ts"],
  outfile: "dist/index.js",
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  bundle: true,
  format: "esm",
  target: "es2023",
  platform: "neutral",
  // The runtime's own modules; everything else is in the bundle.
  external: ["cloudflare:*", "node:*"],
  loader: { ".proto": "text", ".sql": "text" },
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});

const { size } = statSync(new URL("dist/index.js", import.meta.url));
console.log(`dist/index.js ${size} bytes`);
