/** The query page at work: runs queries, shows answers in several ways, keeps the address true. */

import type { Vocabulary } from "./completion";
import { html, one } from "./dom";
import type { Editor, Marked, Wishes } from "./editor";
import { type Answer, type Endpoint, Mistake, type Query, type Table } from "./endpoint";
import { linksOf } from "./links";
import { Names } from "./names";
import { textsOf } from "./table";
import { draw, VIEWS, type View } from "./views";
import { pageData, say } from "./words";

/** What the editor completes from, and the saved questions by name. */
interface Helped extends Vocabulary {
  readonly questions: Readonly<Record<string, string>>;
}

/** Where a page keeps what was asked, so that it can be shared and gone back to. */
export interface Memory {
  read(): URLSearchParams;
  write(parameters: URLSearchParams): void;
}

/** The address bar. */
export const ADDRESS_BAR: Memory = {
  read: () => new URLSearchParams(location.search),
  write: (parameters) => {
    const address = `${location.pathname}?${parameters}`;
    if (address !== location.pathname + location.search) history.pushState(null, "", address);
  },
};

export class QueryPage {
  private readonly form = one<HTMLFormElement>("#query-form");
  private readonly area = one<HTMLTextAreaElement>("#query");
  private readonly result = one<HTMLElement>("#result");
  private readonly status = html("p", { role: "status", class: "count" });
  private readonly stop = html(
    "button",
    { type: "button", class: "quiet", hidden: true },
    say("Stop"),
  );
  private readonly editor: Editor;
  private readonly names: Names;
  private running: AbortController | undefined;
  private view: View = "table";

  constructor(
    private readonly endpoint: Endpoint,
    make: (wishes: Wishes) => Editor,
    private readonly memory: Memory = ADDRESS_BAR,
  ) {
    this.names = new Names(endpoint, pageData().languages);
    const label = this.area.labels?.[0];
    this.editor = make({
      label: `${label?.textContent ?? ""} (SPARQL). ${say("Ctrl+Enter runs it, Ctrl+Space completes.")}`,
      text: this.area.value,
      run: () => this.form.requestSubmit(),
    });
    label?.addEventListener("click", () => this.editor.focus());
  }

  /** Take the place of the plain form, and answer what the address asks. */
  async start(question = ""): Promise<void> {
    this.area.hidden = true;
    this.area.required = false; // what is hidden could not be pointed at
    this.area.after(this.editor.element);
    this.form.after(this.stop, this.status);
    this.stop.addEventListener("click", () => this.running?.abort());
    this.form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("popstate", () => this.restore());
    this.restore();
    const helped = await this.help();
    const sparql = helped?.questions[question];
    if (sparql) this.editor.text = sparql;
  }

