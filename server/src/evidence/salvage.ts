import {
  type Batch,
  type BigColumn,
  BoundColumns,
  ExchangeColumns,
  IntervalColumns,
  MAX_EVENTS,
  MAX_ROWS,
  MAX_SOURCES,
  SpanColumns,
} from "@truebound/wire";
import type { Fault } from "../refusal.ts";

/**
 * What can be kept of a batch of which something is wrong: every record by itself is good or it is set aside, a record being a
 * row of bounds, spans, exchanges or intervals, a source, an event. What rests on one that was set aside goes with it, and nothing is
 * ever repaired: a kept record is as it was sent, or says less.
 */
export interface Salvage {
  readonly batch: Batch;
  /** One for each record that was set aside. */
  readonly setAside: readonly Fault[];
  /** The last rows of bounds are among them: what follows does not continue this batch. */
  readonly endsOpen: boolean;
}

/**
 * More than this, and the batch is no batch with a few bad records but a bad batch: to look for each of them takes time in
 * which no other agent is heard.
 */
export const MOST_SET_ASIDE = 32;

type Columns = Readonly<Record<string, BigColumn | readonly unknown[]>>;
type Document = Readonly<Record<string, unknown>>;
/** The first thing that is wrong with a whole batch; null = nothing. */
export type Judge = (batch: unknown) => Fault | null;

/** `judge` holds a whole batch to the form. Null = not even a frame is left. */
export function salvage(value: unknown, judge: Judge): Salvage | null {
  if (!isObject(value) || !isObject(value.bounds)) return null;
  const { mesh: told, daemon: said, intervals: given, ...rest } = value;
  const frame = { ...rest, ...EMPTY };
  // Who speaks, of which boot, under which assumptions: without that no record means anything.
  if (judge(frame) !== null) return null;
  const work = new Work(frame, judge);
  const sources = work.list("sources", value.sources);
  const kept = work.kept({ sources: sources.items });
  const bounds = work.rows("bounds", value.bounds, NAMES.bounds, sources.moved, kept);
  const spans = work.rows("spans", value.spans, NAMES.spans, sources.moved, kept);
  const exchanges = work.rows("exchanges", value.exchanges, NAMES.exchanges, sources.moved, kept);
  const intervals = given === undefined ? null : work.rows("intervals", given, NAMES.intervals, sources.moved, kept);
  const events = work.list("events", value.events);
  const terms = work.optional("terms", value.terms);
  const frequency = work.optional("frequency", value.frequency);
  const mesh = told === undefined ? {} : work.optional("mesh", told);
  const daemon = said === undefined ? {} : work.optional("daemon", said);
  if (bounds === null || work.faults.length > MOST_SET_ASIDE) return null;
  const batch = {
    ...frame,
    sources: sources.items,
    bounds: interrupted(bounds),
    ...(spans === null ? {} : { spans: spans.columns }),
    ...(exchanges === null ? {} : { exchanges: exchanges.columns }),
    ...(intervals === null ? {} : { intervals: intervals.columns }),
    events: events.items,
    ...terms,
    ...frequency,
    ...mesh,
    ...daemon,
  };
  return judge(batch) === null ? { batch: batch as unknown as Batch, setAside: work.faults, endsOpen: bounds.endsOpen } : null;
}

const column: BigColumn = { base: "0", d: [] };
const namesOf = (schema: { readonly properties: object }): readonly string[] => Object.keys(schema.properties);
const NAMES = {
  bounds: namesOf(BoundColumns),
  spans: namesOf(SpanColumns),
  exchanges: namesOf(ExchangeColumns),
  intervals: namesOf(IntervalColumns),
};
/** Instants and spans; slack alone is small enough for plain numbers. */
const isOfBig = (name: string): boolean => name.endsWith("_ns") && name !== "slack_ns";
const emptyColumns = (names: readonly string[]): Columns =>
  Object.fromEntries(names.filter((name) => !OPTIONAL.has(name)).map((name) => [name, isOfBig(name) ? column : []]));
const OPTIONAL = new Set(["gap_ns", "injected_ns"]);

/** A batch of which nothing is known but who sent it. */
const EMPTY = {
  sources: [],
  bounds: emptyColumns(NAMES.bounds),
  spans: emptyColumns(NAMES.spans),
  exchanges: emptyColumns(NAMES.exchanges),
  events: [],
  terms: null,
  frequency: { oscillator: null, daemon_slew: null },
};

const MOST_ITEMS = { sources: MAX_SOURCES, events: MAX_EVENTS };

interface Rows {
  readonly columns: Columns;
  /** For each kept row whether the one before it was set aside. */
  readonly broken: readonly boolean[];
  readonly endsOpen: boolean;
}

class Work {
  readonly faults: Fault[] = [];
  readonly #frame: Document;
  readonly #judge: Judge;

  constructor(frame: Document, judge: Judge) {
    this.#frame = frame;
    this.#judge = judge;
  }

