/** Two columns of things as a network: what stands in one row is joined. */

import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from "d3-force";
import { type Column, columnsOf, first } from "./columns";
import { svg } from "./dom";
import type { Table, Term } from "./endpoint";
import { type Picture, picture, type Reader } from "./picture";
import { addressOf, say } from "./words";

const MOST = 250;
const STEPS = 250;
const MARGIN = 40;
/** Pixels between things that are joined: where they are few, there is room for their names. */
const APART = { few: 130, many: 70, upTo: 40 };
/** Things up to which each has its name beside it. */
const NAMED = 120;

interface Ends {
  readonly from: Column;
  readonly to: Column;
}

interface Thing extends SimulationNodeDatum {
  readonly term: Term;
  degree: number;
}

type Tie = SimulationLinkDatum<Thing> & { readonly source: Thing; readonly target: Thing };

/** The columns that a network needs, or nothing. */
export function connectable(table: Table): Ends | undefined {
  const columns = columnsOf(table);
  const from = first(columns, (column) => column.kind === "thing");
  const to = first(columns, (column) => column.kind === "thing", from);
  return from && to ? { from, to } : undefined;
}

export async function network(table: Table, reader: Reader): Promise<Picture> {
  const ends = connectable(table);
  if (!ends) throw new Error("a network needs two columns of things");
  const { things, ties, isCut } = gather(table, ends);
  place(things, ties);
  const names = await reader(things.map((thing) => thing.term));
  const box = boundsOf(things);
  const x = (thing: Thing) => (thing.x ?? 0) - box.left + MARGIN;
  const y = (thing: Thing) => (thing.y ?? 0) - box.top + MARGIN;
  const lines = ties.map(({ source, target }) =>
    svg("line", { class: "tie", x1: x(source), y1: y(source), x2: x(target), y2: y(target) }),
  );
  const busiest = [...things].sort((a, b) => b.degree - a.degree).slice(0, NAMED);
  const marks = things.map((thing, index) =>
    mark(thing, names[index] ?? "", x(thing), y(thing), busiest.includes(thing)),
  );
  return picture({
    name: "network",
    title: say("{from} and {to}", { from: ends.from.variable, to: ends.to.variable }),
    note: isCut ? say("The first {shown} things.", { shown: MOST }) : "",
    width: box.width + 2 * MARGIN + 160, // the names reach to the right of their dots
    height: box.height + 2 * MARGIN,
    content: [...lines, ...marks],
  });
}

function gather(table: Table, { from, to }: Ends) {
  const things = new Map<string, Thing>();
  const ties = new Map<string, Tie>();
  let isCut = false;
  const thing = (term: Term): Thing | undefined => {
    const known = things.get(term.value);
    if (known || things.size >= MOST) return known;
    const made: Thing = { term, degree: 0 };
    things.set(term.value, made);
    return made;
  };
  for (const row of table.rows) {
    const [a, b] = [row.terms[from.variable], row.terms[to.variable]];
    const [source, target] = [a && thing(a), b && thing(b)];
    isCut ||= Boolean((a && !source) || (b && !target));
    if (!source || !target || source === target) continue;
    const key = `${source.term.value} ${target.term.value}`;
    if (ties.has(key)) continue;
    ties.set(key, { source, target });
    source.degree += 1;
    target.degree += 1;
  }
  return { things: [...things.values()], ties: [...ties.values()], isCut };
}

/** Let the forces settle at once: nothing moves before the reader's eyes. */
function place(things: Thing[], ties: Tie[]): void {
  forceSimulation(things)
    .force(
      "ties",
      forceLink<Thing, Tie>(ties).distance(things.length > APART.upTo ? APART.many : APART.few),
    )
    .force("apart", forceManyBody().strength(-180))
    .force(
      "collide",
      forceCollide<Thing>((thing) => radius(thing) + 8),
    )
    .force("x", forceX().strength(0.06))
    .force("y", forceY().strength(0.09))
    .stop()
    .tick(STEPS);
}

function radius(thing: Thing): number {
  return 4 + Math.sqrt(thing.degree);
}

function boundsOf(things: readonly Thing[]) {
  const xs = things.map((thing) => thing.x ?? 0);
  const ys = things.map((thing) => thing.y ?? 0);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { left, top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}

function mark(thing: Thing, name: string, x: number, y: number, isNamed: boolean): SVGElement {
  const short = name.length > 28 ? `${name.slice(0, 27)}…` : name;
  const dot = svg(
    "circle",
    { class: "thing", cx: x, cy: y, r: radius(thing) },
    svg("title", {}, name),
  );
  const text = isNamed ? [svg("text", { x: x + radius(thing) + 3, y: y + 4 }, short)] : [];
  const href = addressOf(thing.term.value);
  return href
    ? svg("a", { href, "aria-label": isNamed ? undefined : name }, dot, ...text)
    : svg("g", {}, dot, ...text);
}
