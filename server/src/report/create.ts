import { formatUtc } from "@truebound/time";
import { declaredNames } from "./declared.ts";
import { add, deriveMissing, type Gathered, gatherAll, groupsOf } from "./gather.ts";
import { leftHeads, provable, reportBefore } from "./left-month.ts";
import { SeenLeaves, writeLog } from "./log-file.ts";
import { manifestOf, trustedIds } from "./manifest-of.ts";
import type { MadeReport } from "./ports.ts";
import type { ReportPorts } from "./report-ports.ts";
import { type ReportRequest, ReportTrouble, type Watching } from "./request.ts";
import { sealedPlan } from "./sealed-plan.ts";
import { sign } from "./sign-bundle.ts";

/** Makes a bundle, host by host, so that what is in memory at once is one host's evidence and everybody's results; of groups also 32 bytes for each piece of evidence. */
export async function createReport(ports: ReportPorts, request: ReportRequest, watching: Watching): Promise<MadeReport> {
  const { inTurn = (_, work) => work() } = ports;
  let isBegun = false;
  const work = () => {
    isBegun = true;
    return made(ports, request, watching);
  };
  try {
    return await inTurn(watching.signal, work);
  } catch (error) {
    if (isBegun || !watching.signal.aborted) throw error;
    throw new ReportTrouble("Cancelled while it waited for another report that is being made; nothing is left of it");
  }
}

async function made(ports: ReportPorts, request: ReportRequest, watching: Watching): Promise<MadeReport> {
  const { log, sink, crypto } = ports;
  const { plan, last, sealed } = await sealedPlan(ports, request);
  const createdAt = await ports.book.now();
  const seen = new SeenLeaves();
  const gathered: Gathered = {
    hosts: [],
    leaves: [],
    results: [],
    forecasts: new Map(),
    groups: groupsOf(plan, ports),
    isSimulated: false,
  };
  const going = (): void => {
    if (watching.signal.aborted)
      throw new ReportTrouble(`Cancelled after ${gathered.hosts.length} of ${plan.hosts.length} hosts; nothing is left of it`);
  };
  try {
    await gatherAll(ports, plan, { sealed, createdAt, seen, watching }, gathered);
  } catch (error) {
    going();
    throw error;
  }
  deriveMissing(plan, ports, gathered);
  for (const { declared, deriving, beside } of gathered.groups)
    add({ profile: declared.profile, derived: await restfully(deriving.steps(), ports, going), beside }, plan, ports, gathered);
  const keyChanges = await log.keyChanges();
  const deletions = (
    await log.deletionLeaves(
      plan.hosts.map(({ id }) => id),
      formatUtc(request.from).slice(0, 7),
    )
  ).filter(({ shard, index }) => shard < sealed.shard || (shard === sealed.shard && index < sealed.size));
  const declared = await log.declaredLeaves(declaredNames(plan));
  const trusted = trustedIds(keyChanges, ports);
  const left = await leftHeads(log, [...(last === null ? [] : [last.head.shard]), ...deletions.map(({ shard }) => shard)], sealed, trusted);
  const before = reportBefore(last, left);
  const opened = [...provable(deletions, left), ...declared];
  for (const leaf of opened) seen.add(leaf);
  const leaves = [...gathered.leaves, ...opened];
  await writeLog({ log, sink, sha256: crypto.sha256 }, { sealed, seen, leaves, keyChanges, trusted, before: before.tied?.head ?? null });
  const manifest = await manifestOf(ports, request, plan, { gathered, sealed, createdAt, before, keyChanges, declared });
  return sign(ports, request, plan, manifest, sealed);
}

/** With other work done now and then, and given up where that is asked: a large group takes minutes. */
async function restfully<T>(steps: Generator<void, T>, { rest }: ReportPorts, going: () => void): Promise<T> {
  for (;;) {
    going();
    const step = steps.next();
    if (step.done === true) return step.value;
    await rest();
  }
}
