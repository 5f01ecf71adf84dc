import { countsStatus } from "@truebound/audit";
import { BILLION, formatUtc, type UtcInstant, utc } from "@truebound/time";
import type { FleetSeries, HostDetail, HostEvent, HostList, IntervalAnswer, Liveness, Series } from "@truebound/wire";
import type { DatedScope } from "../audit/scopes.ts";
import { fits } from "../evidence/check.ts";
import { viewDaemon } from "../fleet/daemon-view.ts";
import type { HostRecord } from "../fleet/host-record.ts";
import { detail, viewEvent } from "../fleet/host-view.ts";
import { livenessOf } from "../fleet/liveness.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { choosePolicy, type PolicyRule } from "../policy/choose-policy.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import type { NamedLimit } from "../stamps/stamp-limit.ts";
import { type AskedScope, appErrorOf, askedScopeIfAny, formsAt, type ScopeBook } from "./asked-scope.ts";
import { earliest, isBounded, NOT_KEPT } from "./covers.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { MOST_STORED_BYTES } from "./evidence-budget.ts";
import { drawFleet } from "./fleet-series.ts";
import { limitsOf } from "./host-limits.ts";
import { AFTER_THE_LAST, type Answer, answerAt, answerOf, NO_SCOPE, type ScopeSays, sayAnswer, unknown } from "./interval.ts";
import { LIMIT_DEFAULT, LIMIT_MAX, listHosts } from "./list-hosts.ts";
import type { EventPlace, QueryStore } from "./ports.ts";
import { drawSeries, EVIDENCE_RANGE, POINTS_DEFAULT, POINTS_MAX, patienceOf, type Sample, samplesOf, samplesOfMinutes } from "./series.ts";
import { type Reading, type StoredReading, storedReadings } from "./stored-readings.ts";
import { EARLIEST, LATEST, parseTime } from "./time-range.ts";

export interface Fleet {
  entries(): FleetEntry[];
  entry(id: string): FleetEntry | null;
  /** Another one whenever a host may have changed; null = nobody has looked yet. */
  readonly mark: string | null;
}

export interface QuestionPorts extends Reading, ScopeBook {
  readonly store: QueryStore;
  readonly fleet: Fleet;
  /** Of profiles, those that come with this version and those that people set. */
  readonly limits: () => Promise<readonly NamedLimit[]>;
}

/** Parameters of the path and of the query, as text; one that was given twice counts as bad. */
export type Parameters = Readonly<Record<string, string | undefined>>;

interface TimeRange {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
}

export interface EventList {
  readonly items: readonly HostEvent[];
  readonly next: string | null;
}

/** So many that a source which flaps for hours does not push everything else out of them. */
const DETAIL_EVENTS = 200;
const EVIDENCE_MAX = { batches: 8_000, bytes: MOST_STORED_BYTES };
const TOO_MUCH = unknown("too_much_evidence", null);
/** A bound is at most two seconds wide, so a reading lies within two of where it is placed. */
const PLACE_MARGIN = 2n * BILLION;
const ALL_TIME = { from: EARLIEST, to: LATEST };

export async function askHosts({ fleet }: QuestionPorts, parameters: Parameters): Promise<HostList | Refusal> {
  const limit = readCount(parameters.limit, LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === null) return refuse("bad_request", `Cannot list ${parameters.limit} hosts: limit is a number from 1 to ${LIMIT_MAX}`);
  const { retired = "0" } = parameters;
  if (retired !== "0" && retired !== "1") return refuse("bad_request", `Cannot list hosts with retired=${retired}: write 1 or 0`);
  return listHosts(fleet.entries(), { limit, after: parameters.after ?? null, search: parameters.q ?? null, retired: retired === "1" });
}

export async function askHost(ports: QuestionPorts, parameters: Parameters): Promise<HostDetail | Refusal> {
  const found = await findHost(ports, parameters);
  if (isRefusal(found)) return found;
  const events = await ports.store.events(found.record.id, { ...ALL_TIME, before: null, limit: DETAIL_EVENTS });
  const oscillator = await ports.store.oscillator(found.record.id);
  const daemon = viewDaemon(await ports.store.daemon(found.record.id));
  const { record } = found;
  const standing = ports.fleet.entry(record.id)?.standing ?? null;
  const limits = limitsOf(record.labels, await ports.scopes(await ports.store.now()), await ports.limits());
  return { ...detail({ record, liveness: livenessIn(ports.fleet, record), standing }, events, oscillator), daemon, limits };
}

