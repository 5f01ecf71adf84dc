import type { Timescale } from "@truebound/time";
import type { DaemonFaults } from "../host/sim-daemon.ts";
import type { ClockFaults } from "../sim/sim-clock.ts";
import type { PathFaults } from "../udp/relay.ts";

/** The demo's time sources: real servers over UDP, each on a loopback address of its own, with a known error. */
export interface DemoServer {
  readonly name: string;
  readonly address: string;
  readonly code: string;
  /** Server clock − UTC, ns, at `seconds` since the demo's start. */
  readonly errorNs?: (seconds: number) => number;
  /** Does not answer from here on, s. */
  readonly silentFromS?: number;
  /** A server of the world in which a second is inserted; by this timescale. */
  readonly leaps?: Timescale;
}

const MS = 1_000_000;
/** The demo's own leap table: a second is inserted six hours after the start, so a noon-to-noon smear is a quarter done. */
const LEAP_IN_S = 6 * 3600;
const SMEAR_S = 86_401;
/** And that of the host that goes through one: a whole second, at least so long after the start. */
export const LEAP_REHEARSED_AFTER_S = 60;

/** Linear 24 h smear: smeared clock − UTC before an inserted leap second. */
const smear = (seconds: number): number => -((SMEAR_S / 2 - LEAP_IN_S + seconds) / SMEAR_S) * 1000 * MS;

export const SERVERS: readonly DemoServer[] = [
  { name: "alpha", address: "127.0.0.11", code: "GPS" },
  { name: "bravo", address: "127.0.0.12", code: "PPS" },
  { name: "charlie", address: "127.0.0.13", code: "DCF" },
  { name: "delta", address: "127.0.0.14", code: "MSF" },
  { name: "liar", address: "127.0.0.21", code: "GPS", errorNs: () => 40 * MS },
  { name: "accomplice", address: "127.0.0.22", code: "PPS", errorNs: () => 40 * MS },
  { name: "disagrees", address: "127.0.0.31", code: "GPS", errorNs: () => -25 * MS },
  { name: "smears", address: "127.0.0.41", code: "GPS", errorNs: smear },
  { name: "dies-1", address: "127.0.0.51", code: "GPS", silentFromS: 30 },
  { name: "dies-2", address: "127.0.0.52", code: "PPS", silentFromS: 30 },
  { name: "dies-3", address: "127.0.0.53", code: "DCF", silentFromS: 30 },
  { name: "leaps-1", address: "127.0.0.71", code: "GPS", leaps: "utc" },
  { name: "leaps-2", address: "127.0.0.72", code: "PPS", leaps: "utc" },
  { name: "leap-smears", address: "127.0.0.73", code: "DCF", leaps: "smear24" },
  ...[1, 2, 3].map((last): DemoServer => ({ name: `misled-${last}`, address: `127.0.0.8${last}`, code: "GPS", errorNs: () => 40 * MS })),
  ...[1, 2, 3].map((last): DemoServer => ({ name: `colluder-${last}`, address: `127.0.0.9${last}`, code: "PPS", errorNs: () => -60 * MS })),
  { name: "dead", address: "127.0.0.61", code: "GPS", silentFromS: 0 },
];

/** One demo host: the real agent on a simulated clock with a known fault. */
export interface DemoHost {
  readonly name: string;
  /** Value of the label `demo_scenario`; what the page says is wrong. */
  readonly scenario: string;
  readonly clock: ClockFaults;
  readonly servers: readonly string[];
  /** Its own chronyd; absent = none runs. */
  readonly daemon?: DaemonFaults;
  /** A relay between the host and each of its servers. */
  readonly path?: PathFaults;
  /** Killed without a word after so many seconds. */
  readonly diesAfterS?: number;
  /** Takes part in the mesh. */
  readonly mesh?: boolean;
  /** Lives in the world in which a second is inserted, and has a leap list that says so. */
  readonly leaps?: boolean;
}

const PLAIN = ["alpha", "bravo", "charlie", "delta"];
/** Knows its clock, give or take a quarter of a millisecond, and says so. */
const RIGHT: DaemonFaults = { claimsNs: 0.25 * MS, follows: "127.0.0.11" };

