import { isToldTheWayOut } from "../history.ts";
import type { Host } from "../host.ts";
import { batchKey, bodyHash, type ReportedBatch } from "../life.ts";
import type { Run } from "../run.ts";
import { chainOf, type HostRow } from "../tables.ts";
import { takesState } from "../troubles.ts";
import { evidenceOf, type KeptBatch } from "./evidence-of.ts";
import { type Check, MOST_SAID, said } from "./violation.ts";

const CHECK = "records kept";

/**
 * Every batch that a disk had is in the evidence, and once; what is missing was declared, in a batch that was signed. Where a
 * host was given an older folder, or a copy of it ran, what that took is nobody's to know: there only the counting once is asked.
 */
export const recordsKept: Check = (run) =>
  said(
    CHECK,
    run.hosts.flatMap((host) => [
      ...countedTwice(run, host),
      ...lost(run, host),
      ...needless(run, host),
      ...forgotten(run, host),
      ...takenBack(run, host),
      ...unheard(run, host),
    ]),
  );

/** Where a copy of a host wrote, and the database forgot what it wrote, two chains of one host each go on as they know it. */
const isTangled = ({ world, records }: Run): boolean => records.replaced.length > 0 && world.troubles.some(({ kind }) => kind === "clone");

/**
 * Two reports may be equal to the byte where no clock went on between them: as often as a batch was made it may count, by whichever
 * of those who bear this host's name.
 */
function countedTwice(run: Run, host: Host): string[] {
  if (isTangled(run)) return [];
  const seen = new Map<string, string[]>();
  for (const { body, epoch, seq } of chainOf(run.tables, host.id)) {
    const hash = bodyHash(body);
    seen.set(hash, [...(seen.get(hash) ?? []), `${epoch}/${seq}`]);
  }
  const twice = [...seen.entries()].filter(([, places]) => places.length > 1);
  if (twice.length === 0) return [];
  const owners = new Set(run.hosts.filter(({ id }) => id === host.id).map(({ plan }) => plan.name));
  const made = countOf(run.records.reported.filter(({ owner }) => owners.has(owner)).map(({ key }) => key));
  const keyAt = new Map(evidenceOf(run.tables, host.id).map(({ row, batch }) => [`${row.epoch}/${row.seq}`, batchKey(batch)]));
  return twice
    .filter(([, places]) => places.length > Math.max(1, made.get(keyAt.get(places[0] ?? "") ?? "") ?? 0))
    .map(([, places]) => `${host.plan.name}: one batch is counted as ${places.join(" and as ")}`)
    .slice(0, MOST_SAID);
}

function countOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** What was written just before the end has not had its time. */
const GRACE = 30_000_000_000n;

function lost({ tables, records, world, truth }: Run, host: Host): string[] {
  if (takesState(world.troubles)) return [];
  const kept = new Set(chainOf(tables, host.id).map(({ body }) => bodyHash(body)));
  const own = [...records.durable].filter(([, put]) => put.host === host.plan.name && put.at < truth.end - GRACE);
  const missing = own.filter(([hash]) => !kept.has(hash));
  const declared = declaredLost(evidenceOf(tables, host.id));
  if (missing.length <= declared) return [];
  const first = missing[0]?.[1];
  return [
    `${host.plan.name}: ${missing.length} of ${own.length} batches that were on its disk are not in the evidence, and ${declared} are declared lost; the first was written ${seconds(first?.at)} by life ${first?.life}`,
  ];
}

/**
 * On a medium that gives all that was written, with room for it, nothing that was sealed is lost: the server is restored to no
 * state that is older than its refill window, and until that is over the agent keeps what it sent. A process that is killed in
 * the midst of writing leaves a tail that may have been a batch: that much it may say, one for each end of a process.
 */
function needless(run: Run, host: Host): string[] {
  const { tables, world } = run;
  const { disk, spoolLimits } = host.plan;
  const isSound = disk.unreadable === 0 && disk.failedSync === 0 && spoolLimits.totalBytes > SMALL_SPOOL;
  if (takesState(world.troubles) || world.troubles.some(({ kind }) => kind === "rot") || !isSound || wasSetBackTooFar(run, host)) return [];
  const evidence = evidenceOf(tables, host.id);
  const doubtful = mostSaid(evidence, "doubtful_in_all");
  const declared = sealedLost(evidence) - doubtful;
  const ends = host.lives - 1;
  return [
    ...(declared === 0 ? [] : [`${host.plan.name}: ${declared} batches are declared lost, and nothing took them`]),
    ...(doubtful <= ends ? [] : [`${host.plan.name}: ${doubtful} batches are said to be in doubt, and its process ended ${ends} times`]),
  ];
}

/**
 * A state came that lacks what the agent had been told is there for good, in one that was there before. No state is restored that is
 * older than the refill window; but one of a line that an earlier setting back had left may lack what is older.
 */
