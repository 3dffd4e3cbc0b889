/** What the columns of a table hold, and so which pictures it can be shown as. */

import type { Table, Term } from "./endpoint";

export type Kind = "thing" | "number" | "date" | "text";

export interface Column {
  readonly variable: string;
  readonly kind: Kind;
  /** Whether most of its values are states or territories, by IRI or all by ISO 3166 code. */
  readonly isPlaces: boolean;
}

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long"]);
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"]);
const PLACE = /\/id\/(state|former-state|territory)\/[A-Z]{3}$/;
const DATE = /^-?\d{4}(-\d\d(-\d\d(T.*)?)?)?(Z|[+-]\d\d:\d\d)?$/;

/** The columns of a table; those without a value are texts. */
export function columnsOf(table: Table): Column[] {
  return table.variables.map((variable) => {
    const terms = table.rows.map((row) => row.terms[variable]).filter((term) => term !== undefined);
    const kind = kindOf(terms);
    return { variable, kind, isPlaces: terms.length > 0 && arePlaces(terms, kind) };
  });
}

function kindOf(terms: readonly Term[]): Kind {
  const all = (test: (term: Term) => boolean) => terms.length > 0 && terms.every(test);
  if (all((term) => term.type === "uri")) return "thing";
  if (all((term) => typeOf(term) !== undefined && NUMBERS.has(typeOf(term) ?? ""))) return "number";
  if (all((term) => DATES.has(typeOf(term) ?? "") && DATE.test(term.value))) return "date";
  return "text";
}

function typeOf(term: Term): string | undefined {
  return term.datatype?.startsWith(XSD) ? term.datatype.slice(XSD.length) : undefined;
}

/** Three letters may be anything; among IRIs of states a few others do no harm. */
function arePlaces(terms: readonly Term[], kind: Kind): boolean {
  const places = terms.filter(isPlace).length;
  return kind === "thing" ? places * 2 > terms.length : places === terms.length;
}

/** Whether a value is a state or territory. */
export function isPlace(term: Term): boolean {
  return term.type === "uri" ? PLACE.test(term.value) : /^[A-Z]{3}$/.test(term.value);
}

/** The first column that holds this, other than those taken. */
export function first(
  columns: readonly Column[],
  wanted: (column: Column) => boolean,
  ...taken: (Column | undefined)[]
): Column | undefined {
  return columns.find((column) => wanted(column) && !taken.includes(column));
}

/** The first and the last day that a date may mean, in milliseconds: 2001 is a whole year. */
export function spanOf(value: string): [number, number] {
  const [, year = "1", month, day] = value.match(/^(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?/) ?? [];
  const at = (y: number, m: number, d: number) => {
    const date = new Date(0);
    date.setUTCFullYear(y, m, d);
    return date.getTime();
  };
  const y = Number(year);
  const m = Number(month ?? 1) - 1;
  if (day) return [at(y, m, Number(day)), at(y, m, Number(day))];
  return [at(y, m, 1), month ? at(y, m + 1, 0) : at(y, 12, 0)];
}
