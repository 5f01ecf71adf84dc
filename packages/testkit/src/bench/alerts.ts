import { randomUUID } from "node:crypto";
import { type AlertConfig, AlertKeeper, type AlertStore, FleetWatcher, type HostRecord, SHIPPED_RULES } from "@truebound/server";
import { type LeapList, utc } from "@truebound/time";
import { type AlertRule, DEFAULT_ALERT_SETTINGS } from "@truebound/wire";
import { soundHost } from "../fleet/sound-host.ts";

export interface AlertCost {
  /** ms of processor for a look: to judge it, and to take it in. Means, after the first ones. */
  readonly judgeMs: number;
  readonly lookMs: number;
  readonly worstMs: number;
  /** Rules that concern one host. */
  readonly perHost: number;
}

export type AlertScene = "by label" | "for all" | "one in a hundred outside";

const RULES = 200;
const RACKS = 50;
const WARM = 15;
const LOOKS = 60;
const REPORT_EVERY = 5;
const NOW = 1_795_000_000_000_000_000n;

/** A fleet in memory; what PostgreSQL adds to a look is a bench of its own. */
export async function measureAlerts(hosts: number, scene: AlertScene, log: (text: string) => void): Promise<AlertCost> {
  log(`alerts: ${hosts} hosts, rules ${scene}`);
  const records = Array.from({ length: hosts }, (_, index) => hostOf(index, scene));
  const changes = { due: records as readonly HostRecord[], xid: 1n };
  const watcher = new FleetWatcher({ look: async () => ({ records: changes.due, rules: [], mark: "0" }) });
  const time = { ms: 0 };
  const config = configOf(scene);
  const keeper = new AlertKeeper({
    store: storeOf(config),
    fleet: watcher,
    mesh: () => null,
    leaps: () => LEAP_LIST,
    house: () => null,
    bootId: "boot-0",
    monotonic: () => time.ms,
    localPage: () => "http://127.0.0.1:8123",
    word: randomUUID,
  });
  const spent = { judge: [] as number[], look: [] as number[] };
  for (let look = 0; look < WARM + LOOKS; look++) {
    time.ms += 1_000;
    spent.look.push(
      await processorMs(async () => {
        await watcher.look(() => time.ms);
        watcher.entries();
      }),
    );
    spent.judge.push(await processorMs(() => keeper.look()));
    changes.due = reports(records, look);
  }
  return {
    judgeMs: mean(spent.judge.slice(WARM)),
    lookMs: mean(spent.look.slice(WARM)),
    worstMs: Math.max(...spent.judge.slice(WARM)),
    perHost: config.rules.filter(({ body }) => body.hosts === undefined || body.hosts.labels?.rack === "r1").length,
  };
}

/** A fifth of the fleet, each with its next report. */
function reports(records: HostRecord[], look: number): HostRecord[] {
  const due: HostRecord[] = [];
  for (let index = look % REPORT_EVERY; index < records.length; index += REPORT_EVERY) {
    const before = records[index] as HostRecord;
    const at = utc(NOW + BigInt(look) * 1_000_000_000n);
    const next = {
      ...before,
      seq: before.seq + 1,
      changedXid: before.changedXid + 1n,
      asOf: at,
      receivedAt: at,
      labels: { ...before.labels },
    };
    records[index] = next;
    due.push(next);
  }
  return due;
}

const LEAP_LIST: LeapList = {
  updated: utc(NOW),
  expires: utc(NOW + 20_000_000_000_000_000n),
  rows: [{ from: utc(NOW - 30_000_000_000_000_000n), taiMinusUtc: 37 }],
};

const KINDS = [
  "proved_outside_limit",
  "bound_exceeds_limit",
  "cannot_prove_limit",
  "near_limit",
  "source_lost",
  "no_majority",
  "host_silent",
];

function configOf(scene: AlertScene): AlertConfig {
  const [first] = SHIPPED_RULES as readonly [AlertRule, ...AlertRule[]];
  const more = Array.from({ length: RULES - SHIPPED_RULES.length }, (_, index): AlertRule => {
    const finding = KINDS[index % KINDS.length] as AlertRule["finding"];
    const shipped = SHIPPED_RULES.find((one) => one.finding === finding) ?? first;
    const hosts = scene === "for all" ? {} : { hosts: { labels: { rack: `r${index % RACKS}` } } };
    return { ...shipped, name: `rule_${index}`, limit_ns: 50_000_000 + index * 100_000, ...hosts };
  });
  return {
    rules: [...SHIPPED_RULES, ...more].map((body) => ({ body, origin: "file" as const })),
    groups: [],
    calendars: [],
    maintenance: [],
    channels: [],
    silences: [],
    settings: DEFAULT_ALERT_SETTINGS,
    now: utc(NOW),
  };
}

/** Takes everything and keeps nothing: each look begins its alerts anew, which is the most that it can cost. */
const storeOf = (config: AlertConfig): AlertStore => ({
  takeSeat: async () => ({
    look: async () => ({ config, events: [], mark: "0" }),
    book: async () => ({ alerts: new Map(), incidents: new Map() }),
    write: async () => {},
    ask: async (bursts) => [...bursts.keys()],
    leave: async () => {},
  }),
});

function hostOf(index: number, scene: AlertScene): HostRecord {
  const isOutside = scene === "one in a hundred outside" && index % 100 === 7;
  return soundHost(index, utc(NOW), {
    labels: { rack: `r${index % RACKS}`, site: "eu", role: "db" },
    enrolledAt: utc(NOW),
    chainAt: utc(NOW),
    bound: isOutside ? { lo: 200_000_000n, hi: 210_000_000n } : { lo: -1_000_000n, hi: 3_000_000n },
    tight: { lo: -100_000n, hi: 300_000n },
    frequency: { oscillator: [-3_000, 2_000], daemon_slew: null },
    terms: { path_ns: "900000", root_ns: "100000", precision_ns: "1", stamp_ns: "1000", drift_ns: "50000", slew_ns: "10" },
  });
}

async function processorMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
