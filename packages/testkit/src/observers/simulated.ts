import { DaemonWatch } from "@truebound/agent";
import type { ChronydSays, DaemonSays } from "@truebound/wire";
import { runScenario, type Scenario } from "../scenario/scenario.ts";

/** What no daemon may do to this host's clock: done to a simulated one, beside the answers that an honest daemon would give of it. */
export interface SimulatedScene {
  readonly what: string;
  /** Events of the host's clock, each with the seconds of MONOTONIC after it happened. */
  readonly events: readonly { readonly kind: string; readonly seconds: number }[];
  /** What was found of each daemon. */
  readonly findings: readonly string[];
  readonly looks: number;
}

const LOOK_S = 30;
const MOVED_AT_S = 300;
const CLAIMS = ["chronyd", "ntpd", "timesyncd"] as const;
const SCENES: readonly { readonly what: string; readonly clock: Scenario["clock"] }[] = [
  { what: "steps the clock by 50 ms", clock: { driftPpb: 8_000, slewPpb: -8_000, steps: [{ atS: MOVED_AT_S, byNs: 50_000_000 }] } },
  { what: "slews the clock at 90 ppm", clock: { driftPpb: 8_000, slewPpb: -98_000, aheadNs: 60_000_000 } },
];

export const simulatedScenes = (): SimulatedScene[] => SCENES.map(({ what, clock }) => played(what, clock));

function played(what: string, clock: Scenario["clock"]): SimulatedScene {
  const watches = CLAIMS.map((claimant) => ({ claimant, watch: new DaemonWatch() }));
  const findings: string[] = [];
  let [looks, lastS] = [0, -LOOK_S];
  const { findings: events } = runScenario(scenarioOf(what, clock), {
    looked: ({ reading, status, throughout }) => {
      const elapsedS = secondsOf(reading.monotonic);
      if (elapsedS - lastS < LOOK_S) return;
      [lastS, looks] = [elapsedS, looks + 1];
      const measured = status === "proven" || status === "holdover" ? throughout : null;
      for (const { claimant, watch } of watches) {
        const says = saysOf(claimant, reading.injected ?? 0n, reading.rawAfter);
        const sight = { running: null, trouble: null, baseless: null, followed: null, votes: [] };
        findings.push(...watch.look({ ...sight, at: reading.rawAfter, says, measured }).map(({ kind }) => `${claimant} ${kind}`));
      }
    },
  });
  const told = events
    .filter(({ kind }) => kind === "clock_stepped" || kind === "slew_assumption_broken")
    .map(({ kind, reading }) => ({ kind, seconds: secondsOf(reading.monotonic) - MOVED_AT_S }));
  return { what, events: told, findings, looks };
}

const scenarioOf = (name: string, clock: Scenario["clock"]): Scenario => ({
  name,
  seconds: 900,
  seed: 7,
  clock,
  sources: [1, 2, 3].map((last) => ({
    address: `192.0.2.${last}:123`,
    thereMs: 0.2,
    backMs: 0.2,
    jitterMs: 0.1,
    refid: 0x47505300 + last,
  })),
});

/** MONOTONIC since the start of a simulated host, s. */
const secondsOf = (monotonic: bigint): number => Number((monotonic - 1_000_000_000_000n) / 1_000_000n) / 1000;

function saysOf(claimant: (typeof CLAIMS)[number], truth: bigint, at: bigint): DaemonSays {
  const said: ChronydSays = {
    offset_ns: String(truth),
    root_delay_ns: "200000",
    root_dispersion_ns: "150000",
    stratum: 2,
    follows: "192.0.2.1",
    is_synchronised: true,
  };
  return { asked_raw_ns: String(at), raw_ns: String(at), [claimant]: said };
}