export async function askInterval(ports: QuestionPorts, parameters: Parameters): Promise<IntervalAnswer | Refusal> {
  const found = await findHost(ports, parameters);
  if (isRefusal(found)) return found;
  const scope = await askedScopeIfAny(ports, parameters.scope);
  if (isRefusal(scope)) return scope;
  const { id, asOf } = found.record;
  if (parameters.at === undefined && asOf !== null) {
    const latest = await latestAnswer(ports, id, asOf);
    return sayAnswer(id, asOf, latest, scopeSays(scope, found.record, asOf, latest));
  }
  const at = parseTime(parameters.at ?? "now", await ports.store.now());
  if (at === null) return badTime("at", parameters.at);
  const answer = await answerOn(ports, found.record, at);
  return sayAnswer(id, at, answer, scopeSays(scope, found.record, at, answer));
}

async function answerOn(ports: QuestionPorts, record: HostRecord, at: UtcInstant): Promise<Answer> {
  const readings = await readingsAround(ports, record.id, at);
  if (readings === null) return TOO_MUCH;
  const answer = await answerFrom(ports.store, record.id, readings, at);
  // What came after the last reading that is found was set aside, or lies elsewhere: nothing of it may be taken for calm.
  const isOpen = answer.reason === AFTER_THE_LAST && !isChainEnd(answer, record);
  return isOpen ? unknown("no_evidence", null) : answer;
}

/** As an audit of the scope has it; where that is not in force for the host then, no audit counts the bound. */
function scopeSays(
  scope: AskedScope | null,
  { labels }: HostRecord,
  at: UtcInstant,
  { bound, status, reason, reading }: Answer,
): ScopeSays {
  if (scope === null) return NO_SCOPE;
  const forms = formsAt(scope, labels, [{ from: at, to: at }]);
  if (typeof forms === "string") return { appError: 0n, counts: false };
  const after = reason === AFTER_THE_LAST && reading !== null && isBounded(reading) ? at - earliest(reading) : 0n;
  const countsIn = ({ scope: { counts_unverified, horizon_ns } }: DatedScope) =>
    countsStatus(status, counts_unverified) && after <= BigInt(horizon_ns);
  return { appError: appErrorOf(forms), counts: bound !== null && forms.every(countsIn) };
}

/** Where batches are gone, what the host signed of its minutes says the same of them. */
async function answerFrom(store: QueryStore, id: string, readings: readonly StoredReading[], at: UtcInstant): Promise<Answer> {
  const answer = answerAt(readings, at);
  if (answer.bound !== null || !GONE.includes(answer.reason ?? "")) return answer;
  const stated = answerAt(await store.statedReadings(id, utc(at - PLACE_MARGIN), utc(at + PLACE_MARGIN)), at);
  if (stated.bound !== null && stated.reason !== AFTER_THE_LAST) return stated;
  return answer.reason === "no_evidence" && readings.length === 0 ? unknown(NOT_KEPT, null) : answer;
}

const GONE: readonly string[] = ["no_evidence", NOT_KEPT];

const isChainEnd = ({ reading }: Answer, { epoch, seq, ahead }: HostRecord): boolean =>
  reading !== null && !ahead && reading.epoch === epoch && reading.seq >= seq;

/** Without a time the question is of the latest reading, at which the bound is known best. */
async function latestAnswer(ports: QuestionPorts, id: string, asOf: UtcInstant): Promise<Answer> {
  const readings = await readingsAround(ports, id, asOf);
  if (readings === null) return TOO_MUCH;
  const latest = readings.findLast((reading) => reading.at === asOf);
  // What was told ahead of a backlog is no evidence yet.
  return latest ? answerOf(latest) : unknown("no_evidence", null);
}

const readingsAround = async (ports: QuestionPorts, id: string, at: UtcInstant): Promise<StoredReading[] | null> =>
  storedReadings(id, await ports.store.evidenceAround(id, utc(at - PLACE_MARGIN), utc(at + PLACE_MARGIN)), ports);

/** Null = the range is longer, or holds more, than what is read for one series. */
async function readingsIn(ports: QuestionPorts, id: string, { from, to }: TimeRange): Promise<StoredReading[] | null> {
  const evidence = to - from <= EVIDENCE_RANGE ? await ports.store.evidenceBetween(id, from, to, EVIDENCE_MAX) : null;
  return evidence && storedReadings(id, evidence, ports);
}

export async function askSeries(ports: QuestionPorts, parameters: Parameters): Promise<Series | Refusal> {
  const found = await findHost(ports, parameters);
  if (isRefusal(found)) return found;
  const points = readCount(parameters.points, POINTS_DEFAULT, POINTS_MAX);
  if (points === null) return refuse("bad_request", `Cannot draw ${parameters.points} points: points is a number from 1 to ${POINTS_MAX}`);
  const range = await readRange(ports.store, parameters, "now-1h");
  if (isRefusal(range)) return range;
  const readings = await readingsIn(ports, found.record.id, range);
  const resolution = readings === null ? "minute" : "evidence";
  const samples = readings === null ? await minuteSamples(ports.store, found.record.id, range) : samplesOf(readings);
  const frame = { ...range, points, patience: patienceOf(resolution, reportInterval(found)) };
  const drawn = drawSeries(samples, frame);
  return { from: formatUtc(range.from), to: formatUtc(range.to), host: found.record.id, resolution, ...drawn, points: [...drawn.points] };
}

