import type { PairProfile } from "@truebound/audit";
import { BILLION, formatUtc, minOf, type UtcInstant, utc } from "@truebound/time";
import type { Advice } from "@truebound/wire";
import { labelsOf } from "../admin/labels.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { namedHost } from "../query/ask-order.ts";
import type { QueryStore } from "../query/ports.ts";
import { readRange } from "../query/questions.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import {
  commitWait,
  type Growing,
  type GrowingCount,
  knownIn,
  type Measured,
  type MinuteCount,
  needs,
  rankOf,
  sentences,
} from "./advice.ts";

export interface HostMinutes extends GrowingCount {
  readonly id: string;
  readonly name: string;
}

export interface AdviceQuestion {
  readonly hosts: readonly string[];
  readonly from: UtcInstant;
  readonly to: UtcInstant;
}

export interface AdviceStore {
  /** Of a host, or of all that carry these labels, with their minutes; those that did not belong to the fleet then are none. */
  measuredHosts(whom: { readonly id: string } | { readonly labels: LabelSet }, from: UtcInstant, to: UtcInstant): Promise<HostMinutes[]>;
  /** The value at a place, from 1, among the worst errors of all known minutes of these hosts. */
  worstAt(question: AdviceQuestion, rank: number): Promise<bigint | null>;
  /** Of all minutes in which each host that belonged to the fleet is known: how far apart two of their clocks can have been. */
  apart(question: AdviceQuestion): Promise<{ readonly minutes: number; readonly known: number }>;
  apartAt(question: AdviceQuestion, rank: number): Promise<bigint | null>;
}

export interface AdvicePorts {
  readonly store: QueryStore & AdviceStore;
  /** In force at a time. */
  readonly pairProfiles: (at: UtcInstant) => Promise<readonly PairProfile[]>;
}

export interface AdviceWish {
  readonly host?: string | undefined;
  /** name=value, several of them joined by commas. */
  readonly labels?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

const LONGEST = 92n * 86_400n * BILLION;
const MOST_HOSTS = 1_000;

export async function askAdvice(ports: AdvicePorts, wish: AdviceWish): Promise<Advice | Refusal> {
  const whom = await whomOf(ports, wish);
  if (isRefusal(whom)) return whom;
  const asked = await readRange(ports.store, { from: wish.from, to: wish.to }, "now-7d");
  if (isRefusal(asked)) return asked;
  // Of the time to come nothing is unknown yet.
  const now = await ports.store.now();
  const range = { from: asked.from, to: utc(minOf(asked.to, now)) };
  if (range.to - range.from > LONGEST) return refuse("bad_request", "Cannot advise from more than 92 days at once");
  const hosts = await ports.store.measuredHosts(whom, range.from, range.to);
  if (hosts.length > MOST_HOSTS) return refuse("bad_request", `Cannot advise for more than ${MOST_HOSTS} hosts at once: name labels`);
  return advise(ports, hosts, range, { now: range.to, growing: growingOf(wish, asked, now) });
}

/** A period that is named by now goes along with it. */
function growingOf({ from = "now", to = "now" }: AdviceWish, asked: Range, now: UtcInstant): Growing {
  const goesOn = (word: string): boolean => word.startsWith("now");
  const left = goesOn(to) ? Number.POSITIVE_INFINITY : Math.max(0, Number((asked.to - now) / MINUTE_NS));
  return { longest: goesOn(from) ? Number((asked.to - asked.from) / MINUTE_NS) : Number.POSITIVE_INFINITY, left };
}

const MINUTE_NS = 60n * BILLION;

async function whomOf({ store }: AdvicePorts, { host, labels }: AdviceWish): Promise<{ id: string } | { labels: LabelSet } | Refusal> {
  if (host !== undefined && labels !== undefined) return refuse("bad_request", "Cannot advise for a host and labels at once: name one");
  if (host === undefined) {
    const read = labelsOf(labels === undefined ? [] : labels.split(","));
    return typeof read === "string" ? refuse("bad_request", read) : { labels: read };
  }
  const found = await namedHost(store, host);
  return isRefusal(found) ? found : { id: found.id };
}

type Range = Pick<AdviceQuestion, "from" | "to">;

interface Going {
  readonly now: UtcInstant;
  readonly growing: Growing;
}

async function advise({ store, pairProfiles }: AdvicePorts, hosts: readonly HostMinutes[], range: Range, going: Going): Promise<Advice> {
  const all = { minutes: sumOf(hosts, "minutes"), known: sumOf(hosts, "known") };
  const question = { hosts: hosts.map(({ id }) => id), ...range };
  const worst = await at(rankOf(all), (rank) => store.worstAt(question, rank));
  const together = hosts.length === 1 ? all : await store.apart(question);
  const apart = hosts.length === 1 ? worst && 2n * worst : await at(rankOf(together), (rank) => store.apartAt(question, rank));
  const isOver = hosts.every((host) => host.isOver === true);
  const knownAt = worst === null || apart === null ? whenKnown([hosts, [{ ...together, isOver }]], going) : null;
  const each: Advice["hosts"] = [];
  for (const { id, name, ...count } of hosts) {
    const own = await at(rankOf(count), (rank) => store.worstAt({ ...question, hosts: [id] }, rank));
    each.push({ id, name, ...figures(count, own) });
  }
  return {
    from: formatUtc(range.from),
    to: formatUtc(range.to),
    ...figures(all, worst),
    commit_wait_ns: commitWait({ worst })?.toString() ?? null,
    max_offset_p999_ns: apart?.toString() ?? null,
    known_at: knownAt && formatUtc(knownAt.at),
    profiles: (await pairProfiles(range.to)).toSorted(byLimit).map(({ id, title, limit_ns }) => ({
      id,
      title,
      limit_ns: limit_ns.toString(),
      inside: apart === null ? null : apart <= limit_ns,
    })),
    hosts: each,
    says: sentences({ ...all, hosts: hosts.length, worst, apart, knownAt }),
  };
}

/** Of the worst error and of the difference, whichever takes longer. */
function whenKnown(both: readonly (readonly GrowingCount[])[], { now, growing }: Going): Measured["knownAt"] {
  const minutes = both.map((counts) => knownIn(counts, growing));
  if (minutes.includes(null)) return null;
  const inMinutes = Math.max(...minutes.map(Number));
  return { inMinutes, at: utc(now + BigInt(inMinutes) * MINUTE_NS) };
}

const byLimit = (a: PairProfile, b: PairProfile): number => (a.limit_ns < b.limit_ns ? -1 : a.limit_ns > b.limit_ns ? 1 : 0);

const sumOf = (hosts: readonly HostMinutes[], what: keyof MinuteCount): number => hosts.reduce((sum, host) => sum + host[what], 0);

const at = async (rank: number | null, look: (rank: number) => Promise<bigint | null>): Promise<bigint | null> =>
  rank === null ? null : look(rank);

const figures = ({ minutes, known }: MinuteCount, worst: bigint | null) => ({
  worst_error_p999_ns: worst?.toString() ?? null,
  minutes,
  minutes_unknown: minutes - known,
  needs_minutes: needs({ minutes, known }),
});
