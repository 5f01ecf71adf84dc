/** A server and by how much its clock is off from the host's, ns: positive = ahead. */
export interface ServerAt {
  readonly address: string;
  readonly offByNs: number;
  readonly stratum: number;
  readonly code: string;
}

/** Three that know UTC, in one network with the one that the daemon follows. */
export const ADDRESSES = { truth: ["10.203.8.1", "10.203.8.2", "10.203.8.3"], followed: "10.203.8.4", host: "10.203.8.100" } as const;

/**
 * By how much the host's clock is ahead of UTC where its daemon followed a server that is: no clock is set for that, but all servers that
 * know UTC are put behind the host's clock by as much.
 */
const ASTRAY_NS = 50_000_000;

/** @param astray whether the daemon has led the host's clock away, after a server that lies. */
export const serversOf = (astray: boolean): readonly ServerAt[] => [
  ...ADDRESSES.truth.map((address, index) => ({ address, offByNs: astray ? -ASTRAY_NS : 0, stratum: 1, code: `GPS${index}` })),
  { address: ADDRESSES.followed, offByNs: 0, stratum: 1, code: "PPS" },
];

export const DAEMONS = ["chronyd", "ntpsec", "ptp4l", "timesyncd"] as const;
export type DaemonName = (typeof DAEMONS)[number];

/** What is played: what the daemon is, or what becomes of it. */
export const CASES = ["right", "unsynchronised", "own_clock", "killed", "hangs", "liar"] as const;
export type CaseName = (typeof CASES)[number];

export interface SceneResult {
  readonly daemon: DaemonName;
  readonly case: CaseName;
  /** Findings in the order in which they began; of a daemon that is right there are none. */
  readonly found: readonly { readonly finding: string; readonly looks: number; readonly seconds: number }[];
  /** All looks of the scene since what is timed, and the seconds, on MONOTONIC. */
  readonly looks: number;
  readonly seconds: number;
  /** What the daemon said in the last look at which it answered. */
  readonly said: string;
}

/** What each can play. ptp4l claims no bound, so what it follows cannot contradict one. */
export const SCENES: readonly (readonly [DaemonName, CaseName])[] = [
  ...(["right", "unsynchronised", "own_clock", "killed", "hangs", "liar"] as const).map((one) => ["chronyd", one] as const),
  ...(["right", "unsynchronised", "own_clock", "killed", "hangs", "liar"] as const).map((one) => ["ntpsec", one] as const),
  ...(["right", "own_clock", "killed", "hangs"] as const).map((one) => ["ptp4l", one] as const),
  ...(["right", "unsynchronised", "killed", "hangs", "liar"] as const).map((one) => ["timesyncd", one] as const),
];
