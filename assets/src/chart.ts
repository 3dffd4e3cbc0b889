/** A bar for each row: a name and a number. */

import { scaleLinear } from "d3-scale";
import { type Column, columnsOf, first } from "./columns";
import { svg } from "./dom";
import type { Table } from "./endpoint";
import { type Picture, picture, type Reader } from "./picture";
import { say } from "./words";

const MOST = 60;
const WIDTH = 860;
const BAR = 22;
const NAMES = 270;
const RIGHT = 70;

interface Bars {
  readonly name: Column;
  readonly number: Column;
}

/** The columns that a chart needs, or nothing. */
export function chartable(table: Table): Bars | undefined {
  const columns = columnsOf(table);
  const number = first(columns, (column) => column.kind === "number");
  const name =
    first(columns, (column) => column.kind === "text") ??
    first(columns, (column) => column.kind !== "number") ??
    first(columns, () => true, number);
  return number && name ? { name, number } : undefined;
}

export async function chart(table: Table, reader: Reader): Promise<Picture> {
  const bars = chartable(table);
  if (!bars) throw new Error("a chart needs a number");
  const rows = table.rows.slice(0, MOST);
  const texts = await reader(rows.map((row) => row.terms[bars.name.variable]));
  const numbers = rows.map((row) => Number(row.terms[bars.number.variable]?.value ?? 0));
  const scale = scaleLinear(
    [Math.min(0, ...numbers), Math.max(1, ...numbers)],
    [NAMES, WIDTH - RIGHT],
  ).nice();
  const groups = rows.map((row, index) => {
    const y = index * BAR;
    const [from, to] = [scale(0), scale(numbers[index] ?? 0)].sort((a, b) => a - b) as [
      number,
      number,
    ];
    const value = row.terms[bars.number.variable]?.value ?? "";
    return svg(
      "g",
      {},
      svg("text", { x: NAMES - 10, y: y + 15, "text-anchor": "end" }, short(texts[index] ?? "")),
      svg("rect", {
        class: "bar-mark",
        x: from,
        y: y + 3,
        width: Math.max(1, to - from),
        height: BAR - 7,
      }),
      svg("text", { class: "figure", x: to + 6, y: y + 15 }, value),
    );
  });
  const left = table.rows.length - rows.length;
  return picture({
    name: "chart",
    title: say("{number} by {name}", { number: bars.number.variable, name: bars.name.variable }),
    note:
      left > 0
        ? say("The first {shown} of {all} rows.", { shown: MOST, all: table.rows.length })
        : "",
    width: WIDTH,
    height: rows.length * BAR + 8,
    content: groups,
  });
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
