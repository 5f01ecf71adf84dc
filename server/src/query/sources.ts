import {
  type ChainStep,
  SOURCE_ORDERS,
  type SourceDetail,
  type SourceList,
  type SourceOrder,
  type SourceSummary,
  type SourceUser,
} from "@truebound/wire";
import { viewSource } from "../fleet/source-view.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { type FleetSources, worstFirst } from "../source/fleet-sources.ts";
import type { Sighting } from "../source/sighting.ts";
import { callsFalse } from "../source/source-verdict.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type Parameters, readCount } from "./questions.ts";

export interface SourcePorts {
  readonly look: () => FleetSources;
}

const LIMIT = { default: 200, most: 1000 };
const USERS_MOST = 1000;
const CHAIN_MOST = 8;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const ORDERS: Readonly<Record<SourceOrder, (a: SourceSummary, b: SourceSummary) => number>> = {
  worst: worstFirst,
  users: (a, b) => b.users - a.users || byText(a.id, b.id),
  name: (a, b) => byText(a.id, b.id),
};

export async function askSources({ look }: SourcePorts, parameters: Parameters): Promise<SourceList | Refusal> {
  const limit = readCount(parameters.limit, LIMIT.default, LIMIT.most);
  if (limit === null) return refuse("bad_request", `Cannot list ${parameters.limit} sources: limit is a number from 1 to ${LIMIT.most}`);
  const order = SOURCE_ORDERS.find((one) => one === (parameters.order ?? "worst"));
  if (order === undefined) return refuse("bad_request", `Cannot order sources by this: order is ${SOURCE_ORDERS.join(", ")}`);
  const { asOf, totals, shared, summaries } = look();
  const found = summaries.filter(matching(parameters.q ?? "")).toSorted(ORDERS[order]);
  const start = parameters.after === undefined ? null : placeOf(parameters.after);
  if (start === undefined) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const rest = start === null ? found : found.filter((one) => ORDERS[order](start, one) < 0);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const next = last !== undefined && rest.length > limit ? cursorOf(last) : null;
  return { as_of: asOf, totals, shared: [...shared], items, found: found.length, next };
}

const matching = (words: string) => {
  const wanted = words.toLowerCase();
  return ({ id, names, verdict, refid }: SourceSummary): boolean =>
    [id, verdict, refid ?? "", ...names].some((text) => text.toLowerCase().includes(wanted));
};

/** A row is named by all that orders it, so that sources that come and go move nothing. */
type Place = SourceSummary;
const cursorOf = ({ id, verdict, apart_ns, users }: Place): string => encodeCursor([id, verdict, apart_ns, String(users)]);

function placeOf(cursor: string): Place | undefined {
  const [id, verdict, apart_ns = null, users] = decodeCursor(cursor, 4) ?? [];
  if (typeof id !== "string" || typeof verdict !== "string" || !/^\d{1,9}$/.test(users ?? "")) return undefined;
  if (apart_ns !== null && !/^\d{1,30}$/.test(apart_ns)) return undefined;
  return { id, verdict, apart_ns, users: Number(users) } as Place;
}

export async function askSource({ look }: SourcePorts, { id = "" }: Parameters): Promise<SourceDetail | Refusal> {
  const sources = look();
  const summary = sourceNamed(sources, id);
  if (summary === undefined) return refuse("not_found", "No host of the fleet uses a source with this address or name");
  const users = (sources.sightings.get(summary.id) ?? []).map((one) => viewUser(one, sources)).sort(falseFirst);
  return {
    ...summary,
    as_of: sources.asOf,
    chain: chainOf(summary, sources),
    shared: sources.shared.find((one) => one.id === summary.shares) ?? null,
    by_host: users.slice(0, USERS_MOST),
    left_out: Math.max(0, users.length - USERS_MOST),
  };
}

/** By its id, else by a name that a host has for it. */
export const sourceNamed = ({ summaries }: FleetSources, id: string): SourceSummary | undefined =>
  summaries.find((one) => one.id === id) ?? summaries.find(({ names }) => names.includes(id));

function viewUser({ key, entry, source, counts, offset, apart }: Sighting, { soles, votes }: FleetSources): SourceUser {
  const { record, liveness, summary } = entry;
  const { why, bound, delay_ns, polls, replies, state, root_delay_ns, root_dispersion_ns } = viewSource(source, record.bound);
  return {
    host: record.id,
    name: record.name,
    liveness,
    counts,
    as_of: summary.as_of,
    source: source.id,
    state,
    why,
    bound,
    host_bound: summary.guaranteed,
    offset: offset && { lo_ns: offset.lo.toString(), hi_ns: offset.hi.toString() },
    apart_ns: apart === 0n ? null : apart.toString(),
    delay_ns,
    ...(root_delay_ns === undefined ? {} : { root_delay_ns }),
    ...(root_dispersion_ns === undefined ? {} : { root_dispersion_ns }),
    polls,
    replies,
    is_sole: soles.get(record.id) === (votes.get(key) ?? key),
  };
}

const falseFirst = (a: SourceUser, b: SourceUser): number =>
  Number(b.counts) - Number(a.counts) ||
  Number(callsFalse(b.state)) - Number(callsFalse(a.state)) ||
  Number(b.apart_ns ?? 0) - Number(a.apart_ns ?? 0) ||
  byText(a.name, b.name);

/** Each refid names the next; where the fleet does not use that one, nothing is known of what lies behind it. */
function chainOf(first: SourceSummary, { summaries }: FleetSources): ChainStep[] {
  const steps: ChainStep[] = [];
  let at: SourceSummary | undefined = first;
  while (at !== undefined && steps.length < CHAIN_MOST && !steps.some(({ source }) => source === at?.id)) {
    steps.push({ words: at.id, source: at.id, stratum: at.stratum });
    const { upstream, refid, stratum }: SourceSummary = at;
    at = upstream === null ? undefined : summaries.find(({ id }) => id === upstream);
    if (at === undefined && refid !== null) steps.push({ words: refid, source: null, stratum: stratum === null ? null : stratum - 1 });
  }
  return steps;
}
