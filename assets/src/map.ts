/** The states of the rows on a map, shaded by a number or by how many rows name them. */

import { geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import { type Column, columnsOf, first, isPlace } from "./columns";
import { svg } from "./dom";
import type { Endpoint, Row, Table } from "./endpoint";
import { type Picture, picture } from "./picture";
import { pageData, say } from "./words";

const WIDTH = 960;
const HEIGHT = 440;
const SHADES = 5;
/** Square pixels of a land below which a dot stands for it. */
const SMALL = 14;

interface Places {
  readonly place: Column;
  readonly number: Column | undefined;
}

/** The columns that a map needs, or nothing. */
export function mappable(table: Table): Places | undefined {
  const columns = columnsOf(table);
  const place = first(columns, (column) => column.isPlaces);
  return place && { place, number: first(columns, (column) => column.kind === "number") };
}

export async function map(table: Table, endpoint: Endpoint): Promise<Picture> {
  const places = mappable(table);
  if (!places) throw new Error("a map needs states");
  const [codes, lands] = await Promise.all([codesOf(endpoint), world()]);
  const values = valuesOf(table, places, codes);
  const most = Math.max(1, ...values.values());
  const path = geoPath(
    geoEqualEarth().fitExtent(
      [
        [4, 4],
        [WIDTH - 4, HEIGHT - 4],
      ],
      { type: "FeatureCollection", features: lands },
    ),
  );
  const marks = lands.map((land) => mark(land, values.get(String(land.id)), most, path));
  const marked = lands.filter((land) => values.has(String(land.id))).length;
  const title = places.number
    ? say("{number} by state", { number: places.number.variable })
    : say("States by number of rows");
  const note = say("{shown} of {all} states are on the map; darker is more, up to {most}.", {
    shown: marked,
    all: values.size,
    most,
  });
  return picture({ name: "map", title, note, width: WIDTH, height: HEIGHT, content: marks });
}

/** By numeric code of ISO 3166 (M49): the number of the row, or the rows that name it. */
function valuesOf(
  table: Table,
  { place, number }: Places,
  codes: ReadonlyMap<string, string>,
): Map<string, number> {
  const values = new Map<string, number>();
  for (const row of table.rows) {
    const told = row.terms[place.variable];
    if (told === undefined || !isPlace(told)) continue;
    const code = codes.get(told.value) ?? told.value;
    const added = number ? Number(row.terms[number.variable]?.value ?? 0) : 1;
    values.set(code, (values.get(code) ?? 0) + added);
  }
  return values;
}

function mark(
  land: Feature<Geometry, { name: string }>,
  value: number | undefined,
  most: number,
  path: ReturnType<typeof geoPath>,
): SVGElement {
  const shade = value === undefined ? 0 : Math.max(1, Math.ceil((value / most) * SHADES));
  const told = value === undefined ? land.properties.name : `${land.properties.name}: ${value}`;
  const title = svg("title", {}, told);
  if (shade > 0 && path.area(land) < SMALL) {
    const [x = 0, y = 0] = path.centroid({ type: "Point", coordinates: geoCentroid(land) });
    return svg("circle", { class: `land shade-${shade}`, cx: x, cy: y, r: 4 }, title);
  }
  return svg("path", { class: `land shade-${shade}`, d: path(land) ?? "" }, title);
}

async function world(): Promise<Feature<Geometry, { name: string }>[]> {
  const { default: atlas } = await import("world-atlas/countries-50m.json");
  const topology = atlas as unknown as Topology<{
    countries: GeometryCollection<{ name: string }>;
  }>;
  const lands = feature(topology, topology.objects.countries) as FeatureCollection<
    Geometry,
    { name: string }
  >;
  return lands.features.filter((land) => land.properties.name !== "Antarctica");
}

/** Numeric codes by IRI and by letters. */
async function codesOf(endpoint: Endpoint): Promise<Map<string, string>> {
  const { base } = pageData();
  const answer = await endpoint.ask({
    sparql: `SELECT ?iri ?letters ?digits { ?iri <${base}def/iso3> ?letters ; <${base}def/m49> ?digits }`,
  });
  const codes = new Map<string, string>();
  const value = (row: Row, name: string) => row.terms[name]?.value ?? "";
  for (const row of answer.kind === "table" ? answer.rows : []) {
    codes.set(value(row, "iri"), value(row, "digits"));
    codes.set(value(row, "letters"), value(row, "digits"));
  }
  return codes;
}
