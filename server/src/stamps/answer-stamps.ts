import { formatUtc, utc } from "@truebound/time";
import type { StampRow } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import { type AskPorts, namedHost, STAMP_FORM, withReason } from "../query/ask-order.ts";
import { HostPast } from "../query/host-past.ts";
import { offsetAt, type StampPlace } from "../query/stamp-place.ts";
import { readStamp } from "../query/time-range.ts";
import { isRefusal } from "../refusal.ts";
import type { GivenRow } from "./read-stamps.ts";
import { insideOf, isHeld, type StampLimit } from "./stamp-limit.ts";

/** So many rows are answered together, so that neighbours of a host share what is read for them, in whatever order they come. */
const BLOCK = 50_000;
/** Hosts that are remembered from one block to the next. */
const MOST_HOSTS = 500;

/** In the order of the rows. Each is said as soon as it is known: as text it takes less room until its turn comes. */
export async function* answerStamps(
  ports: AskPorts,
  rows: readonly GivenRow[],
  limit: StampLimit | null,
  say: (row: StampRow) => string,
): AsyncGenerator<readonly string[]> {
  const hosts = new Hosts(ports);
  for (let start = 0; start < rows.length; start += BLOCK) {
    const block = rows.slice(start, start + BLOCK);
    const said = new Map<GivenRow, string>();
    await answerBlock(hosts, block, limit, (row, answer) => said.set(row, say(answer)));
    yield block.map((row) => said.get(row) ?? "");
  }
}

type Take = (row: GivenRow, answer: StampRow) => void;

interface Known {
  readonly record: HostRecord;
  readonly past: HostPast;
}

/** Each host of a file is looked up once; text = why there is none. */
class Hosts {
  readonly #ports: AskPorts;
  readonly #known = new Map<string, Known | string>();

  constructor(ports: AskPorts) {
    this.#ports = ports;
  }

  async find(name: string): Promise<Known | string> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = await namedHost(this.#ports.store, name);
    const made = isRefusal(found) ? found.detail : { record: found, past: new HostPast(this.#ports, found) };
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_HOSTS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(name, made);
    return made;
  }
}

interface Readable {
  readonly row: GivenRow;
  readonly stamp: bigint;
}

async function answerBlock(hosts: Hosts, rows: readonly GivenRow[], limit: StampLimit | null, take: Take): Promise<void> {
  const byHost = new Map<string, Readable[]>();
  for (const row of rows) {
    const stamp = readStamp(row.timestamp);
    const error =
      row.error ?? (stamp === null ? `Cannot read the timestamp ${JSON.stringify(row.timestamp.slice(0, 60))}: ${STAMP_FORM}` : null);
    if (error !== null || stamp === null) take(row, badRow(row, error));
    else readableOf(byHost, row.host).push({ row, stamp });
  }
  for (const [name, readable] of byHost) await answerHost(await hosts.find(name), readable, limit, take);
}

function readableOf(byHost: Map<string, Readable[]>, host: string): Readable[] {
  const rows = byHost.get(host) ?? [];
  byHost.set(host, rows);
  return rows;
}

async function answerHost(found: Known | string, rows: readonly Readable[], limit: StampLimit | null, take: Take): Promise<void> {
  if (typeof found === "string") {
    for (const { row } of rows) take(row, badRow(row, found));
    return;
  }
  const inOrder = [...rows].sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
  const places = await found.past.place(inOrder.map(({ stamp }) => stamp));
  inOrder.forEach(({ row, stamp }, index) => {
    take(row, answerRow(row, stamp, withReason(found.past, places[index] as StampPlace, stamp), limit));
  });
}

const NOTHING = {
  earliest: null,
  latest: null,
  status: null,
  reason: null,
  divergence_lo_ns: null,
  divergence_hi_ns: null,
  inside: null,
  evidence: null,
} as const;

const asGiven = ({ line, id, host, timestamp }: GivenRow) => ({ line, id, host, timestamp });

const badRow = (row: GivenRow, error: string | null): StampRow => ({ ...asGiven(row), ...NOTHING, error });

/** Divergence is local less UTC: the offset with its sign turned. */
function answerRow(row: GivenRow, stamp: bigint, place: StampPlace, limit: StampLimit | null): StampRow {
  const [first, last, reading] = [place.places[0], place.places.at(-1), place.readings.at(-1)];
  const offset = place.isBlind ? null : offsetAt(place, stamp);
  const isJudged = limit !== null && isHeld(limit, place);
  return {
    ...asGiven(row),
    earliest: first === undefined ? null : formatUtc(utc(first.from)),
    latest: last === undefined ? null : formatUtc(utc(last.to)),
    status: place.status,
    reason: limit !== null && !isJudged ? "profile_not_in_force" : place.reason,
    divergence_lo_ns: offset && (-offset.hi).toString(),
    divergence_hi_ns: offset && (-offset.lo).toString(),
    inside: isJudged ? insideOf(place, stamp, limit) : null,
    evidence: reading === undefined ? null : { epoch: reading.epoch, seq: reading.seq },
    error: null,
  };
}
