/** A worker that holds the graph and answers queries, with Oxigraph compiled to WebAssembly. */

import init, { Store } from "oxigraph/web.js";
import type { Failure, Message, Opening, Reply } from "./local";

/** The part of a worker's scope that is used here; the library types of a page lack it. */
interface Scope {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  postMessage(message: Reply): void;
}

const scope = self as unknown as Scope;
let store: Promise<Store> | undefined;
let opening: Opening | undefined;

scope.onmessage = async ({ data: message }) => {
  if (message.kind === "open") {
    opening = message;
    store = open(message);
    store.catch(() => undefined); // told to the first who asks
    return;
  }
  try {
    if (!store || !opening) throw new Error("the engine was not opened");
    scope.postMessage({ number: message.number, ...answer(await store, message.sparql, opening) });
  } catch (error) {
    scope.postMessage({ number: message.number, mistake: mistake(error) });
  }
};

async function open({ wasm, data }: Opening): Promise<Store> {
  await init({ module_or_path: await bytes(wasm) });
  const opened = new Store();
  const text = await plain(await bytes(data));
  opened.load(text, { format: "application/n-quads", no_transaction: true });
  // As on the server: the default graph is the merge of all.
  opened.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }");
  return opened;
}

async function bytes(given: ArrayBuffer | string): Promise<ArrayBuffer> {
  if (typeof given !== "string") return given;
  const response = await fetch(given);
  if (!response.ok) throw new Error(`${given}: ${response.status} ${response.statusText}`);
  return response.arrayBuffer();
}

async function plain(packed: ArrayBuffer): Promise<Uint8Array> {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** JSON for rows and truths, Turtle for graphs. */
function answer(store: Store, sparql: string, { base, prefixes }: Opening): { body: string } {
  const missing = Object.entries(prefixes).filter(
    ([name]) => !new RegExp(`\\bPREFIX\\s+${name}:`, "i").test(sparql),
  );
  const head = missing.map(([name, iri]) => `PREFIX ${name}: <${iri}>`).join(" ");
  const isGraph = /^(\s|#.*\n|PREFIX\s+[\w-]*:\s*<[^>]*>|BASE\s*<[^>]*>)*(CONSTRUCT|DESCRIBE)\b/i;
  const format = isGraph.test(sparql) ? "text/turtle" : "application/sparql-results+json";
  // One line of prefixes before it, which `mistake` takes off again.
  const found = store.query(`${head}\n${sparql}`, { base_iri: base, results_format: format });
  if (typeof found !== "string") throw new Error("the engine gave no text");
  return { body: found };
}

function mistake(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const [, line, column, told] = message.match(/^error at (\d+):(\d+): (.*)$/s) ?? [];
  if (!line || !column || !told) return { message };
  return { message: told, line: Math.max(1, Number(line) - 1), column: Number(column) };
}