async function minuteSamples(store: QueryStore, id: string, { from, to }: TimeRange): Promise<Sample[]> {
  const minutes = await store.minutes(id, from, to);
  return samplesOfMinutes(minutes, minutes.length === 0 ? [] : await store.holes(id, from));
}

const FLEET_RANGE_DAYS = 31n;

export async function askFleetSeries({ store }: QuestionPorts, parameters: Parameters): Promise<FleetSeries | Refusal> {
  const points = readCount(parameters.points, POINTS_DEFAULT, POINTS_MAX);
  if (points === null) return refuse("bad_request", `Cannot draw ${parameters.points} points: points is a number from 1 to ${POINTS_MAX}`);
  const range = await readRange(store, parameters, "now-24h");
  if (isRefusal(range)) return range;
  if (range.to - range.from > FLEET_RANGE_DAYS * 86_400n * BILLION)
    return refuse("bad_request", `Cannot draw more than ${FLEET_RANGE_DAYS} days of the fleet at once`);
  const drawn = drawFleet(await store.fleetMinutes(range.from, range.to), { ...range, points });
  return { from: formatUtc(range.from), to: formatUtc(range.to), ...drawn };
}

export async function askEvents(ports: QuestionPorts, parameters: Parameters): Promise<EventList | Refusal> {
  const found = await findHost(ports, parameters);
  if (isRefusal(found)) return found;
  const limit = readCount(parameters.limit, LIMIT_DEFAULT, LIMIT_MAX);
  if (limit === null) return refuse("bad_request", `Cannot list ${parameters.limit} events: limit is a number from 1 to ${LIMIT_MAX}`);
  const before = parameters.after === undefined ? null : placeOf(parameters.after);
  if (before === undefined) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const range = await readRange(ports.store, parameters, null);
  if (isRefusal(range)) return range;
  const events = await ports.store.events(found.record.id, { ...range, before, limit: limit + 1 });
  const page = events.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(viewEvent),
    next: last && events.length > limit ? encodeCursor([last.at, last.epoch, last.seq, last.ordinal].map(String)) : null,
  };
}

function placeOf(cursor: string): EventPlace | undefined {
  const [at = null, epoch = null, seq = null, ordinal = null] = decodeCursor(cursor, 4) ?? [];
  const small = [epoch, seq, ordinal].every((part) => part !== null && /^\d{1,9}$/.test(part));
  if (!small || at === null || !/^-?\d{1,19}$/.test(at) || !fits(BigInt(at))) return undefined;
  return { at: utc(BigInt(at)), epoch: Number(epoch), seq: Number(seq), ordinal: Number(ordinal) };
}

export async function findHost(
  { store }: QuestionPorts,
  { id = "" }: Parameters,
): Promise<{ record: HostRecord; rules: readonly PolicyRule[] } | Refusal> {
  // What no host can be called: PostgreSQL would refuse the NUL, and say so with an error.
  const found = id.includes("\0") ? null : await store.host(id);
  return found ?? refuse("not_found", "No host has this id or name");
}

const livenessIn = (fleet: Fleet, record: HostRecord): Liveness => fleet.entry(record.id)?.liveness ?? livenessOf(record, 0);

const reportInterval = ({ record, rules }: { record: HostRecord; rules: readonly PolicyRule[] }): number =>
  choosePolicy(record.labels, rules).report_interval_s;

/** `from` null = from the first. */
export async function readRange(
  store: Pick<QueryStore, "now">,
  parameters: Parameters,
  defaultFrom: string | null,
): Promise<TimeRange | Refusal> {
  const now = await store.now();
  const fromText = parameters.from ?? defaultFrom;
  const from = fromText === null ? ALL_TIME.from : parseTime(fromText, now);
  const to = parameters.to === undefined && defaultFrom === null ? ALL_TIME.to : parseTime(parameters.to ?? "now", now);
  if (from === null) return badTime("from", parameters.from);
  if (to === null) return badTime("to", parameters.to);
  return from < to ? { from, to } : refuse("bad_request", "Cannot use a range whose from is not before its to");
}

const badTime = (name: string, text: string | undefined): Refusal =>
  refuse(
    "bad_request",
    `Cannot read ${name} ${JSON.stringify(text?.slice(0, 60) ?? "")}: it is an RFC 3339 time (a + in it is written %2B) or now-6h, between 1824 and 2116`,
  );

/** Null when it is no number from 1 to `most`. */
export function readCount(text: string | undefined, otherwise: number, most: number): number | null {
  if (text === undefined) return otherwise;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= most ? count : null;
}
