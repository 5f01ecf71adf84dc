import { closestLimit, type Profile } from "@truebound/audit";
import { BILLION, formatUtc, type UtcInstant, utc } from "@truebound/time";
import { type Batch, type HostPlan, type Liveness, nearest, type PlanList } from "@truebound/wire";
import type { DatedScope } from "../audit/scopes.ts";
import type { HostRecord } from "../fleet/host-record.ts";
import { heardAgo, isGone } from "../fleet/liveness.ts";
import { choosePolicy, type LabelSet } from "../policy/choose-policy.ts";
import { namedHost } from "../query/ask-order.ts";
import type { ScopeBook } from "../query/asked-scope.ts";
import { decodeCursor, encodeCursor } from "../query/cursor.ts";
import { EvidenceBudget } from "../query/evidence-budget.ts";
import type { QueryStore } from "../query/ports.ts";
import { type Parameters, readCount } from "../query/questions.ts";
import type { Reading } from "../query/stored-readings.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { hostPlan, type Known } from "./host-plan.ts";
import { measuredIn } from "./measured.ts";
import { asFarOffAsNow, LOOKED_AT, offersOf, ownLimit, situationOf } from "./situation.ts";

/** A host of which a plan may be asked. */
export interface PlannedHost {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelSet;
}

export interface PlanPorts extends Reading, ScopeBook {
  readonly store: QueryStore;
  /** All that belong to the fleet, by name. */
  readonly members: () => Promise<readonly PlannedHost[]>;
  /** Whether a host is there, by the rule of the rest of the product; `at` is of the database's clock. */
  readonly livenessOf: (record: HostRecord, reportIntervalMs: number, at: UtcInstant) => Liveness;
  /** Those that come with this version, and those that people set. */
  readonly profiles: () => Promise<readonly Profile[]>;
}

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 100;

/** @param sees whether the asker may know of a host with these labels. */
export async function askPlan(
  ports: PlanPorts,
  parameters: Parameters,
  sees: (labels: LabelSet) => boolean = () => true,
): Promise<PlanList | Refusal> {
  const profile = profileOf(await ports.profiles(), parameters.profile);
  if (isRefusal(profile)) return profile;
  const limit = readCount(parameters.limit, LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === null) return refuse("bad_request", `Cannot plan for ${parameters.limit} hosts: limit is a number from 1 to ${LIMIT_MAX}`);
  const all = await askedHosts(ports, parameters.host, sees);
  if (isRefusal(all)) return all;
  const rest = after(all, parameters.after);
  if (rest === null) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const page = rest.slice(0, limit);
  const at = await ports.store.now();
  const last = page.at(-1);
  return {
    at: formatUtc(at),
    profile: { id: profile.id, title: profile.title, kind: profile.kind, limit_ns: closestLimit(profile).toString() },
    items: await plansOf(ports, profile, page, at),
    next: last !== undefined && rest.length > limit ? encodeCursor([last.name, last.id]) : null,
    total: all.length,
  };
}

function profileOf(profiles: readonly Profile[], id: string | undefined): Profile | Refusal {
  if (id === undefined) return refuse("bad_request", "Cannot plan without a profile: name one, as truebound profile list shows them");
  const ids = profiles.map((profile) => profile.id);
  return (
    profiles.find((profile) => profile.id === id) ??
    refuse("not_found", `There is no profile ${JSON.stringify(id.slice(0, 80))} with a limit; did you mean ${nearest(id, ids)}?`)
  );
}

async function askedHosts(
  { store, members }: PlanPorts,
  name: string | undefined,
  sees: (labels: LabelSet) => boolean,
): Promise<readonly PlannedHost[] | Refusal> {
  if (name === undefined) return (await members()).filter(({ labels }) => sees(labels));
  const found = await namedHost(store, name);
  if (isRefusal(found)) return found;
  return sees(found.labels) ? [found] : refuse("not_found", `No host has the id or name ${JSON.stringify(name.slice(0, 60))}`);
}

function after(hosts: readonly PlannedHost[], cursor: string | undefined): readonly PlannedHost[] | null {
  if (cursor === undefined) return hosts;
  const [name, id] = decodeCursor(cursor, 2) ?? [];
  if (typeof name !== "string" || typeof id !== "string") return null;
  return hosts.filter((host) => host.name > name || (host.name === name && host.id > id));
}

async function plansOf(ports: PlanPorts, profile: Profile, hosts: readonly PlannedHost[], at: UtcInstant): Promise<HostPlan[]> {
  const scopes = await ports.scopes(at);
  const plans: HostPlan[] = [];
  for (const { id } of hosts) {
    plans.push(...(await planOf(ports, { profile, scopes, at }, id)));
    await ports.pause();
  }
  return plans;
}

interface Asked {
  readonly profile: Profile;
  readonly scopes: readonly DatedScope[];
  readonly at: UtcInstant;
}

/** None where the host is gone meanwhile. */
async function planOf(ports: PlanPorts, { profile, scopes, at }: Asked, id: string): Promise<HostPlan[]> {
  const found = await ports.store.host(id);
  if (found === null) return [];
  const { record, rules } = found;
  const limit = ownLimit(profile, record, scopes);
  const policy = choosePolicy(record.labels, rules);
  const presence = { liveness: ports.livenessOf(record, policy.report_interval_s * 1000, at), heardAgo: heardAgo(record, at) };
  if (isGone(presence.liveness)) return [hostPlan(record, limit, presence, null)];
  const from = utc(at - LOOKED_AT.back);
  const batches = await batchesOf(ports, id, from, utc(at + AHEAD));
  const measured = measuredIn(batches.map(({ batch }) => batch));
  if (measured === null) return [hostPlan(record, limit, presence, null)];
  const known: Known = {
    measured,
    situation: asFarOffAsNow(situationOf(measured, policy, limit), record, from),
    offers: offersOf(record, measured, await ports.store.oscillator(id)),
    from: batches[0]?.at ?? from,
    to: batches.at(-1)?.at ?? at,
  };
  return [hostPlan(record, limit, presence, known)];
}

/** The clock of the database may lie behind the estimate of UTC by which batches are placed. */
const AHEAD = 60n * BILLION;

interface PlacedBatch {
  readonly batch: Batch;
  readonly at: UtcInstant;
}

/** The latest of each part of the period, those of rehearsals left out; ends where one question has read enough. */
async function batchesOf({ store, read, pause }: PlanPorts, id: string, from: UtcInstant, to: UtcInstant): Promise<PlacedBatch[]> {
  const budget = new EvidenceBudget();
  const found: PlacedBatch[] = [];
  for (const one of await store.evidenceSpread(id, from, to, LOOKED_AT.reports)) {
    const text = one.text();
    budget.takeText(text.length, one.isWhole);
    if (budget.isSpent) break;
    const { batch } = read(text, id, one.isWhole);
    if (batch.rehearsal === undefined && batch.bounds.status.length > 0) found.push({ batch, at: one.lastUtc });
    await pause();
  }
  return found;
}