  kept(more: Document): Document {
    return { ...this.#frame, ...more };
  }

  /** Sources or events: those that are good, and where each went; -1 = aside. */
  list(name: "sources" | "events", value: unknown): { readonly items: readonly unknown[]; readonly moved: readonly number[] } {
    if (!Array.isArray(value) || value.length > MOST_ITEMS[name]) {
      this.#aside(`/${name}`, `is no list of at most ${MOST_ITEMS[name]}`);
      return { items: [], moved: [] };
    }
    const items: unknown[] = [];
    const moved: number[] = [];
    for (const [index, item] of value.entries()) {
      const fault = this.#judge(this.kept({ [name]: [item] }));
      moved.push(fault === null ? items.length : -1);
      if (fault === null) items.push(item);
      else if (!this.#aside(`/${name}/${index}`, fault.detail)) break;
    }
    return { items, moved };
  }

  /** The good rows of a table; null = its columns are no table. */
  rows(name: keyof typeof NAMES, value: unknown, names: readonly string[], moved: readonly number[], base: Document): Rows | null {
    const columns = tableOf(value, names);
    if (columns === null) {
      this.#aside(`/${name}`, "is no table of equally long columns");
      return null;
    }
    const length = lengthOf(columns);
    const good: number[] = [];
    const judged = (from: number, to: number) =>
      this.#judge({ ...base, [name]: withSources(name, slice(columns, range(from, to)), moved) });
    /** Halves what holds a bad row until only that is left. */
    const look = (from: number, to: number): boolean => {
      const fault = judged(from, to);
      if (fault === null) return good.push(...range(from, to)) >= 0;
      if (to - from === 1) return this.#aside(`/${name}/${from}`, fault.detail);
      const middle = (from + to) >> 1;
      return look(from, middle) && look(middle, to);
    };
    if (length > 0) look(0, length);
    return {
      columns: withSources(name, slice(columns, good), moved),
      broken: good.map((row, index) => row - (good[index - 1] ?? -1) !== 1),
      endsOpen: length > 0 && good.at(-1) !== length - 1,
    };
  }

  optional(name: "terms" | "frequency" | "mesh" | "daemon", value: unknown): Document {
    const fault = this.#judge(this.kept({ [name]: value }));
    if (fault === null) return { [name]: value };
    this.#aside(`/${name}`, fault.detail);
    return {};
  }

  /** False when there are too many to go on. */
  #aside(pointer: string, detail: string): boolean {
    this.faults.push({ pointer, detail });
    return this.faults.length <= MOST_SET_ASIDE;
  }
}

function tableOf(value: unknown, names: readonly string[]): Columns | null {
  if (!isObject(value) || Object.keys(value).some((name) => !names.includes(name))) return null;
  const columns = Object.entries(value);
  if (names.some((name) => !OPTIONAL.has(name) && !Object.hasOwn(value, name))) return null;
  const lengths = new Set(columns.map(([name, one]) => (isColumn(one) && isBig(one) === isOfBig(name) ? rowsIn(one) : -1)));
  const [length = 0] = lengths;
  return lengths.size === 1 && length >= 0 && length <= MAX_ROWS ? (value as Columns) : null;
}

const isObject = (value: unknown): value is Document => typeof value === "object" && value !== null && !Array.isArray(value);
const isBig = (value: unknown): value is BigColumn =>
  isObject(value) && Array.isArray(value.d) && typeof value.base === "string" && Object.keys(value).length === 2;
const isColumn = (value: unknown): value is BigColumn | readonly unknown[] => Array.isArray(value) || isBig(value);
const rowsIn = (one: BigColumn | readonly unknown[]): number => (isBig(one) ? one.d.length : one.length);
const lengthOf = (columns: Columns): number => rowsIn(Object.values(columns)[0] ?? []);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

const slice = (columns: Columns, rows: readonly number[]): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, one]) => [
      name,
      isBig(one) ? { base: one.base, d: rows.map((row) => one.d[row] ?? null) } : rows.map((row) => one[row]),
    ]),
  );

/** Indices into what is left of the sources. One that points at a source that was set aside makes its exchange or interval bad, and is no longer said of a bound. */
function withSources(name: string, columns: Columns, moved: readonly number[]): Columns {
  const to = (index: unknown): unknown => (typeof index === "number" && index in moved ? moved[index] : index);
  if (name === "exchanges" || name === "intervals") return { ...columns, source: (columns.source as readonly unknown[]).map(to) };
  if (name !== "bounds") return columns;
  const agree = (columns.agree as readonly unknown[]).map((row) =>
    Array.isArray(row) ? row.map(to).filter((index) => index !== -1) : row,
  );
  return { ...columns, agree };
}

const SINCE = ["since_lo_ns", "since_hi_ns", "throughout_lo_ns", "throughout_hi_ns"];

/** A row speaks for the time since the one before it. Where that was set aside, nothing is known of that time. */
function interrupted({ columns, broken }: Rows): Columns {
  if (!broken.includes(true)) return columns;
  const blank = (one: BigColumn) => ({ base: one.base, d: one.d.map((value, row) => (broken[row] === true ? null : value)) });
  return { ...columns, ...Object.fromEntries(SINCE.map((name) => [name, blank(columns[name] as BigColumn)])) };
}
