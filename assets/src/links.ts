/** Links to an answer: to share, to pin to a release, to download, to cite. */

import { html } from "./dom";
import { type Answer, LONGEST_ADDRESS, parametersOf, type Query } from "./endpoint";
import { pageData, say } from "./words";

const TABLES = ["csv", "tsv", "json", "xml"];
const TRUTHS = ["json", "xml"];
const GRAPHS = ["turtle", "ntriples", "jsonld", "rdfxml"];

export function linksOf(answer: Answer, query: Query): HTMLElement {
  const { endpoint, cite, release } = pageData();
  if (!endpoint || !cite) return html("div"); // without a server there is no address to give
  const plain = parametersOf({ ...query, isExplained: false });
  if (plain.toString().length > LONGEST_ADDRESS) {
    return html(
      "p",
      { class: "links" },
      say("The query is too long for an address; send it by POST."),
    );
  }
  const address = (at: string, more: Record<string, string>) => {
    const parameters = new URLSearchParams(plain);
    for (const [name, value] of Object.entries(more)) parameters.set(name, value);
    return `${at}?${parameters}`;
  };
  const link = (text: string, href: string) => html("a", { href }, text);
  const formats = answer.kind === "table" ? TABLES : answer.kind === "boolean" ? TRUTHS : GRAPHS;
  const files = formats.map((format) => link(format, address(endpoint, { format })));
  const cited =
    answer.kind === "text"
      ? []
      : [link("BibTeX", address(cite, {})), link("CSL-JSON", address(cite, { format: "csl" }))];
  if (answer.kind === "table") cited.push(link("CSVW", address(cite, { format: "csvw" })));
  return html(
    "dl",
    { class: "links" },
    ...entry(say("Share"), [copier(), link(say("This release"), address(endpoint, { release }))]),
    ...entry(say("Download"), files),
    ...(cited.length ? entry(say("Cite"), cited) : []),
  );
}

function entry(name: string, links: readonly HTMLElement[]): HTMLElement[] {
  const parts = links.flatMap((link, index) => (index ? [" · ", link] : [link]));
  return [html("dt", {}, name), html("dd", {}, ...parts)];
}

function copier(): HTMLElement {
  const button = html("button", { type: "button", class: "quiet" }, say("Copy the address"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    button.textContent = say("Copied");
  });
  return button;
}
