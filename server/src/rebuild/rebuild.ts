import { formatUtc, type UtcInstant } from "@truebound/time";
import type { OpenContent } from "../ingest/ports.ts";
import type { Bench, Found, Kind, RebuildStore, Table, Workbench } from "./ports.ts";
import { KINDS, TABLES } from "./ports.ts";
import { type Host, isNext, rederive, START, stateOf, type Trail } from "./rederive.ts";

export interface RebuildRequest {
  /** Id or name; null = all. */
  readonly host: string | null;
  /** Nothing is replaced. */
  readonly check: boolean;
}

export interface Told {
  readonly code: 0 | 1;
  readonly out: string;
  readonly err: string;
}

/** Derives anew what ingest derived, from the evidence, host by host, and replaces what differs. */
export async function rebuild(store: RebuildStore, open: OpenContent, request: RebuildRequest): Promise<Told> {
  const one = request.host === null ? null : await store.hostOf(request.host);
  if (request.host !== null && one === null)
    return { code: 1, out: "", err: `Cannot rebuild ${JSON.stringify(request.host)}: no host has this id or name\n` };
  if (!(await store.begin())) return { code: 1, out: "", err: "Cannot rebuild now: another rebuild runs on this database\n" };
  try {
    const tally = new Tally();
    for await (const host of one === null ? hostsOf(store) : [one]) tally.add(host, await rebuildHost(store, open, host, request));
    await store.forget(one);
    return report(tally, request);
  } finally {
    await store.end();
  }
}

async function* hostsOf(store: RebuildStore): AsyncGenerator<string> {
  for (let hosts = await store.hosts(null); hosts.length > 0; hosts = await store.hosts(hosts.at(-1) ?? null)) yield* hosts;
}

/** Of a fleet only the sums are kept, and what differed at some of the hosts. */
const MOST_TOLD = 100;

export class Tally {
  readonly #rows = new Map<string, number>();
  readonly places: string[] = [];
  wrong = 0;

  add(host: string, found: readonly Found[]): void {
    for (const one of found) {
      this.#rows.set(`${one.table} ${one.kind}`, this.rows(one.table, one.kind) + one.rows);
      if (!isWrong(one)) continue;
      this.wrong += 1;
      if (this.places.length < MOST_TOLD) this.places.push(`  ${host} ${one.table}: ${one.rows} ${ROWS[one.kind]}${firsts(one)}`);
    }
  }

  rows(table: Table, kind: Kind): number {
    return this.#rows.get(`${table} ${kind}`) ?? 0;
  }
}

async function rebuildHost(
  store: RebuildStore,
  open: OpenContent,
  host: string,
  { check, host: named }: RebuildRequest,
): Promise<readonly Found[]> {
  const resumed = await store.resume(host);
  // Done by the same run before it was interrupted; who names a host wants it looked at now.
  if (resumed !== null && "found" in resumed && resumed.check === check && named === null) return resumed.found;
  // All but the latest without a lock: what is stored of a chain never changes.
  const trail = await follow(store, open, host, resumed !== null && "trail" in resumed ? resumed.trail : START);
  return store.locked(host, async (bench) => {
    const last = await follow(bench, open, host, trail);
    const found = await compare(bench, host, await atEnd(bench, host, last), check);
    await bench.finish(host, { check, found });
    return found;
  });
}

async function follow(bench: Workbench, open: OpenContent, id: string, start: Trail): Promise<Trail> {
  let trail = start;
  for (let rows = await bench.next(id, trail.place); rows.length > 0; rows = await bench.next(id, trail.place)) {
    const host: Host = { id, ended: await bench.ended(id) };
    const derived = rederive(host, trail, rows, open);
    await bench.keep(id, derived);
    trail = derived.trail;
  }
  return trail;
}

/** Null = evidence of the chain's end is gone, so that of minutes and state nothing can be said. */
async function atEnd(bench: Bench, host: string, trail: Trail): Promise<Trail | null> {
  const { epoch, seq } = await bench.end(host);
  return isNext(trail.place, { epoch, seq: seq + 1 }, await bench.ended(host)) ? trail : null;
}

async function compare(bench: Bench, host: string, trail: Trail | null, check: boolean): Promise<readonly Found[]> {
  const isWhole = trail?.isWhole ?? false;
  const minutes = trail && (await bench.compareMinutes(host, trail.judgedFrom, isWhole));
  const events = await bench.compareEvents(host, isWhole);
  const { found: state, wrong } = compareState(trail === null ? {} : stateOf(trail), await bench.state(host));
  if (!check) {
    if (trail !== null && minutes?.some(isWrong)) await bench.mendMinutes(host, trail.judgedFrom, isWhole);
    if (events.some(isWrong)) await bench.mendEvents(host, isWhole);
    if (state.some(isWrong)) await bench.mendState(host, wrong);
  }
  return [...(minutes ?? []), ...events, ...state];
}

type Columns = ReturnType<typeof stateOf>;

function compareState(derived: Columns, stored: Columns): { readonly found: readonly Found[]; readonly wrong: Columns } {
  const wrong = Object.entries(derived).filter(([name, value]) => stored[name] !== value);
  const kind: Kind = Object.keys(derived).length === 0 ? "left" : wrong.length > 0 ? "differs" : "equal";
  return { found: [{ table: "host_state", kind, rows: 1, first: wrong.map(([name]) => name) }], wrong: Object.fromEntries(wrong) };
}

const isWrong = ({ kind, rows }: Found): boolean => rows > 0 && kind !== "equal" && kind !== "left";

/** A line for each table, then where the first differences are. */
export function report(tally: Tally, { check }: RebuildRequest): Told {
  const { wrong, places } = tally;
  const ending =
    wrong === 0
      ? "All is as the evidence gives it"
      : check
        ? "Nothing was changed; truebound rebuild mends it"
        : "What differed was replaced";
  const more = wrong > places.length ? [`  and ${wrong - places.length} more`] : [];
  const lines = [...TABLES.map((table) => lineOf(table, tally)), ...places, ...more, ending];
  return { code: wrong === 0 ? 0 : 1, out: `${lines.join("\n")}\n`, err: "" };
}

const ROWS: Readonly<Record<Kind, string>> = {
  equal: "equal",
  differs: "differ",
  missing: "missing",
  surplus: "without evidence",
  left: "not judged, their evidence is gone or was never kept",
};

const ALWAYS: readonly Kind[] = ["equal", "differs", "missing"];

function lineOf(table: Table, tally: Tally): string {
  const kinds = KINDS.filter((kind) => ALWAYS.includes(kind) || tally.rows(table, kind) > 0);
  return `${table}: ${kinds.map((kind) => `${tally.rows(table, kind)} ${ROWS[kind]}`).join(", ")}`;
}

const firsts = ({ table, first }: Found): string =>
  first.length === 0
    ? ""
    : `, first ${first.map((one) => (table === "host_minute" ? formatUtc(BigInt(one) as UtcInstant) : one)).join(", ")}`;
