import { BILLION, divFloor, formatUtc, utc } from "@truebound/time";
import type { StampRow } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import { namedHost, STAMP_FORM, withReason } from "../query/ask-order.ts";
import { HostPast } from "../query/host-past.ts";
import { isSimulated, offsetAt, type StampPlace } from "../query/stamp-place.ts";
import { readStamp } from "../query/time-range.ts";
import { isRefusal } from "../refusal.ts";
import type { StampPorts } from "./ask-stamps.ts";
import type { GivenRow } from "./read-stamps.ts";
import { type Judged, judge, type StampQuestion } from "./stamp-limit.ts";

/** So many rows are answered together, so that neighbours of a host share what is read for them, in whatever order they come. */
const BLOCK = 50_000;
/** Hosts that are remembered from one block to the next. */
const MOST_HOSTS = 500;

/** In the order of the rows. Each is said as soon as it is known: as text it takes less room until its turn comes. */
export async function* answerStamps(
  ports: StampPorts,
  rows: readonly GivenRow[],
  question: StampQuestion | null,
  say: (row: StampRow) => string,
): AsyncGenerator<readonly string[]> {
  const hosts = new Hosts(ports);
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.slice(start, start + BLOCK);
    const said = new Map<GivenRow, string>();
    await answerBlock(hosts, block, question, (row, answer) => said.set(row, say(answer)));
    yield block.map((row) => said.get(row) ?? "");
  }
}

type Take = (row: GivenRow, answer: StampRow) => void;

interface Known {
  readonly record: HostRecord;
  readonly past: HostPast;
  /** Lets others come to their turn. */
  readonly pause: () => Promise<void>;
  readonly isTraceable: (from: bigint, to: bigint) => Promise<boolean>;
}

/** Each host of a file is looked up once; text = why there is none. */
class Hosts {
  readonly #ports: StampPorts;
  readonly #known = new Map<string, Known | string>();

  constructor(ports: StampPorts) {
    this.#ports = ports;
  }

  async find(name: string): Promise<Known | string> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = await namedHost(this.#ports.store, name);
    const made = isRefusal(found)
      ? found.detail
      : {
          record: found,
          past: new HostPast(this.#ports, found),
          pause: this.#ports.pause,
          isTraceable: byDay((period) => this.#ports.isTraceable(found.id, period)),
        };
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_HOSTS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(name, made);
    return made;
  }
}

const DAY = 86_400n * BILLION;

/** Asked of each day of UTC once, as a report on that day is: what documents say does not change from one stamp to the next. */
function byDay(ask: (period: { readonly from: bigint; readonly to: bigint }) => Promise<boolean>): Known["isTraceable"] {
  const known = new Map<bigint, Promise<boolean>>();
  return async (first, last) => {
    for (let day = divFloor(first, DAY); day * DAY <= last; day++) {
      const found = known.get(day) ?? ask({ from: day * DAY, to: (day + 1n) * DAY });
      known.set(day, found);
      if (!(await found)) return false;
    }
    return true;
  };
}

interface Readable {
  readonly row: GivenRow;
  readonly stamp: bigint;
}

async function answerBlock(hosts: Hosts, rows: readonly GivenRow[], question: StampQuestion | null, take: Take): Promise<void> {
  const byHost = new Map<string, Readable[]>();
  for (const row of rows) {
    const stamp = readStamp(row.timestamp);
    const error =
      row.error ?? (stamp === null ? `Cannot read the timestamp ${JSON.stringify(row.timestamp.slice(0, 60))}: ${STAMP_FORM}` : null);
    if (error !== null || stamp === null) take(row, badRow(row, error));
    else readableOf(byHost, row.host).push({ row, stamp });
  }
  for (const [name, readable] of byHost) await answerHost(await hosts.find(name), readable, question, take);
}

function readableOf(byHost: Map<string, Readable[]>, host: string): Readable[] {
  const rows = byHost.get(host) ?? [];
  byHost.set(host, rows);
  return rows;
}

async function answerHost(found: Known | string, rows: readonly Readable[], question: StampQuestion | null, take: Take): Promise<void> {
  if (typeof found === "string") {
    for (const { row } of rows) take(row, badRow(row, found));
    return;
  }
  const inOrder = [...rows].sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
  const places = await found.past.place(inOrder.map(({ stamp }) => stamp));
  for (const [index, { row, stamp }] of inOrder.entries()) {
    const place = withReason(found.past, places[index] as StampPlace, stamp);
    take(row, answerRow(row, stamp, await judged(found, { place, stamp }, question)));
    await found.pause();
  }
}

const judged = async (
  { record, isTraceable }: Known,
  shown: { readonly place: StampPlace; readonly stamp: bigint },
  question: StampQuestion | null,
): Promise<Judged> =>
  question === null
    ? { inside: null, reason: shown.place.reason, place: shown.place, appError: 0n }
    : judge(question, record.labels, shown, isTraceable);

const NOTHING = {
  earliest: null,
  latest: null,
  status: null,
  reason: null,
  divergence_lo_ns: null,
  divergence_hi_ns: null,
  app_error_ns: null,
  inside: null,
  evidence: null,
  simulated: null,
} as const;

const asGiven = ({ line, id, host, timestamp }: GivenRow) => ({ line, id, host, timestamp });

const badRow = (row: GivenRow, error: string | null): StampRow => ({ ...asGiven(row), ...NOTHING, error });

/** Divergence is local less UTC: the offset with its sign turned. */
function answerRow(row: GivenRow, stamp: bigint, { place, inside, reason, appError }: Judged): StampRow {
  const [first, last, reading] = [place.places[0], place.places.at(-1), place.readings.at(-1)];
  const offset = place.isBlind ? null : offsetAt(place, stamp);
  return {
    ...asGiven(row),
    earliest: first === undefined ? null : formatUtc(utc(first.from)),
    latest: last === undefined ? null : formatUtc(utc(last.to)),
    status: place.status,
    reason,
    divergence_lo_ns: offset && (-offset.hi).toString(),
    divergence_hi_ns: offset && (-offset.lo).toString(),
    app_error_ns: appError.toString(),
    inside,
    evidence: reading === undefined ? null : { epoch: reading.epoch, seq: reading.seq },
    simulated: isSimulated(place.readings),
    error: null,
  };
}
