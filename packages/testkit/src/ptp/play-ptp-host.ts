import { setTimeout as pause } from "node:timers/promises";
import { parseSource, type Rung, sha1 } from "@truebound/agent";
import { renderLeapList } from "@truebound/time";
import { type Batch, DEFAULT_POLICY } from "@truebound/wire";
import { agentOn } from "../host/agent-on.ts";
import { type FollowedPort, SLEW_PPM, WITHOUT_LEAPS } from "./play-ptp-source.ts";
import { GNSS, type PtpRow } from "./ptp-row.ts";

/** A whole agent whose only source is the port, and whose policy says that it counts. */
export interface PtpHost {
  readonly status: string;
  readonly offset: readonly [string, string] | null;
  readonly declared: readonly string[];
  /** As it is reported. */
  readonly source: Batch["sources"][number] | null;
  readonly intervals: number;
  /** Of the grandmaster, in order. */
  readonly events: readonly string[];
}

const ID = "ptp:gm";
const TRIES = 100;

/** Measures by a grandmaster that follows GNSS, and sees it lose that. */
export async function playPtpHost(row: PtpRow, port: FollowedPort, rung: Rung): Promise<PtpHost> {
  const source = parseSource(`ptp:${row.follower} name=gm slew=${SLEW_PPM}`);
  if (typeof source === "string") throw new Error(source);
  const batches: Batch[] = [];
  const agent = agentOn(rung, [source], {
    clockSet: null,
    openIntervals: (_, { leapList }) => port.sourceWith({}, leapList() ?? undefined),
    settings: { probeIntervalS: 1, leapList: renderLeapList(WITHOUT_LEAPS, sha1) },
    policy: { ...DEFAULT_POLICY, version: 1, report_interval_s: 0.5, declared: [ID] },
    report: (batch) => batches.push(batch),
  });
  const events = () => batches.flatMap((batch) => batch.events.map(({ kind }) => kind)).filter((kind) => kind.startsWith("grandmaster_"));
  await row.set(GNSS);
  agent.start();
  try {
    await until(() => agent.monitor.current?.offset != null);
    const { status, offset } = agent.lookNow().row;
    const { declared = [] } = agent.monitor.assumptions;
    // By some Syncs it is not seen yet in how many steps they come.
    const isWhole = ({ intervals, sources: [one] }: Batch) => intervals !== undefined && one?.facts?.sync_steps != null;
    await until(() => batches.some(isWhole));
    const told = batches.find(isWhole);
    await row.set({ ...GNSS, clockClass: 7 });
    await until(() => events().length > 0);
    const intervals = batches.reduce((sum, batch) => sum + (batch.intervals?.source.length ?? 0), 0);
    return {
      status,
      offset: offset && [String(offset.lo), String(offset.hi)],
      declared,
      source: told?.sources[0] ?? null,
      intervals,
      events: events(),
    };
  } finally {
    agent.stop();
  }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (isSo()) return;
    await pause(200);
  }
  throw new Error("Cannot play: the agent does not get so far");
}
