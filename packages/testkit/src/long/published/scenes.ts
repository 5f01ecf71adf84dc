import type { Scenario } from "../../scenario/scenario.ts";
import type { SimSource } from "../../sim/sim-source.ts";

/** The cases of the literature in which what others claim of a clock leaves the truth out. */
export interface Scene {
  readonly title: string;
  /** What is wrong there, in a sentence. */
  readonly about: string;
  readonly scenario: Scenario;
}

const MS = 1_000_000;
const source = (last: number, over: Partial<SimSource>): SimSource => ({
  address: `198.51.100.${last}:123`,
  thereMs: 0.1,
  backMs: 0.1,
  ...over,
});
const nearby = [1, 2, 3].map((last) => source(last, { jitterMs: 0.02 }));
/** chrony's longest default poll; ninety-seven of them. */
const SLOW_POLL_S = 1024;
const DAY_S = 97 * SLOW_POLL_S;

export const SCENES: readonly Scene[] = [
  {
    title: "frequency jumps by 50 ppm, poll 1024 s",
    about: "An oscillator that jumps: a virtual machine moved without a marker, or a fan that stops.",
    scenario: {
      name: "frequency jump",
      seconds: DAY_S,
      seed: 101,
      pollS: SLOW_POLL_S,
      clock: { driftPpb: 12_000, wander: { kind: "jump", atS: 50_300, byPpb: 50_000 } },
      sources: nearby,
    },
  },
  {
    title: "temperature wave of ±2 ppm in 2 h, poll 1024 s",
    about: "An air conditioner that switches on and off.",
    scenario: {
      name: "temperature wave",
      seconds: DAY_S,
      seed: 102,
      pollS: SLOW_POLL_S,
      clock: { driftPpb: 12_000, wander: { kind: "sine", amplitudePpb: 2000, periodS: 7200 } },
      sources: nearby,
    },
  },
  {
    title: "three honest sources, two that collude (F = 2)",
    about: "Two near servers agree on a time that is 8 ms off; of the three honest ones two are 24 ms away and see no contradiction.",
    scenario: {
      name: "collusion",
      seconds: 7200,
      seed: 103,
      pollS: 16,
      clock: { driftPpb: 12_000 },
      policy: { faults: 2 },
      sources: [
        source(1, { thereMs: 1, backMs: 1, jitterMs: 0.1 }),
        source(2, { thereMs: 12, backMs: 12, jitterMs: 0.5 }),
        source(3, { thereMs: 12, backMs: 12, jitterMs: 0.5 }),
        source(4, { thereMs: 0.5, backMs: 0.5, jitterMs: 0.02, errorNs: -8 * MS }),
        source(5, { thereMs: 0.5, backMs: 0.5, jitterMs: 0.02, errorNs: -8 * MS }),
      ],
    },
  },
  {
    title: "path of 1 ms there and 11 ms back",
    about: "An asymmetric route, the same to all three sources.",
    scenario: {
      name: "asymmetric path",
      seconds: 7200,
      seed: 104,
      pollS: 16,
      clock: { driftPpb: 12_000 },
      sources: [1, 2, 3].map((last) => source(last, { thereMs: 1, backMs: 11, jitterMs: 0.2 })),
    },
  },
];
