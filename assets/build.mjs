// Bundles what the browser runs into one folder, and lists whose work is in it.
//
//   node build.mjs FOLDER
//
// The folder is made anew: query.js and find.js with their chunks, engine.js with oxigraph.wasm,
// offline.js, the countries that the server draws, and licences.txt. A package with a licence that is not known to allow
// redistribution ends the build.

import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const LICENCES = new Set(["MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "MIT OR Apache-2.0"]);
const LICENCE_FILE = /^(licen[cs]e|copying)/i;
const WASM = join(HERE, "node_modules/oxigraph/web_bg.wasm");
const COUNTRIES = join(HERE, "node_modules/world-atlas/countries-110m.json"); // drawn on the server

const common = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  legalComments: "none", // all of them stand in licences.txt
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: ["chrome111", "firefox115", "safari16.4"],
};

/** The bundles: pages load modules piece by piece; what runs from disk is one script. */
function bundles(folder) {
  return [
    {
      ...common,
      entryPoints: { query: "src/query.ts", find: "src/find.ts" },
      format: "esm",
      splitting: true,
      chunkNames: "chunks/[name]-[hash]",
      outdir: folder,
    },
    {
      ...common,
      entryPoints: { engine: "src/engine.ts", offline: "src/offline.ts" },
      format: "iife",
      outdir: folder,
      define: { "import.meta.url": '""' }, // oxigraph is handed its bytes
    },
  ];
}

/** The folders of packages that have a byte in an output. */
function packagesIn(metafiles) {
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  const used = outputs.flatMap((output) =>
    Object.entries(output.inputs).filter(([, part]) => part.bytesInOutput > 0),
  );
  const folders = used.map(
    ([path]) => path.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0],
  );
  return [...new Set(folders.filter(Boolean))].sort();
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json")));
  if (!LICENCES.has(license)) {
    throw new Error(
      `${name} ${version} has the licence ${license}, which build.mjs does not know.`,
    );
  }
  const files = (await readdir(folder)).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  const told = texts.length ? texts : ["The package holds no text of its licence.\n"];
  return [`${name} ${version}: ${license}`, ...told.map((text) => text.trim())].join("\n\n");
}

async function main(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const results = await Promise.all(bundles(folder).map((options) => build(options)));
  await copyFile(WASM, join(folder, "oxigraph.wasm"));
  await copyFile(COUNTRIES, join(folder, "countries-110m.json"));
  const packages = packagesIn(results.map((result) => result.metafile));
  const texts = await Promise.all(packages.map((path) => licenceOf(resolve(HERE, path))));
  const rule = `\n\n${"-".repeat(72)}\n\n`;
  await writeFile(join(folder, "licences.txt"), `${texts.join(rule)}\n`);
  console.log(`${relative(process.cwd(), folder)}: ${packages.length} packages bundled`);
}

await main(resolve(process.argv[2]));
