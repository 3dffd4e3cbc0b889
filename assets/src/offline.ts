/**
 * The site in one file: its pages, search and engine stand packed in the file itself,
 * and the part of the address behind `#` tells which page is shown.
 */

import { html, one } from "./dom";
import { Editor } from "./editor";
import { Finder, type Index, showHits } from "./finding";
import { WorkerEndpoint } from "./local";
import { type Memory, QueryPage } from "./page";
import { pageData, say } from "./words";

/** A page: its title, and what stands in its main part. */
type Content = readonly [string, string];
type Shard = Readonly<Record<string, Content>>;

function bytes(id: string): ArrayBuffer {
  const text = atob(one<HTMLScriptElement>(`#${id}`).textContent ?? "");
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;
}

async function unpacked(id: string): Promise<Blob> {
  const stream = new Blob([bytes(id)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).blob();
}

async function json<T>(id: string): Promise<T> {
  return JSON.parse(await (await unpacked(id)).text()) as T;
}

/** Make a promise once, when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const places = once(() => json<Readonly<Record<string, number | string>>>("addresses"));
const finder = once(async () => new Finder(await json<Index>("finding")));
const completion = once(async () => URL.createObjectURL(await unpacked("completion")));
const endpoint = once(async () => {
  const program = URL.createObjectURL(await unpacked("engine"));
  const wasm = await (await unpacked("wasm")).arrayBuffer();
  const { base, prefixes } = pageData();
  return new WorkerEndpoint(program, { wasm, data: bytes("graph"), base, prefixes });
});
const shards = new Map<number, () => Promise<Shard>>();

async function pageAt(address: string): Promise<Content | undefined> {
  const number = (await places())[address];
  if (number === undefined) return undefined;
  if (typeof number === "string") return pageAt(number);
  const known = shards.get(number) ?? once(() => json<Shard>(`shard-${number}`));
  shards.set(number, known);
  return (await known())[address];
}

/** What the part behind `#` says: the address of a page, its parameters, and a place in it. */
function asked(): { address: string; parameters: URLSearchParams; place: string } {
  const [whole = "", place = ""] = location.hash.slice(1).split("#");
  const [path, parameters] = whole.split("?");
  return {
    address: decodeURI(path || "/"),
    parameters: new URLSearchParams(parameters),
    place,
  };
}

const MEMORY: Memory = {
  read: () => asked().parameters,
  write: (parameters) => history.replaceState(null, "", `#/sparql?${parameters}`),
};

async function show(hasMoved: boolean): Promise<void> {
  const { address, parameters, place } = asked();
  const [title, text] = (await pageAt(address)) ?? missing(address);
  const main = one<HTMLElement>("#main");
  // The pages are the site's own, written by its templates, which escape all that comes from data.
  main.innerHTML = text;
  document.title =
    new DOMParser().parseFromString(title, "text/html").documentElement.textContent ?? "";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === `#${address}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (address === "/search") {
    showHits(await finder(), parameters.get("q") ?? "", (target) => `#${target}`);
  } else if (address === "/sparql") {
    await query(parameters);
  }
  if (hasMoved) {
    main.tabIndex = -1; // so that reading goes on at the new page
    main.focus({ preventScroll: true });
  }
  const target = place && document.getElementById(place);
  if (target) target.scrollIntoView();
  else scrollTo(0, 0);
}

async function query(parameters: URLSearchParams): Promise<void> {
  pageData().vocabulary = await completion();
  const page = new QueryPage(await endpoint(), (wishes) => new Editor(wishes), MEMORY);
  await page.start(parameters.get("question") ?? "");
}

function missing(address: string): Content {
  const { base } = pageData();
  const told = say("Only a server can answer this. The public site is at {address}.", {
    address: base.replace(/\/$/, "") + address,
  });
  return ["iisgraph", html("p", { class: "note" }, told).outerHTML];
}

/** Forms ask by address, as links do. */
function submitted(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented) return;
  event.preventDefault();
  const parameters = new URLSearchParams();
  for (const [name, value] of new FormData(form)) parameters.set(name, String(value));
  const action = form.getAttribute("action") ?? "";
  location.hash = `${action.startsWith("#") ? action : `#${action}`}?${parameters}`;
}

/** Links to places in the page keep the page. */
function clicked(event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLAnchorElement>(
    'a[href^="#"]:not([href^="#/"])',
  );
  if (!link) return;
  event.preventDefault();
  const target = document.getElementById(link.hash.slice(1));
  target?.scrollIntoView();
  if (target) {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
}

addEventListener("hashchange", () => void show(true));
addEventListener("submit", submitted);
addEventListener("click", clicked);
void show(false);
