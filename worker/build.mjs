// Builds dist/index.js, one ES module, and dist/statements.json, which has every statement that the
// module can send to ClickHouse. The same sources give the same bytes.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** Imports a file of a package gzipped and in base64: `import text from "gzip-base64:package/file"`. */
const gzipBase64 = {
  name: "gzip-base64",
  setup({ onResolve, onLoad }) {
    const prefix = /^gzip-base64:/;
    const { resolve } = createRequire(import.meta.url);
    onResolve({ filter: prefix }, ({ path }) => ({
      path: path.replace(prefix, ""),
      namespace: "gzip-base64",
    }));
    onLoad({ filter: /.*/, namespace: "gzip-base64" }, ({ path }) => ({
      contents: gzipSync(readFileSync(resolve(path)), { level: 9 }).toString("base64"),
      loader: "text",
    }));
  },
};

const common = {
  absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
  bundle: true,
  format: "esm",
  target: "es2023",
  platform: "neutral",
  // Modules of the runtime; all others are in the bundle.
  external: ["cloudflare:*", "node:*"],
  loader: { ".proto": "text" },
  plugins: [gzipBase64],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

await build({ ...common, entryPoints: ["src/index.ts"], outfile: "dist/index.js" });

const { outputFiles } = await build({
  ...common,
  entryPoints: ["src/manifest/manifest.ts"],
  write: false,
});
const module = Buffer.from(outputFiles[0].contents).toString("base64");
const { manifest } = await import(`data:text/javascript;base64,${module}`);
writeFileSync(
  new URL("dist/statements.json", import.meta.url),
  `${JSON.stringify(manifest(), null, 1)}\n`,
);

const { size } = statSync(new URL("dist/index.js", import.meta.url));
console.log(`dist/index.js ${size} bytes`);
