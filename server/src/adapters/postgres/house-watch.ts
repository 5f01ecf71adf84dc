import type { UtcInstant } from "@truebound/time";
import type { HouseFacts } from "../../alert/house-facts.ts";
import type { Sample } from "../../metrics/fleet-samples.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import { REVIEWED_FOR_NS } from "../../traceability/traceability-of.ts";
import { LEFT_MONTHS } from "./log/left-months.ts";
import { readScrub } from "./log/scrub-store.ts";
import type { Queryable } from "./pool.ts";

const NAMES = 8;
const BLOCKED = `
  select h.name, count(*) over ()::integer as count from log_block b join host h on h.id = b.host_id
  where b.through_epoch is null order by h.name limit ${NAMES}`;
const STATE = `
  select utc_ns(clock_timestamp()) as now_ns, (
    select count(*)::integer from (
      select place from log_difference where acknowledged_at is null union select 'shard ' || shard from (${LEFT_MONTHS}) month) place) as differences`;
/** Of a host the latest that is about it counts, whatever other labels that one names. */
const REVIEWS = `
  with latest as (select distinct on (selector) id, selector, at from chain_review order by selector, id desc)
  select l.selector, utc_ns(l.at) as at_ns from latest l
  where exists (
    select from host h where h.state = 'active' and h.labels @> l.selector
      and not exists (select from latest m where m.id > l.id and h.labels @> m.selector))
  order by l.at`;

export async function readHouse(client: Queryable): Promise<HouseFacts> {
  const blocked = (await client.query<{ name: string; count: number }>(BLOCKED)).rows;
  const [state] = (await client.query<{ now_ns: UtcInstant; differences: number }>(STATE)).rows;
  const reviews = (await client.query<{ selector: LabelSet; at_ns: bigint }>(REVIEWS)).rows;
  return {
    now: state?.now_ns as UtcInstant,
    blocked: blocked.map(({ name }) => name),
    blockedCount: blocked[0]?.count ?? 0,
    differences: state?.differences ?? 0,
    scrubAgeSeconds: (await readScrub(client)).ageSeconds,
    reviews: reviews.map(({ selector, at_ns }) => ({ of: selector, due: (at_ns + REVIEWED_FOR_NS) as UtcInstant })),
  };
}

const LOOK_EVERY_MS = 30_000;

/** What was seen of the log and of reviews, at most half a minute ago. */
export class HouseWatch {
  readonly #client: Queryable;
  readonly #monotonic: () => number;
  #seen: { readonly facts: HouseFacts; readonly atMs: number } | null = null;

  constructor(client: Queryable, monotonic: () => number) {
    [this.#client, this.#monotonic] = [client, monotonic];
  }

  /** Null = nothing was seen yet. */
  get facts(): HouseFacts | null {
    return this.#seen?.facts ?? null;
  }

  /** With each look at the fleet. */
  async see(): Promise<void> {
    const nowMs = this.#monotonic();
    if (this.#seen !== null && nowMs - this.#seen.atMs < LOOK_EVERY_MS) return;
    this.#seen = { facts: await readHouse(this.#client), atMs: nowMs };
  }

  samples(): Sample[] {
    const [first] = this.facts?.reviews ?? [];
    if (this.#seen === null || first === undefined) return [];
    const left = Number((first.due - this.#seen.facts.now) / 1_000_000n) / 1_000;
    return [{ family: "reviewDue", labels: {}, value: left - (this.#monotonic() - this.#seen.atMs) / 1_000 }];
  }
}