  private restore(): void {
    const asked = this.memory.read();
    const view = asked.get("view") as View | null;
    this.view = view && VIEWS.includes(view) ? view : "table";
    const query = asked.get("query");
    if (query === null) return;
    if (query !== this.editor.text) this.editor.text = query;
    for (const [name, value] of asked) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) {
        if (field.type === "checkbox") field.checked = value === "1";
        else field.value = value;
      }
    }
    this.run();
  }

  /** A page is shown here; other formats are left to the browser, which downloads them. */
  private submitted(event: Event): void {
    this.area.value = this.editor.text;
    if (new FormData(this.form).get("format") !== "html") return;
    event.preventDefault();
    this.run();
  }

  private query(): Query {
    const asked = new FormData(this.form);
    return {
      sparql: this.editor.text,
      isTraced: asked.get("provenance") === "1",
      isExplained: true,
      asOf: String(asked.get("asOf") ?? ""),
    };
  }

  private async run(): Promise<void> {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const query = this.query();
    this.remember(query);
    this.editor.mark([]);
    this.status.textContent = say("Running…");
    this.stop.hidden = false;
    const started = performance.now();
    try {
      const answer = await this.endpoint.ask(query, running.signal);
      await this.show(answer, query, performance.now() - started);
    } catch (error) {
      if (this.running === running) this.refuse(error);
    } finally {
      if (this.running === running) this.stop.hidden = true;
    }
  }

  private remember(query: Query): void {
    const parameters = new URLSearchParams({ query: query.sparql });
    if (query.isTraced) parameters.set("provenance", "1");
    if (query.asOf) parameters.set("asOf", query.asOf);
    if (this.view !== "table") parameters.set("view", this.view);
    this.memory.write(parameters);
  }

  private refuse(error: unknown): void {
    const isStopped = error instanceof DOMException && error.name === "AbortError";
    this.status.textContent = isStopped ? say("Stopped.") : "";
    if (isStopped) return;
    const { message, line, column, token } =
      error instanceof Mistake ? error : new Mistake(String(error));
    const place = line
      ? ` (${say("line {line}, column {column}", { line, column: column ?? 1 })})`
      : "";
    this.result.replaceChildren(html("p", { class: "note", role: "alert" }, message, place));
    if (line) {
      const marked = { message, line, severity: "error" as const, ...(column ? { column } : {}) };
      this.editor.mark([token ? { ...marked, token } : marked]);
      this.editor.focus();
    }
  }

  private async show(answer: Answer, query: Query, took: number): Promise<void> {
    const seconds = (took / 1000).toFixed(2);
    const links = linksOf(answer, query);
    if (answer.kind !== "table") {
      const shown =
        answer.kind === "boolean"
          ? html("p", { class: "boolean" }, answer.value ? say("Yes") : say("No"))
          : html("pre", { class: "text", tabindex: 0 }, answer.text);
      this.status.textContent = say("Answered in {seconds} s.", { seconds });
      this.result.replaceChildren(shown, links);
      return;
    }
    const marked: Marked[] = answer.remarks.map((remark) => ({ ...remark, severity: "warning" }));
    this.editor.mark(marked);
    const rows = answer.rows.length;
    this.status.textContent = say("Rows: {rows}, in {seconds} s.", { rows, seconds });
    const place = html("div", { id: "view" });
    const remarks = marked.map(({ message, line, column }) =>
      html(
        "li",
        {},
        message,
        line ? ` (${say("line {line}, column {column}", { line, column: column ?? 1 })})` : "",
      ),
    );
    const told = remarks.length ? [html("ul", { class: "warnings" }, ...remarks)] : [];
    this.result.replaceChildren(...told, this.chooser(answer, query, place), place, links);
    await this.turn(answer, query, this.view, place);
  }

  /** The ways to see a table; those that its columns do not allow cannot be chosen. */
  private chooser(table: Table, query: Query, place: HTMLElement): HTMLElement {
    const choices = VIEWS.map((view) => {
      const isOff = !draw[view].fits(table);
      const input = html("input", { type: "radio", name: "view", value: view, disabled: isOff });
      input.checked = view === this.view && !isOff;
      input.addEventListener("change", () => this.turn(table, query, view, place));
      const title = isOff ? draw[view].needs() : undefined;
      return html(
        "label",
        { class: isOff ? "off" : undefined, title },
        input,
        ` ${draw[view].label()}`,
      );
    });
    return html("fieldset", { class: "views" }, html("legend", {}, say("Show as")), ...choices);
  }

  private async turn(table: Table, query: Query, view: View, place: HTMLElement): Promise<void> {
    const chosen = draw[view].fits(table) ? view : "table";
    if (chosen !== this.view) {
      this.view = chosen;
      this.remember(query);
    }
    const input = this.result.querySelector<HTMLInputElement>(`input[value="${chosen}"]`);
    if (input) input.checked = true;
    const reader = (terms: Parameters<typeof textsOf>[0]) => textsOf(terms, this.names);
    const drawn = await draw[chosen].draw({
      table,
      names: this.names,
      reader,
      endpoint: this.endpoint,
    });
    if (this.view === chosen) place.replaceChildren(drawn);
  }

  /** Fetch what the editor completes from, and let questions be opened without leaving. */
  private async help(): Promise<Helped | undefined> {
    const { vocabulary, prefixes } = pageData();
    const response = await fetch(vocabulary);
    if (!response.ok) return undefined; // the page works without
    const helped = (await response.json()) as Helped;
    this.editor.complete(helped, Object.keys(prefixes));
    const choice = document.querySelector<HTMLFormElement>("#question-form");
    choice?.addEventListener("submit", (event) => {
      const sparql = helped.questions[String(new FormData(choice).get("question"))];
      if (sparql === undefined) return;
      event.preventDefault();
      this.editor.text = sparql;
      this.run();
      this.editor.focus();
    });
    return helped;
  }
}
