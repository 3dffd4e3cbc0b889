/** The ways to see a table, each with what it needs; pictures are loaded when first asked for. */

import { columnsOf } from "./columns";
import type { Endpoint, Table } from "./endpoint";
import type { Names } from "./names";
import type { Reader } from "./picture";
import { TableView } from "./table";
import { say } from "./words";

export const VIEWS = ["table", "chart", "timeline", "map", "network"] as const;
export type View = (typeof VIEWS)[number];

/** What a view draws with. */
export interface Means {
  readonly table: Table;
  readonly names: Names;
  readonly reader: Reader;
  readonly endpoint: Endpoint;
}

interface Way {
  label(): string;
  /** What a table must have for it. */
  needs(): string;
  fits(table: Table): boolean;
  draw(means: Means): Promise<HTMLElement>;
}

function has(table: Table, kind: string, least = 1): boolean {
  return columnsOf(table).filter((column) => column.kind === kind).length >= least;
}

export const draw: Readonly<Record<View, Way>> = {
  table: {
    label: () => say("Table"),
    needs: () => "",
    fits: () => true,
    async draw({ table, names }) {
      const view = new TableView(table, names);
      await view.draw();
      return view.element;
    },
  },
  chart: {
    label: () => say("Chart"),
    needs: () => say("Needs a column of numbers."),
    fits: (table) => has(table, "number"),
    draw: async ({ table, reader }) => (await import("./chart")).chart(table, reader),
  },
  timeline: {
    label: () => say("Timeline"),
    needs: () => say("Needs a column of dates."),
    fits: (table) => has(table, "date"),
    draw: async ({ table, reader }) => (await import("./timeline")).timeline(table, reader),
  },
  map: {
    label: () => say("Map"),
    needs: () => say("Needs a column of states."),
    fits: (table) => columnsOf(table).some((column) => column.isPlaces),
    draw: async ({ table, endpoint }) => (await import("./map")).map(table, endpoint),
  },
  network: {
    label: () => say("Network"),
    needs: () => say("Needs two columns of things."),
    fits: (table) => has(table, "thing", 2),
    draw: async ({ table, reader }) => (await import("./network")).network(table, reader),
  },
};
