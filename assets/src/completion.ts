/** What can stand at the cursor: terms of the graph, prefixes, variables and keywords. */

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

/** A class or property that the graph uses, and how often. */
export interface TermUse {
  readonly name: string;
  readonly label: string;
  readonly about: string;
  readonly count: number;
}

/** What the service tells of itself, made short for an editor. */
export interface Vocabulary {
  readonly classes: readonly TermUse[];
  readonly properties: readonly TermUse[];
  /** By class: how often its instances have which property. */
  readonly uses: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const KEYWORDS =
  "SELECT ASK CONSTRUCT DESCRIBE DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND AS " +
  "LIMIT OFFSET ORDER BY GROUP HAVING ASC DESC EXISTS NOT IN PREFIX COUNT SUM MIN MAX AVG SAMPLE " +
  "GROUP_CONCAT STR LANG LANGMATCHES DATATYPE BOUND IRI COALESCE IF STRLEN SUBSTR UCASE LCASE " +
  "STRSTARTS STRENDS CONTAINS REGEX REPLACE YEAR MONTH DAY isIRI isLiteral";
const WORD = /[?$]?[\w-]*:?[\w-]*$/;
const CLASS_OF = /([?$]\w+)\s+(?:a|rdf:type)\s+([\w-]+:[\w-]+)/g;

/** What may come next in a triple pattern. */
export type Position = "start" | "class" | "property" | "value";

/** The place of the cursor in its triple pattern, from the text before the word at it. */
export function positionAt(before: string): Position {
  const text = before.replace(/#[^\n>]*$/gm, "");
  const pattern = text.split(/[{}]|\.(?=\s|$)|(?:\))(?=\s)/).pop() ?? "";
  const tokens = pattern.match(/"[^"]*"\S*|<[^>]*>|[;,]|[^\s;,]+/g) ?? [];
  const last = tokens.at(-1);
  if (last === "a" || last === "rdf:type") return "class";
  if (last === ";" || (tokens.length === 1 && /^[?$<]|:/.test(last ?? ""))) return "property";
  return tokens.length === 0 ? "start" : "value";
}

/** The subject of the pattern that the cursor is in. */
function subjectAt(before: string): string | undefined {
  const pattern = before.split(/[{}]|\.(?=\s|$)/).pop() ?? "";
  return pattern.match(/^\s*(\S+)/)?.[1];
}

/** Completes from a vocabulary. */
export function completer(vocabulary: Vocabulary, prefixes: readonly string[]) {
  const classes = vocabulary.classes.map((use) => option(use, "class", use.count));
  const keywords: Completion[] = KEYWORDS.split(" ").map((label) => ({ label, type: "keyword" }));
  const spaces: Completion[] = prefixes.map((name) => ({
    label: `${name}:`,
    type: "namespace",
    boost: -20,
  }));

  function properties(text: string, before: string): Completion[] {
    const subject = subjectAt(before);
    const kinds = [...text.matchAll(CLASS_OF)].filter(([, of]) => of === subject);
    const uses = kinds.map(([, , kind]) => vocabulary.uses[kind ?? ""] ?? {});
    return vocabulary.properties.map((use) => {
      const own = Math.max(0, ...uses.map((counts) => counts[use.name] ?? 0));
      return option(use, "property", own ? 1e9 + own : use.count);
    });
  }

  return (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const word = context.matchBefore(WORD);
    const from = word?.from ?? context.pos;
    const before = text.slice(0, from);
    if (!context.explicit && (!word || word.from === word.to)) {
      if (!/(\sa|;)\s$/.test(before)) return null;
    }
    if (word?.text.match(/^[?$]/)) return { from, options: variables(text, word.text) };
    const place = positionAt(before);
    if (place === "class") return { from, options: [...classes, ...spaces] };
    if (place === "property") return { from, options: [...properties(text, before), ...spaces] };
    return { from, options: [...keywords, ...spaces, ...variables(text, "")] };
  };
}

function option(use: TermUse, type: string, weight: number): Completion {
  return {
    label: use.name,
    detail: use.label,
    type,
    boost: Math.min(99, Math.log2(1 + weight) * 2.5),
    ...(use.about ? { info: use.about } : {}),
  };
}

function variables(text: string, typed: string): Completion[] {
  const found = new Set(text.match(/[?$]\w+/g) ?? []);
  found.delete(typed);
  return [...found].map((label) => ({ label, type: "variable" }));
}
