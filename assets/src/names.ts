/** Names for IRIs, asked of the endpoint itself, so that any engine can give them. */

import type { Endpoint, Row } from "./endpoint";
import { shorten } from "./words";

const BATCH = 150;
const LONGEST = 120;
/** Characters that an IRI in a query may not have (SPARQL 1.1 §19.8, IRIREF). */
const UNWRITABLE = /[^!#-;=?-[\]_a-z~\u00a0-\u{10ffff}]/u;

interface Candidate {
  readonly rank: number;
  readonly name: string;
}

/** Names in the reader's languages, best first, then in English, then in any. */
export class Names {
  private readonly known = new Map<string, Promise<string>>();
  private readonly languages: readonly string[];

  constructor(
    private readonly endpoint: Endpoint,
    languages: readonly string[],
  ) {
    this.languages = [...new Set([...languages, "en", ""])];
  }

  /** The names of all these IRIs; of one that has none, its short form. */
  async of(iris: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...new Set(iris)];
    const unknown = wanted.filter((iri) => !this.known.has(iri));
    for (let at = 0; at < unknown.length; at += BATCH) this.look(unknown.slice(at, at + BATCH));
    const named = wanted.map(async (iri) => [iri, await this.known.get(iri)] as const);
    return new Map((await Promise.all(named)).map(([iri, name]) => [iri, name ?? shorten(iri)]));
  }

  private look(iris: readonly string[]): void {
    const found = this.ask(iris.filter((iri) => !UNWRITABLE.test(iri)));
    for (const iri of iris) {
      this.known.set(
        iri,
        found.then(
          (names) => names.get(iri)?.name ?? shorten(iri),
          () => shorten(iri), // a name is a comfort; the answer stands without it
        ),
      );
    }
  }

  private async ask(iris: readonly string[]): Promise<Map<string, Candidate>> {
    const best = new Map<string, Candidate>();
    if (!iris.length) return best;
    const answer = await this.endpoint.ask({ sparql: query(iris) });
    for (const row of answer.kind === "table" ? answer.rows : []) {
      const candidate = this.candidate(row);
      const iri = row.terms.iri?.value ?? "";
      if (candidate.rank < (best.get(iri)?.rank ?? Number.POSITIVE_INFINITY)) {
        best.set(iri, candidate);
      }
    }
    return best;
  }

  private candidate({ terms }: Row): Candidate {
    const language = this.languages.indexOf(terms.name?.["xml:lang"] ?? "");
    const byLanguage = language < 0 ? this.languages.length : language;
    const name = terms.name?.value ?? "";
    const short = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
    return { rank: Number(terms.rank?.value) * 100 + byLanguage, name: short };
  }
}

function query(iris: readonly string[]): string {
  return `PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?iri ?rank ?name {
  VALUES ?iri { ${iris.map((iri) => `<${iri}>`).join(" ")} }
  VALUES (?property ?rank) { (skos:prefLabel 1) (rdfs:label 2) (dcterms:title 3) (schema:text 4) (dcterms:description 5) }
  ?iri ?property ?name
}`;
}