const wasSetBackTooFar = ({ records }: Run, { id }: Host): boolean =>
  records.restored.some(
    ({ tables, wasLeft }, index) =>
      wasLeft && records.replaced.slice(0, index + 1).some(({ hosts }) => lacks(tables.hosts.get(id), hosts.get(id))),
  );

function lacks(state: HostRow | undefined, line: HostRow | undefined): boolean {
  if (line === undefined || line.checkpointedSeq === 0) return false;
  if (state === undefined || state.record.epoch < line.record.epoch) return true;
  return state.record.epoch === line.record.epoch && state.record.seq < line.checkpointedSeq;
}

const SMALL_SPOOL = 100_000;

const seconds = (at: bigint | undefined): string => (at === undefined ? "never" : `at ${(Number(at) / 1e9).toFixed(3)} s`);

const declaredLost = (evidence: readonly KeptBatch[]): number => sealedLost(evidence) + unsealedLost(evidence);

/** Of what was sealed each declaration says how many since the enrolment. */
const sealedLost = (evidence: readonly KeptBatch[]): number => mostSaid(evidence, "dropped_in_all");

const mostSaid = (evidence: readonly KeptBatch[], sum: "dropped_in_all" | "doubtful_in_all"): number =>
  evidence.flatMap(({ batch }) => batch.events).reduce((most, { detail }) => Math.max(most, Number(detail[sum] ?? 0)), 0);

/** Of what found no room even in memory each life says how many since its start. */
function unsealedLost(evidence: readonly KeptBatch[]): number {
  const declared = new Map<number, number>();
  let life = 0;
  for (const { kind, detail } of evidence.flatMap(({ batch }) => batch.events)) {
    if (kind === "agent_started") life += 1;
    if (kind === "spool_gap") declared.set(life, Math.max(declared.get(life) ?? 0, Number(detail.dropped_since_start ?? 0)));
  }
  return [...declared.values()].reduce((sum, one) => sum + one, 0);
}

/** What a receipt said is there, is there: unless the database was replaced, and then the agent brings it again. */
function takenBack({ tables, records, world }: Run, host: Host): string[] {
  if (takesState(world.troubles) || records.replaced.length > 0) return [];
  const kept = new Map(chainOf(tables, host.id).map(({ epoch, seq, hash }) => [`${epoch}/${seq}`, hash]));
  return records.acknowledged
    .filter(({ host: name, epoch, seq, hash }) => name === host.plan.name && kept.get(`${epoch}/${seq}`) !== hash)
    .slice(0, MOST_SAID)
    .map(({ epoch, seq, at }) => `${host.plan.name}: ${epoch}/${seq} was acknowledged ${seconds(at)} and is not in the evidence`);
}

const SILENCE = 90_000_000_000n;

/**
 * In a sound world every host reports. Where its folder was set back or a copy of it ran it may be refused: then the server names
 * it a suspected copy, its own log says the way out, and whoever went that way is asked for as any other host. That it was named may
 * be in a state of the database that an older one has replaced: it asks again after five minutes, and by then it may be gone.
 */
function unheard({ tables, truth, world, history, records }: Run, host: Host): string[] {
  const isSuspect = [tables, ...records.replaced].some(({ hosts }) => (hosts.get(host.id)?.forkAttempts ?? 0n) > 0n);
  if (takesState(world.troubles) && isSuspect && isToldTheWayOut(history, host.plan.name)) return [];
  const heard = tables.hosts.get(host.id)?.record.receivedAt ?? null;
  const now = truth.utcAt(truth.end) + truth.clockError;
  return heard !== null && heard > now - SILENCE
    ? []
    : [`${host.plan.name}: it was not heard in the last ${SILENCE / 1_000_000_000n} s of a sound world`];
}

/** What waits in memory goes to the disk before anything later does, so while the agent lives it is as safe as that. */
function forgotten({ tables, records, world, truth }: Run, host: Host): string[] {
  if (takesState(world.troubles)) return [];
  const evidence = evidenceOf(tables, host.id);
  const kept = countOf(evidence.map(({ batch }) => batchKey(batch)));
  const safe = safeOnes(records.reported.filter((one) => one.host === host.plan.name && one.at < truth.end - GRACE));
  // One for one: of two that are equal, one in the evidence does not stand for the other.
  const missing = safe.filter(({ key }) => !takeOne(kept, key));
  const declared = declaredLost(evidence);
  if (missing.length <= declared) return [];
  const first = missing[0];
  return [
    `${host.plan.name}: ${missing.length} batches are not in the evidence, and ${declared} are declared lost; the first was made ${seconds(first?.at)} by life ${first?.life} (${first?.put})`,
  ];
}

function takeOne(counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0;
  counts.set(key, count - 1);
  return count > 0;
}

/** Those that are on the disk, and those before them in the same life. */
function safeOnes(reported: readonly ReportedBatch[]): ReportedBatch[] {
  const last = new Map<number, number>();
  for (const [index, { life, put }] of reported.entries()) if (put === "durable") last.set(life, index);
  return reported.filter(({ life, put }, index) => put !== "dropped" && index <= (last.get(life) ?? -1));
}
