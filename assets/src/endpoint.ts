/** Who answers queries, seen from a page: the server, or an engine in the browser. */

export interface Term {
  readonly type: "uri" | "literal" | "bnode";
  readonly value: string;
  readonly "xml:lang"?: string;
  readonly datatype?: string;
}

/** A record that attests a row; `source` and `title` are those of the source it rests on. */
export interface Source {
  readonly graph: string;
  readonly source?: string;
  readonly title?: string;
  readonly part?: string;
  readonly publisher?: string;
  readonly date?: string;
}

export interface Row {
  readonly terms: Readonly<Record<string, Term | undefined>>;
  readonly sources: readonly Source[];
}

/** A remark on the query, such as why the answer is empty; lines and columns count from 1. */
export interface Remark {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Table {
  readonly kind: "table";
  readonly variables: readonly string[];
  readonly rows: readonly Row[];
  readonly remarks: readonly Remark[];
  readonly isTraced: boolean;
}

export type Answer =
  | Table
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "text"; readonly text: string };

/** A query with what is asked for beside its rows. */
export interface Query {
  readonly sparql: string;
  readonly asOf?: string;
  readonly isTraced?: boolean;
  readonly isExplained?: boolean;
}

export interface Endpoint {
  /** Answers, or throws a `Mistake`. */
  ask(query: Query, signal?: AbortSignal): Promise<Answer>;
}

/** Why a query has no answer, with the place of the mistake where it has one. */
export class Mistake extends Error {
  constructor(
    message: string,
    readonly line?: number,
    readonly column?: number,
    readonly token?: string,
  ) {
    super(message);
  }
}

const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
/** Bytes of an address that all parts of the way carry. */
export const LONGEST_ADDRESS = 7000;

/** The parameters that ask for an answer by the protocol. */
export function parametersOf(query: Query): URLSearchParams {
  const parameters = new URLSearchParams({ query: query.sparql });
  if (query.asOf) parameters.set("asOf", query.asOf);
  if (query.isTraced) parameters.set("provenance", "1");
  if (query.isExplained) parameters.set("explain", "1");
  return parameters;
}

/** A SPARQL endpoint by the protocol. */
export class HttpEndpoint implements Endpoint {
  constructor(private readonly address: string) {}

  async ask(query: Query, signal?: AbortSignal): Promise<Answer> {
    const parameters = parametersOf(query).toString();
    const isShort = parameters.length <= LONGEST_ADDRESS;
    const options: RequestInit = {
      method: isShort ? "GET" : "POST",
      headers: { Accept: ACCEPT },
      ...(isShort ? {} : { body: new URLSearchParams(parameters) }),
      ...(signal ? { signal } : {}),
    };
    const address = isShort ? `${this.address}?${parameters}` : this.address;
    const response = await fetch(address, options);
    const kind = response.headers.get("Content-Type") ?? "";
    if (!response.ok) throw await mistakeOf(response, kind);
    if (kind.includes("json")) return answerOf(await response.json());
    return { kind: "text", text: await response.text() };
  }
}

async function mistakeOf(response: Response, kind: string): Promise<Mistake> {
  if (!kind.includes("json")) return new Mistake(`${response.status} ${response.statusText}`);
  const told = await response.json();
  return new Mistake(told.detail ?? told.title, told.line, told.column, told.token);
}

type Binding = Record<string, Term> & { _sources?: { sources: Source[] } };

interface Results {
  readonly boolean?: boolean;
  readonly head: { vars?: string[]; warnings?: Remark[]; provenance?: unknown };
  readonly results?: { bindings: Binding[] };
}

/** An answer from SPARQL 1.1 Query Results JSON. */
export function answerOf(found: Results): Answer {
  if (found.boolean !== undefined) return { kind: "boolean", value: found.boolean };
  const rows = (found.results?.bindings ?? []).map(({ _sources, ...terms }) => ({
    terms,
    sources: _sources?.sources ?? [],
  }));
  return {
    kind: "table",
    variables: found.head.vars ?? [],
    rows,
    remarks: found.head.warnings ?? [],
    isTraced: found.head.provenance !== undefined,
  };
}
