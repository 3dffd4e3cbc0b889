/** A line for each row that has a date: from its first day to its last, or a point. */

import { scaleUtc } from "d3-scale";
import { type Column, columnsOf, first, spanOf } from "./columns";
import { svg } from "./dom";
import type { Row, Table } from "./endpoint";
import { type Picture, picture, type Reader } from "./picture";
import { say } from "./words";

const MOST = 120;
const WIDTH = 860;
const LINE = 20;
const NAMES = 270;
const TOP = 26;
const YEAR = 365.25 * 86_400_000;

interface Times {
  readonly name: Column;
  readonly start: Column;
  readonly end: Column | undefined;
}

interface Event {
  readonly row: Row;
  readonly from: number;
  readonly to: number;
}

/** The columns that a timeline needs, or nothing. */
export function timeable(table: Table): Times | undefined {
  const columns = columnsOf(table);
  const start = first(columns, (column) => column.kind === "date");
  const name =
    first(columns, (column) => column.kind === "text") ??
    first(columns, (column) => column.kind === "thing") ??
    first(columns, () => true);
  if (!start || !name) return undefined;
  return { name, start, end: first(columns, (column) => column.kind === "date", start) };
}

export async function timeline(table: Table, reader: Reader): Promise<Picture> {
  const times = timeable(table);
  if (!times) throw new Error("a timeline needs a date");
  const events = eventsOf(table, times);
  const shown = events.slice(0, MOST);
  const texts = await reader(shown.map(({ row }) => row.terms[times.name.variable]));
  const from = Math.min(...shown.map((event) => event.from));
  const to = Math.max(...shown.map((event) => event.to));
  const scale = scaleUtc([from - YEAR / 4, to + YEAR / 4], [NAMES, WIDTH - 20]);
  const height = TOP + shown.length * LINE + 8;
  const ticks = scale
    .ticks(8)
    .map((tick) =>
      svg(
        "g",
        { class: "tick" },
        svg("line", { x1: scale(tick), x2: scale(tick), y1: TOP - 6, y2: height }),
        svg("text", { x: scale(tick), y: 14, "text-anchor": "middle" }, label(tick, to - from)),
      ),
    );
  const lines = shown.map((event, index) =>
    line(event, texts[index] ?? "", TOP + index * LINE, scale),
  );
  const left = events.length - shown.length;
  return picture({
    name: "timeline",
    title: say("{name} over time", { name: times.name.variable }),
    note:
      left > 0 ? say("The first {shown} of {all} rows.", { shown: MOST, all: events.length }) : "",
    width: WIDTH,
    height,
    content: [...ticks, ...lines],
  });
}

/** What has a date, earliest first; an end before its start is taken as not told. */
function eventsOf(table: Table, { start, end }: Times): Event[] {
  const events = table.rows.flatMap((row) => {
    const began = row.terms[start.variable];
    if (!began) return [];
    const [from, latest] = spanOf(began.value);
    const ended = end && row.terms[end.variable];
    const last = ended ? spanOf(ended.value)[1] : latest;
    return [{ row, from, to: Math.max(from, last) }];
  });
  return events.sort((a, b) => a.from - b.from || a.to - b.to);
}

function line(event: Event, text: string, y: number, scale: (at: number) => number): SVGGElement {
  const [from, to] = [scale(event.from), scale(event.to)];
  const told = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  const mark =
    to - from < 8
      ? svg("circle", { class: "bar-mark", cx: (from + to) / 2, cy: y + 9, r: 5 })
      : svg("rect", { class: "bar-mark", x: from, y: y + 4, width: to - from, height: 10, rx: 2 });
  return svg("g", {}, svg("text", { x: NAMES - 10, y: y + 14, "text-anchor": "end" }, told), mark);
}

function label(tick: Date, span: number): string {
  return tick.toISOString().slice(0, span > 3 * YEAR ? 4 : span > YEAR / 4 ? 7 : 10);
}