export const HOSTS: readonly DemoHost[] = [
  {
    name: "demo-healthy",
    scenario: "healthy",
    clock: { driftPpb: 2_300, slewPpb: -2_300, aheadNs: 40_000 },
    servers: PLAIN,
    mesh: true,
    daemon: RIGHT,
  },
  {
    name: "demo-behind",
    scenario: "3_ms_behind",
    clock: { aheadNs: -3 * MS },
    servers: PLAIN,
    // It takes its clock to be nine milliseconds ahead, give or take a quarter of one: it is led astray, and does not know.
    daemon: { ...RIGHT, errorNs: -12 * MS },
  },
  // Nobody corrects it any more.
  {
    name: "demo-fast",
    scenario: "80_ppm_fast",
    clock: { driftPpb: 80_000 },
    servers: PLAIN,
    daemon: { ...RIGHT, diesAfterS: 30 },
  },
  {
    name: "demo-steps",
    scenario: "steps_250_ms",
    clock: {
      steps: [
        { atS: 45, byNs: 250 * MS, everyS: 240 },
        { atS: 165, byNs: -250 * MS, everyS: 240 },
      ],
    },
    servers: PLAIN,
  },
  { name: "demo-one-liar", scenario: "one_liar_of_four", clock: {}, servers: ["alpha", "bravo", "charlie", "liar"] },
  {
    name: "demo-two-liars",
    scenario: "two_liars",
    clock: {},
    servers: ["alpha", "bravo", "charlie", "liar", "accomplice"],
    daemon: { claimsNs: 0.5 * MS, errorNs: 40 * MS, follows: "127.0.0.21" },
  },
  { name: "demo-disagree", scenario: "two_sources_disagree", clock: {}, servers: ["alpha", "disagrees"] },
  { name: "demo-asymmetric", scenario: "asymmetric_1_11_ms", clock: {}, servers: PLAIN, path: { thereMs: 1, backMs: 11 } },
  {
    name: "demo-jittery",
    scenario: "jittery_path",
    clock: { driftPpb: -12_000, slewPpb: 12_000 },
    servers: PLAIN,
    path: { thereMs: 4, backMs: 4, jitterMs: 12, loss: 0.1 },
  },
  { name: "demo-holdover", scenario: "all_sources_lost", clock: { driftPpb: 35_000 }, servers: ["dies-1", "dies-2", "dies-3"] },
  { name: "demo-silent", scenario: "silent", clock: {}, servers: PLAIN, diesAfterS: 35 },
  { name: "demo-smear", scenario: "smear_among_plain", clock: {}, servers: ["alpha", "bravo", "charlie", "smears"] },
  { name: "demo-leap", scenario: "inserted_leap_second", clock: {}, servers: ["leaps-1", "leaps-2", "leap-smears"], leaps: true },
  { name: "demo-unreachable", scenario: "sources_unreachable", clock: {}, servers: ["dead"] },
  ...[1, 2, 3, 4, 5, 6].map(
    (number): DemoHost => ({
      name: `demo-peer-${number}`,
      scenario: "honest_peer",
      // Their daemons know: oscillators of their own, and clocks that stay where they are.
      clock: { driftPpb: 9_000 * number - 30_000, slewPpb: 30_000 - 9_000 * number, aheadNs: 100_000 * number },
      servers: PLAIN,
      mesh: true,
      // The last of them knows no server, and leads an island of one.
      daemon: number < 6 ? RIGHT : { claimsNs: 0.25 * MS },
    }),
  ),
  // All of its sources lie alike: nothing that it hears tells it so, and only its peers know.
  { name: "demo-misled", scenario: "misled_by_its_sources", clock: {}, servers: ["misled-1", "misled-2", "misled-3"], mesh: true },
  ...[1, 2].map(
    (number): DemoHost => ({
      name: `demo-colludes-${number}`,
      scenario: "two_collude",
      clock: { driftPpb: 4_000 * number },
      servers: ["colluder-1", "colluder-2", "colluder-3"],
      mesh: true,
    }),
  ),
];
