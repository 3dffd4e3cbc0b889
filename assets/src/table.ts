/** Rows as a table: names instead of bare IRIs, sorted by a column, a page at a time. */

import { columnsOf } from "./columns";
import { html } from "./dom";
import type { Row, Source, Table, Term } from "./endpoint";
import type { Names } from "./names";
import { addressOf, say } from "./words";

const PAGE = 100;
const SOURCES = 3;

type Direction = "ascending" | "descending";

/** A table that draws itself anew when a reader sorts or turns a page. */
export class TableView {
  readonly element = html("div", { class: "rows" });
  private rows: readonly Row[];
  private page = 0;
  private sorted: { variable: string; direction: Direction } | undefined;
  private readonly numbers: ReadonlySet<string>;

  constructor(
    private readonly table: Table,
    private readonly names: Names,
  ) {
    this.rows = table.rows;
    const columns = columnsOf(table).filter((column) => column.kind === "number");
    this.numbers = new Set(columns.map((column) => column.variable));
  }

  /** Draw the rows of the page that is turned to. */
  async draw(): Promise<void> {
    const shown = this.rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    const terms = shown.flatMap((row) => Object.values(row.terms));
    const names = await this.names.of(iris(terms));
    const body = html("tbody", {}, ...shown.map((row) => this.row(row, names)));
    const head = html("thead", {}, html("tr", {}, ...this.heads()));
    const table = html("table", {}, head, body);
    const label = say("Rows");
    const frame = html(
      "div",
      { class: "wide", tabindex: 0, role: "region", "aria-label": label },
      table,
    );
    this.element.replaceChildren(frame, ...this.pager());
  }

  private heads(): HTMLElement[] {
    const heads = this.table.variables.map((variable) => {
      const button = html("button", { type: "button", class: "sort" }, variable);
      button.addEventListener("click", () => this.sort(variable));
      const direction = this.sorted?.variable === variable ? this.sorted.direction : undefined;
      return html("th", { scope: "col", "aria-sort": direction }, button);
    });
    return this.table.isTraced ? [...heads, html("th", { scope: "col" }, say("Sources"))] : heads;
  }

  private row(row: Row, names: ReadonlyMap<string, string>): HTMLElement {
    const cells = this.table.variables.map((variable) => {
      const term = row.terms[variable];
      const kind = this.numbers.has(variable) ? "number" : undefined;
      return html("td", { class: kind }, ...(term ? [shown(term, names)] : []));
    });
    return html("tr", {}, ...cells, ...(this.table.isTraced ? [sourceCell(row.sources)] : []));
  }

  private async sort(variable: string): Promise<void> {
    const isAgain = this.sorted?.variable === variable && this.sorted.direction === "ascending";
    this.sorted = { variable, direction: isAgain ? "descending" : "ascending" };
    const names = this.numbers.has(variable)
      ? new Map<string, string>()
      : await this.names.of(iris(this.table.rows.map((row) => row.terms[variable])));
    const order = comparer(variable, names, this.numbers.has(variable));
    this.rows = [...this.table.rows].sort(isAgain ? (a, b) => order(b, a) : order);
    this.page = 0;
    await this.draw();
    const at = this.table.variables.indexOf(variable);
    this.element.querySelectorAll<HTMLElement>("button.sort")[at]?.focus();
  }

  private pager(): HTMLElement[] {
    const pages = Math.ceil(this.rows.length / PAGE);
    if (pages < 2) return [];
    const turn = (by: number, name: string) => {
      const isEnd = this.page + by < 0 || this.page + by >= pages;
      const button = html("button", { type: "button", class: "quiet", disabled: isEnd }, name);
      button.addEventListener("click", async () => {
        this.page += by;
        await this.draw();
        this.element.querySelector<HTMLElement>(".wide")?.focus();
      });
      return button;
    };
    const from = this.page * PAGE + 1;
    const to = Math.min(this.rows.length, from + PAGE - 1);
    const told = say("Rows {from} to {to} of {all}", { from, to, all: this.rows.length });
    const previous = turn(-1, say("Previous"));
    return [html("p", { class: "pager" }, previous, html("span", {}, told), turn(1, say("Next")))];
  }
}

function iris(terms: readonly (Term | undefined)[]): string[] {
  return terms.flatMap((term) => (term?.type === "uri" ? [term.value] : []));
}

/** Texts to show for terms: the names of things, the values of literals. */
export async function textsOf(
  terms: readonly (Term | undefined)[],
  names: Names,
): Promise<string[]> {
  const named = await names.of(iris(terms));
  return terms.map((term) => (term ? (named.get(term.value) ?? term.value) : ""));
}

function shown(term: Term, names: ReadonlyMap<string, string>): HTMLElement {
  if (term.type !== "uri") {
    const language = term["xml:lang"];
    return html("span", { lang: language, dir: language === "ar" ? "rtl" : undefined }, term.value);
  }
  return anchor(term.value, names.get(term.value) ?? term.value);
}

function anchor(iri: string, text: string): HTMLElement {
  const href = addressOf(iri);
  const rel = href?.startsWith("http") ? "nofollow noopener external" : undefined;
  return href ? html("a", { href, title: iri, rel }, text) : html("span", { title: iri }, text);
}

function sourceCell(sources: readonly Source[]): HTMLElement {
  const items = sources.map((source) => {
    const link = anchor(source.source ?? source.graph, source.title ?? source.part ?? source.graph);
    const about = [source.publisher, source.date].filter(Boolean).join(", ");
    return html("li", {}, link, ...(about ? [` (${about})`] : []));
  });
  if (items.length <= SOURCES) return html("td", { class: "origin" }, html("ul", {}, ...items));
  const summary = html("summary", {}, say("{n} sources", { n: items.length }));
  return html("td", { class: "origin" }, html("details", {}, summary, html("ul", {}, ...items)));
}

function comparer(variable: string, names: ReadonlyMap<string, string>, isNumber: boolean) {
  const key = (row: Row) => {
    const term = row.terms[variable];
    return term ? (names.get(term.value) ?? term.value) : "";
  };
  if (isNumber) return (a: Row, b: Row) => Number(key(a)) - Number(key(b));
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return (a: Row, b: Row) => compare(key(a), key(b));
}
