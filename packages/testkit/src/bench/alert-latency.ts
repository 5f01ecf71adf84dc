import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RunningAgent } from "@truebound/agent";
import pg from "pg";
import { sourcesAt } from "../host/agent-on.ts";
import { type SimHostPlace, startSimHost } from "../host/sim-host.ts";
import { runningTime, SimClock, type TrueTime } from "../sim/sim-clock.ts";
import { type ReferenceServer, startReferenceServer } from "../udp/reference-server.ts";
import { withServer } from "./ingest.ts";

/** Hosts whose clocks are set ahead by a second and back again, by turns: never so many at once that it were one incident of all. */
const HOSTS = 20;
const ROUNDS = 5;
const FIRST_S = 40;
const PERIOD_S = 44;
const OUT_S = 16;
const BY_NS = 1_000_000_000;
const PROBE_INTERVAL_S = 16;
/** What comes later belongs to no trial. */
const PATIENCE_S = PERIOD_S - 2;

export interface AlertLatency {
  readonly probeIntervalS: number;
  readonly trials: number;
  /** From the step of the clock to the webhook's request, seconds; of the trials of which one came. */
  readonly seconds: readonly number[];
  readonly missed: number;
}

/** When host `index` is set ahead for the `round`th time, seconds of true time. */
const stepAt = (index: number, round: number): number => FIRST_S + round * PERIOD_S + (index * PERIOD_S) / HOSTS;

export const measureAlertLatency = (log: (text: string) => void): Promise<AlertLatency> =>
  withServer(log, async ({ databaseUrl, server }) => {
    const folder = mkdtempSync(join(tmpdir(), "truebound-latency-"));
    const truth = runningTime();
    const receiver = await startReceiver(truth);
    const sources = await Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.3.${last}`, truth, code: "GPS" })));
    const agents: RunningAgent[] = [];
    try {
      await tellWebhook(databaseUrl, receiver.url);
      const tokenFile = join(folder, "token");
      writeFileSync(tokenFile, await server.token(HOSTS), { mode: 0o600 });
      const place = { server: new URL(server.agentsUrl), tokenFile, dataDir: folder, truth, sources };
      for (let index = 0; index < HOSTS; index++) agents.push(await startHost(index, place));
      const endS = stepAt(HOSTS - 1, ROUNDS - 1) + PATIENCE_S;
      log(`${HOSTS} clocks are set ahead by turns, for ${Math.round(endS)} s`);
      await pause(endS * 1000 - Number(truth.elapsed()) / 1e6);
      return judged(receiver.notices);
    } finally {
      await Promise.all(agents.map((agent) => agent.stop()));
      for (const source of sources) source.close();
      await receiver.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

interface Place extends SimHostPlace {
  readonly truth: TrueTime;
  readonly sources: readonly ReferenceServer[];
}

const nameOf = (index: number): string => `latency-${index}`;

function startHost(index: number, place: Place): Promise<RunningAgent> {
  const steps = Array.from({ length: ROUNDS }, (_, round) => [
    { atS: stepAt(index, round), byNs: BY_NS },
    { atS: stepAt(index, round) + OUT_S, byNs: -BY_NS },
  ]).flat();
  const host = { name: nameOf(index), sources: sourcesAt(place.sources), probeIntervalS: PROBE_INTERVAL_S };
  return startSimHost(host, { clocks: new SimClock(place.truth, { aheadNs: 1_000 * index, steps }) }, place);
}

interface Received {
  readonly atS: number;
  readonly status: string;
  readonly hosts: readonly string[];
}

/** A webhook's other end, which says when on the true time each notice came. */
async function startReceiver(truth: TrueTime): Promise<{ url: string; notices: readonly Received[]; close(): Promise<void> }> {
  const notices: Received[] = [];
  const server = createServer((req, res) => {
    const atS = Number(truth.elapsed()) / 1e9;
    const parts: Buffer[] = [];
    req.on("data", (part: Buffer) => parts.push(part));
    req.on("end", () => {
      const body = JSON.parse(Buffer.concat(parts).toString("utf8")) as WebhookBody;
      notices.push({ atS, status: body.status, hosts: body.alerts.flatMap(({ labels }) => labels.host ?? []) });
      res.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, notices, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

interface WebhookBody {
  readonly status: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

/** The rule as it comes, but over at once: the next trial needs a new incident. */
async function tellWebhook(databaseUrl: string, url: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const channel = { name: "bench", kind: "webhook", url, severities: ["critical"], enabled: true, allow_private: true };
  await client.query("insert into alert_object (kind, name, body, origin, who) values ('channel', 'bench', $1, 'person', 'bench')", [
    JSON.stringify(channel),
  ]);
  const rule = {
    name: "proved_outside_limit",
    finding: "proved_outside_limit",
    limit_ns: null,
    otherwise_ns: 100_000_000,
    hold_s: 0,
    clear_s: 1,
    clear_pct: 90,
    grace_s: 0,
    confirm: true,
    severity: "critical",
    labels: {},
    enabled: true,
  };
  await client.query("insert into alert_rule (name, body, origin, who) values ($1, $2, 'person', 'bench')", [
    rule.name,
    JSON.stringify(rule),
  ]);
  await client.end();
}

function judged(notices: readonly Received[]): AlertLatency {
  const seconds: number[] = [];
  for (let index = 0; index < HOSTS; index++)
    for (let round = 0; round < ROUNDS; round++) {
      const began = stepAt(index, round);
      const found = notices.find(
        ({ atS, status, hosts }) => status === "firing" && hosts.includes(nameOf(index)) && atS >= began && atS < began + PATIENCE_S,
      );
      if (found !== undefined) seconds.push(found.atS - began);
    }
  const trials = HOSTS * ROUNDS;
  return { probeIntervalS: PROBE_INTERVAL_S, trials, seconds, missed: trials - seconds.length };
}
