/** What the page hands to its script: addresses, prefixes, and the words in the reader's language. */

export interface Page {
  /** Where queries are answered; blank where an engine in the browser answers. */
  readonly endpoint: string;
  /** Where answers are cited; blank where there is no server. */
  readonly cite: string;
  /** Where the program of the engine, its WebAssembly and its data lie, if it answers. */
  readonly engine?: { readonly program: string; readonly wasm: string; readonly data: string };
  /** What the editor completes from: an address. */
  vocabulary: string;
  /** The languages of the reader, best first. */
  readonly languages: readonly string[];
  readonly release: string;
  readonly base: string;
  readonly prefixes: Readonly<Record<string, string>>;
  /** Translations of what this script says in English. */
  readonly words: Readonly<Record<string, string>>;
}

let page: Page | undefined;

/** The page's own data, read once. */
export function pageData(): Page {
  page ??= JSON.parse(document.getElementById("page-data")?.textContent ?? "null") as Page;
  return page;
}

/** A sentence in the reader's language; `{name}` stands for a value. */
export function say(sentence: string, values: Record<string, string | number> = {}): string {
  const said = pageData().words[sentence] ?? sentence;
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** An IRI as a person would write it. */
export function shorten(iri: string): string {
  for (const [prefix, namespace] of Object.entries(pageData().prefixes)) {
    const local = iri.slice(namespace.length);
    if (iri.startsWith(namespace) && /^[\w-]+$/.test(local)) return `${prefix}:${local}`;
  }
  return iri.startsWith(pageData().base) ? iri.slice(pageData().base.length) : iri;
}

/** Where an IRI leads from a page of ours, or nothing where it must not be followed. */
export function addressOf(iri: string): string | undefined {
  const { base } = pageData();
  if (iri.startsWith(base)) return `/doc/${iri.slice(base.length).replace(/^id\//, "")}`;
  return /^https?:\/\//.test(iri) ? iri : undefined;
}
