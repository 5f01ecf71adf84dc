import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { type Ground, withServer } from "../bench/ingest.ts";
import { gapsOf, readStored } from "./gaps.ts";
import { openFiles, watchMemory } from "./process-watch.ts";
import { meansOfParts, type Slope, slopeOf } from "./slope.ts";
import type { Tally } from "./soak-agent.ts";
import { startSoakLoad } from "./soak-job.ts";

export interface SoakOptions {
  readonly agents: number;
  readonly everyMs: number;
  readonly warmUpS: number;
  readonly seconds: number;
  readonly seed: number;
  /** Folder for what lives on the heap with nobody connected, after the warm-up and at the end; null = it is not written. */
  readonly snapshots: string | null;
}

export interface SoakResult {
  readonly seconds: number;
  readonly batches: number;
  readonly tally: Tally;
  /** MiB for an hour, and MiB at the end; null = too short a run for a slope. */
  readonly memory: Slope | null;
  readonly memoryMib: number;
  /** Of what lives on the heap, after collections that were asked for. */
  readonly heap: Slope | null;
  /** MiB on the heap with nobody connected, after the warm-up and at the end: what no request that is under way can hide. */
  readonly heapAtRest: readonly [number, number];
  /** MiB in twelve equal parts of the run: whether growth comes to an end. */
  readonly parts: { readonly memory: readonly number[]; readonly heap: readonly number[] };
  /** Descriptors of the server with nobody connected, after the warm-up and at the end. */
  readonly files: readonly [number, number];
  /** Connections to the database by the server, then too. */
  readonly connections: readonly [number, number];
  /** What those at the end ran last. */
  readonly connected: readonly string[];
  /** ms that timers were late, since the warm-up. */
  readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Connections to the database that were cut. */
  readonly cut: number;
  /** What no fault explains. */
  readonly gaps: readonly string[];
}

const LOOK_MS = 1_000;
const HEAP_EVERY_MS = 30_000;
const CUT_EVERY_MS = 10_000;
const SETTLES_WITHIN_MS = 60_000;
/** A pool lets go of a connection that nobody used for 10 s. */
const IDLE_MS = 12_000;

/** Agents under faults against a real server on a real PostgreSQL: what grows, what is late, and what is missing afterwards. */
export const soak = (options: SoakOptions, log: (text: string) => void): Promise<SoakResult> =>
  withServer(log, (ground) => soakOn(ground, options, log), { exposesGc: true, isQuiet: true });

async function soakOn({ databaseUrl, server }: Ground, options: SoakOptions, log: (text: string) => void): Promise<SoakResult> {
  const { agents, everyMs, seed } = options;
  const client = new pg.Client({ connectionString: databaseUrl, application_name: "soak" });
  await client.connect();
  const load = await startSoakLoad({ url: server.agentsUrl, token: await server.token(agents), agents, everyMs, seed });
  const snapshot = async (name: string) => {
    if (options.snapshots !== null) await server.heapSnapshot(join(options.snapshots, `${name}.heapsnapshot`));
  };
  log(`${agents} agents are enrolled; they warm the server up for ${options.warmUpS} s`);
  load.report();
  await pause(options.warmUpS * 1_000);
  await load.rest();
  const before = await settled(client, server.pid, null);
  const heapBefore = await server.heapMib();
  await snapshot("before");
  const held = heapWatch(server);
  const memory = watchMemory(server.pid, LOOK_MS);
  const cuts = cutConnections(client);
  await server.loopDelayMs();
  const began = performance.now();
  load.report();
  log(`the soak begins: ${options.seconds} s`);
  await pause(options.seconds * 1_000);
  const [points, heap, loop, cut] = [memory.stop(), await held.stop(), await server.loopDelayMs(), await cuts.stop()];
  const seconds = (performance.now() - began) / 1_000;
  const { told, tally } = await load.end();
  const after = await settled(client, server.pid, before);
  const [heapAfter, connected] = [await server.heapMib(), await lastStatements(client)];
  await snapshot("after");
  await client.end();
  return {
    seconds,
    batches: told.reduce((sum, { batches }) => sum + batches, 0),
    tally,
    memory: slopeOf(points),
    memoryMib: points.at(-1)?.value ?? Number.NaN,
    heap: slopeOf(heap),
    heapAtRest: [heapBefore, heapAfter],
    parts: { memory: meansOfParts(points), heap: meansOfParts(heap) },
    files: [before.files, after.files],
    connections: [before.connections, after.connections],
    connected,
    loop,
    cut,
    gaps: [...tally.trouble, ...gapsOf(told, await readStored(databaseUrl))],
  };
}

interface Held {
  readonly files: number;
  readonly connections: number;
}

/** What the server holds once nobody is connected and its pool let go of what it does not need; at most as much as before, or it does not settle. */
async function settled(client: pg.Client, pid: number, before: Held | null): Promise<Held> {
  const since = performance.now();
  let least: Held = await heldBy(client, pid);
  while (performance.now() - since < SETTLES_WITHIN_MS) {
    await pause(LOOK_MS);
    const now = await heldBy(client, pid);
    if (now.files <= least.files) least = now;
    const isQuiet = performance.now() - since > IDLE_MS;
    if (isQuiet && (before === null || (least.files <= before.files && least.connections <= before.connections))) return least;
  }
  return least;
}

async function heldBy(client: pg.Client, pid: number): Promise<Held> {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int as count from pg_stat_activity where application_name like 'truebound%'",
  );
  return { files: openFiles(pid), connections: rows[0]?.count ?? 0 };
}

/** What each of the server's connections ran last, those that came first before the others. */
async function lastStatements(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ said: string }>(
    `select application_name || ' ' || coalesce(state, '') || ': ' || left(regexp_replace(query, '\\s+', ' ', 'g'), 120) as said
     from pg_stat_activity where application_name like 'truebound%' order by backend_start`,
  );
  return rows.map(({ said }) => said);
}

/** The heap after a collection, every so often. */
function heapWatch(server: Ground["server"]) {
  const began = performance.now();
  const points: { atS: number; value: number }[] = [];
  let asked = Promise.resolve();
  const look = async () => {
    const value = await server.heapMib();
    points.push({ atS: (performance.now() - began) / 1_000, value });
  };
  const timer = setInterval(() => (asked = asked.then(look)), HEAP_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await asked;
      return points;
    },
  };
}

/** Cuts the server's longest connection to the database, again and again. */
function cutConnections(client: pg.Client) {
  let cut = 0;
  let asked = Promise.resolve();
  const cutOne = async () => {
    const { rowCount } = await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'truebound' order by backend_start limit 1",
    );
    cut += rowCount ?? 0;
  };
  const timer = setInterval(() => (asked = asked.then(cutOne)), CUT_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await asked;
      return cut;
    },
  };
}
