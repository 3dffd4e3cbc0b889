/** Things by name without a server: the words of a question in any order, small mistakes forgiven. */

import { html, one } from "./dom";
import { say } from "./words";

/** Address, name, class by number, year, how often it is pointed to, and other names and codes. */
type Row = readonly [string, string, number, number, number, ...string[]];

export interface Index {
  readonly classes: readonly string[];
  readonly things: readonly Row[];
}

export interface Hit {
  readonly address: string;
  readonly name: string;
  readonly kind: string;
  readonly year: number;
  /** The text that answers, if it is not the name. */
  readonly text: string;
}

const MOST = 100;

/** A text as it is compared: small letters, without accents, signs as spaces. */
export function fold(text: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

export class Finder {
  private readonly folded: readonly (readonly string[])[];

  constructor(private readonly index: Index) {
    this.folded = index.things.map(([, name, , , , ...texts]) => [name, ...texts].map(fold));
  }

  /** The best answers; what is only spelled alike if nothing is written so. */
  find(text: string): Hit[] {
    const asked = fold(text);
    if (!asked) return [];
    const hits = this.ranked((name) => score(name, asked));
    return hits.length ? hits : this.ranked((name) => likeness(name, asked));
  }

  private ranked(score: (name: string) => number): Hit[] {
    const found = this.folded.flatMap((names, number) => {
      const scores = names.map(score);
      const best = Math.max(...scores);
      const row = this.index.things[number];
      if (best <= 0 || !row) return [];
      return [{ row, at: scores.indexOf(best), value: best + Math.log10(1 + row[4]) / 10 }];
    });
    found.sort((a, b) => b.value - a.value || a.row[1].localeCompare(b.row[1]));
    return found.slice(0, MOST).map(({ row, at }) => ({
      address: row[0],
      name: row[1],
      kind: this.index.classes[row[2]] ?? "",
      year: row[3],
      text: at > 0 ? String(row[4 + at]) : "",
    }));
  }
}

/** How well a name answers: whole, from its beginning, or by all words; 0 if not. */
function score(name: string, asked: string): number {
  if (name === asked) return 4;
  if (name.startsWith(asked)) return 3;
  const words = asked.split(" ");
  if (words.every((word) => ` ${name}`.includes(` ${word}`))) return 2;
  const isWithoutSpaces = /[\p{Script=Han}]/u.test(asked); // there words begin anywhere
  return isWithoutSpaces && name.includes(asked) ? 2 : 0;
}

function likeness(name: string, asked: string): number {
  const words = name.split(" ");
  const best = asked.split(" ").map((token) => {
    const allowed = token.length < 4 ? 0 : token.length < 8 ? 1 : 2;
    const distances = words.map((word) => distance(token, word, allowed));
    const least = Math.min(...distances);
    return least > allowed ? 0 : 1 - least / token.length;
  });
  return best.every((value) => value > 0) ? best.reduce((a, b) => a + b, 0) / best.length : 0;
}

/** Letters to put in, leave out or change between two words; more than allowed counts as one more. */
function distance(a: string, b: string, allowed: number): number {
  if (Math.abs(a.length - b.length) > allowed) return allowed + 1;
  let before = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const [left, up, corner] = [now[column - 1], before[column], before[column - 1]];
      now.push(Math.min((left ?? 0) + 1, (up ?? 0) + 1, (corner ?? 0) + change));
    }
    before = now;
  }
  return before[b.length] ?? allowed + 1;
}

/** Show on the search page what answers a question. */
export function showHits(finder: Finder, asked: string, lead: (address: string) => string): void {
  const main = one<HTMLElement>("main");
  const input = one<HTMLInputElement>("#q", main);
  input.value = asked;
  if (!asked) return;
  const hits = finder.find(asked);
  const told = hits.length ? say("Results: {n}", { n: hits.length }) : say("Nothing found.");
  const items = hits.map(({ address, name, kind, year, text }) => {
    const about = [kind, year ? String(year) : ""].filter(Boolean).join(", ");
    const link = html("a", { href: lead(address) }, name);
    const matched = text ? [" ", html("span", { class: "matched" }, text)] : [];
    return html("li", {}, link, " ", html("span", { class: "kind" }, about), ...matched);
  });
  const status = html("p", { class: "count", role: "status" }, told);
  const list = html("ol", { class: "hits" }, ...items);
  main.querySelector("#hits")?.remove();
  main.append(html("div", { id: "hits" }, status, list));
}
