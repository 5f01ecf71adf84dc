import { BILLION, type Measured, ppb, type SampleParts, type Situation, utc } from "@truebound/time";
import type { HostPlan, PlanList, ProfileList } from "@truebound/wire";
import { record } from "../server/src/fleet/record.fixture.ts";
import { hostPlan, type Known } from "../server/src/plan/host-plan.ts";

/** Plans as the server makes them, of hosts that are measured so and so. */
const SAMPLE: SampleParts = { path: 41_000n, root: 22_889n, precision: 120n, stamp: 390n, offset: 6_400n };
const each = (...seconds: number[]) => seconds.map((floor) => ({ floor: BigInt(floor) * BILLION, apart: null }));
const AT = utc(1_795_000_000n * BILLION);

function planned(name: string, index: number, over: Partial<Situation>, status: "proven" | "unverified" = "proven"): HostPlan {
  const situation: Situation = {
    limit: 1_000_000n,
    sample: SAMPLE,
    leastReach: SAMPLE.path + SAMPLE.root,
    slew: ppb(520_000n),
    drift: ppb(200_000n),
    interleaved: false,
    slowest: { reading: BILLION, poll: 16n * BILLION },
    pacedBy: null,
    readLate: BILLION / 100n,
    votes: each(1, 1, 1),
    sources: each(1, 1, 1),
    faults: 1,
    trusting: false,
    disagree: false,
    countsUnverified: false,
    ...over,
  };
  const measured = { ...situation, reports: 24, status, slew: situation.slew, drift: situation.drift } as unknown as Measured;
  const offers = { cappedSlew: ppb(520_000n), calibratedDrift: ppb(15_000n), isCertifiable: true };
  const known: Known = { measured, situation, offers, from: utc(AT - 600n * BILLION), to: AT };
  const limit = { limit: situation.limit, appError: 0n, countsUnverified: false };
  return hostPlan(record({ name, id: idOf(index), status }), limit, { liveness: "reporting", heardAgo: 4n * BILLION }, known);
}

const idOf = (index: number): string => `0199a2f4-6c1e-7d30-9b52-${String(index).padStart(12, "0")}`;
const unheard = (name: string, index: number, heardAgo: bigint | null): HostPlan =>
  hostPlan(
    record({ name, id: idOf(index), status: "unknown", reason: "never_measured" }),
    { limit: 1_000_000n, appError: 0n, countsUnverified: false },
    { liveness: heardAgo === null ? "enrolled" : "silent", heardAgo },
    null,
  );

const PROFILE: PlanList["profile"] = {
  id: "eu-2025-1155-other",
  title: "EU 2025/1155, member: all other trading activity",
  kind: "utc",
  limit_ns: "1000000",
};
const list = (items: HostPlan[], more: Partial<PlanList> = {}): PlanList => ({
  at: "2026-11-18T10:26:40.000000000Z",
  profile: PROFILE,
  items,
  next: null,
  total: items.length,
  ...more,
});

const FULL = [
  planned("db-1", 1, { pacedBy: 1_000_000n }),
  planned("db-2", 2, {}),
  planned("gateway-with-a-name-that-goes-on-and-on.frankfurt.example.net", 3, { slew: ppb(83_353_334n) }),
  planned("pool-user", 4, { votes: each(64, 64, 64), sources: each(64, 64, 64, 64), slew: ppb(226_000_000n) }),
  planned("lonely", 5, { votes: each(1), pacedBy: 1_000_000n }, "unverified"),
  planned("far-away", 6, { sample: { ...SAMPLE, path: 10_200_000n }, leastReach: 10_150_000n }),
  planned("appliance", 7, { sample: { ...SAMPLE, root: 990_000n } }),
  unheard("silent-1", 8, 252n * BILLION),
  unheard("new-1", 9, null),
];

export const PLANS: Readonly<Record<string, PlanList>> = {
  full: list(FULL, { next: "next", total: 41 }),
  "one host": list([planned("db-2", 2, {})]),
  unknown: list([unheard("silent-1", 8, 252n * BILLION)]),
  empty: list([]),
};

/** What the kind of a profile adds to what the wire names. */
const limits = (limit: string): object => ({ limit_ns: [`-${limit}`, limit] });
const profile = (id: string, title: string, limit: string, in_force = true): ProfileList["items"][number] => ({
  profile: {
    id,
    kind: "utc",
    title,
    limit_on: "divergence of each clock from UTC",
    valid_from: "2026-03-02",
    valid_to: null,
    jurisdiction: "EU",
    source: { text: "a regulation", url: null },
    verified: true,
    note: "",
    ...limits(limit),
  },
  sha256: "a".repeat(64),
  in_force,
});
export const PLAN_PROFILES: ProfileList = {
  items: [
    profile(PROFILE.id, PROFILE.title, "1000000"),
    profile("eu-2017-574-hft", "EU RTS 25, member: high-frequency algorithmic trading", "100000", false),
  ],
  next: null,
};
