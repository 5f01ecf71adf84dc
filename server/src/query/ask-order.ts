import { formatUtc, utc } from "@truebound/time";
import type { OrderAnswer, StampInterval } from "@truebound/wire";
import type { HostRecord } from "../fleet/host-record.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { type AskedScope, appErrorOf, askedScopeIfAny, formsAt, type NoForm, type ScopeBook } from "./asked-scope.ts";
import { HostPast } from "./host-past.ts";
import { MOST_RECORDS, recordsOf } from "./interval.ts";
import { orderOf } from "./order.ts";
import type { QueryStore } from "./ports.ts";
import { isSimulated, NEVER_SHOWN, ONE_SET, offsetAt, type StampPlace, widened } from "./stamp-place.ts";
import type { Reading } from "./stored-readings.ts";
import { readStamp } from "./time-range.ts";

/** What questions about the past need. */
export interface AskPorts extends Reading, ScopeBook {
  readonly store: QueryStore;
}

export interface OrderWish {
  readonly a?: string | undefined;
  readonly b?: string | undefined;
  /** Its application stamped both. */
  readonly scope?: string | undefined;
}

export async function askOrder(ports: AskPorts, { a, b, scope: name }: OrderWish): Promise<OrderAnswer | Refusal> {
  const scope = await askedScopeIfAny(ports, name);
  if (isRefusal(scope)) return scope;
  const one = withAppError("A", await placed(ports, "A", a), scope);
  if (isRefusal(one)) return one;
  const other = withAppError("B", await placed(ports, "B", b), scope);
  if (isRefusal(other)) return other;
  const { result, margin } = orderOf(one.place, other.place);
  return { result, margin_ns: margin?.toString() ?? null, a: sayStamp(one), b: sayStamp(other) };
}

/** What a scope says of a host that it does not hold, or of a time at which it did not hold it, would be no error of anything. */
function withAppError(letter: string, found: Placed | Refusal, scope: AskedScope | null): Placed | Refusal {
  if (scope === null || isRefusal(found)) return found;
  const forms = formsAt(scope, found.host.labels, found.place.places);
  if (typeof forms === "string")
    return refuse("bad_request", `Cannot take the application error of scope ${scope.name} for event ${letter}: ${WHY_NOT[forms]}`);
  const appError = appErrorOf(forms);
  return { ...found, place: widened(found.place, appError), appError };
}

const WHY_NOT: Readonly<Record<NoForm, string>> = {
  scope_not_in_force: "it was not in force then; ask without a scope for the clock alone",
  host_not_in_scope: "the host is not in it; truebound scope list shows the labels that it asks for",
};

interface Placed {
  readonly host: HostRecord;
  readonly stamp: bigint;
  readonly place: StampPlace;
  readonly appError: bigint;
}

async function placed(ports: AskPorts, name: string, text: string | undefined): Promise<Placed | Refusal> {
  const at = text?.lastIndexOf("@") ?? -1;
  if (text === undefined || at < 1)
    return refuse("bad_request", `Cannot order without event ${name}: write HOST@TIME, the time as HOST's own clock showed it`);
  const stamp = readStamp(text.slice(at + 1));
  if (stamp === null) return refuse("bad_request", `Cannot read the time of event ${name}, ${quoted(text.slice(at + 1))}: ${STAMP_FORM}`);
  const host = await namedHost(ports.store, text.slice(0, at));
  if (isRefusal(host)) return { ...host, detail: `Cannot place event ${name}: ${uncapped(host.detail)}` };
  const past = new HostPast(ports, host);
  const [place] = await past.place([stamp]);
  return { host, stamp, place: withReason(past, place as StampPlace, stamp), appError: 0n };
}

const uncapped = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

export const STAMP_FORM =
  "it is an RFC 3339 time with its zone, such as 2026-11-26T13:05:09.007Z (in an address a + is written %2B), or nanoseconds since 1970 as an integer, between 1824 and 2116";
const quoted = (text: string): string => JSON.stringify(text.slice(0, 60));

export const withReason = (past: HostPast, place: StampPlace, stamp: bigint): StampPlace =>
  place.reason === null || place.places.length > 0 ? place : { ...place, reason: past.reasonOf(place.reason, stamp) };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Of the past a name says less than of the present: another host may have had it. */
export async function namedHost(store: Pick<QueryStore, "host" | "named">, text: string): Promise<HostRecord | Refusal> {
  // What no host can be called: PostgreSQL would refuse the NUL, and say so with an error.
  const byId = UUID.test(text) ? await store.host(text) : null;
  if (byId !== null) return byId.record;
  const ids = text.includes("\0") ? [] : await store.named(text);
  const [id] = ids;
  if (id === undefined) return refuse("not_found", `No host has the id or name ${quoted(text)}`);
  if (ids.length > 1)
    return refuse("bad_request", `Cannot tell which host ${quoted(text)} is: ${ids.length} had this name; write an id: ${ids.join(", ")}`);
  return (await store.host(id))?.record ?? refuse("not_found", `No host has the id or name ${quoted(text)}`);
}

function sayStamp({ host, stamp, place, appError }: Placed): StampInterval {
  const [first, last] = [place.places[0], place.places.at(-1)];
  const bound = place.isBlind ? null : offsetAt(place, stamp);
  return {
    host: host.id,
    name: host.name,
    stamp: formatUtc(utc(stamp)),
    earliest: first === undefined ? null : formatUtc(utc(first.from)),
    latest: last === undefined ? null : formatUtc(utc(last.to)),
    places: place.places.map(({ from, to }) => ({ earliest: formatUtc(utc(from)), latest: formatUtc(utc(to)) })),
    tier: "guaranteed",
    status: place.status,
    reason: place.reason,
    guaranteed: bound && { lo_ns: bound.lo.toString(), hi_ns: bound.hi.toString() },
    evidence: recordsOf(place.readings).slice(0, MOST_RECORDS),
    assumptions: place.readings.at(-1)?.assumptions ?? null,
    assumes: place.isBlind || place.reason === NEVER_SHOWN ? [ONE_SET] : [],
    app_error_ns: appError.toString(),
    simulated: isSimulated(place.readings),
  };
}
