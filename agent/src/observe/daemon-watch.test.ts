import type { DaemonSays } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DaemonFacts, Followed } from "./daemon-facts.ts";
import { DaemonWatch } from "./daemon-watch.ts";
import { follow, QUIET } from "./finding-episode.ts";
import type { RunningDaemon } from "./running-daemon.ts";

const S = 1_000_000_000n;
const LOOK = 30n * S;
const CHRONYD: RunningDaemon = {
  kind: "one",
  daemons: [{ kind: "chronyd", pid: 7, steers: true, startTicks: 1n, configPath: null, directives: [] }],
  bystanders: [],
  seesAll: true,
};
const NOBODY: RunningDaemon = { kind: "none", daemons: [], bystanders: [], seesAll: true };
const UNSEEN: RunningDaemon = { ...NOBODY, kind: "unseen", seesAll: false };

/** What a daemon says that is `offset` behind give or take `error`, ns. */
const chronyd = (offset: number, error: number, is_synchronised = true): Partial<DaemonSays> => ({
  chronyd: {
    offset_ns: String(offset),
    root_delay_ns: "0",
    root_dispersion_ns: String(error),
    stratum: 2,
    follows: "192.0.2.1",
    is_synchronised,
  },
});
const kernel = (maxErrorUs: number): Partial<DaemonSays> => ({
  kernel: { offset_ns: "0", max_error_ns: String(maxErrorUs * 1000), estimated_error_ns: "0", is_synchronised: true },
});
const around = (middle: number, width: number) => ({ lo: BigInt(middle - width), hi: BigInt(middle + width) });
const followed = (replies: number, unsynchronised: number): Followed => ({ id: "a:123", replies, unsynchronised });

type Look = Partial<Omit<DaemonFacts, "says" | "at">> & { readonly says?: Partial<DaemonSays> };

/** A daemon that is right and follows a source that is, but for what a look says. */
const WELL: Look = {
  says: chronyd(0, 1_000),
  measured: around(0, 500),
  votes: [0, 10, -10].map((at) => around(at, 700)),
  running: CHRONYD,
};

/** Look after look, 30 s apart. Answers which events came with which look. */
function watched(looks: readonly Look[]): { readonly events: string[]; readonly watch: DaemonWatch } {
  const watch = new DaemonWatch();
  const events = looks.flatMap((look, index) => {
    const { says, ...more } = { ...WELL, ...look };
    const facts = { trouble: null, baseless: null, followed: followed(index, 0), ...more };
    const told = watch.look({
      measured: null,
      votes: [],
      running: null,
      ...facts,
      at: BigInt(index) * LOOK,
      says: { asked_raw_ns: "0", raw_ns: "1", ...says },
    });
    return told.map(({ kind, detail }) => `${index} ${kind} ${detail.why ?? detail.claimant ?? detail.sharing ?? ""}`.trim());
  });
  return { events, watch };
}
const times = (count: number, look: Look = {}): Look[] => Array.from({ length: count }, () => look);
const VIOLATED: Look = { says: chronyd(5_000, 1_000) };

describe("a claim that what is proved excludes", () => {
  it("is told after two looks, once, and is over after four", () => {
    const { events, watch } = watched([...times(3), ...times(9, VIOLATED), ...times(4)]);
    expect(events).toEqual(["4 daemon_bound_violated chronyd", "15 daemon_finding_over over"]);
    expect(watch.findings).toEqual([]);
  });
  it("is told again after it was over, and not by a single look between others", () => {
    expect(watched([...times(2, VIOLATED), ...times(4), ...times(2, VIOLATED)]).events).toHaveLength(3);
    expect(watched(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? VIOLATED : {}))).events).toEqual([]);
    expect(watched([...times(2, VIOLATED), ...times(3), ...times(1, VIOLATED), ...times(3)]).events).toHaveLength(1);
  });
  it("goes on while the bound only grew wide enough to hold it again, and is over by one as narrow as showed it", () => {
    const wide: Look = { ...VIOLATED, measured: around(0, 9_000) };
    // Polls are rare: two looks of each eight are narrow enough to tell.
    const cycle = [...times(2, VIOLATED), ...times(6, wide)];
    const { events, watch } = watched([...cycle, ...cycle, ...cycle]);
    expect(events).toEqual(["1 daemon_bound_violated chronyd"]);
    expect(watch.findings).toEqual(["daemon_bound_violated"]);
    const right = [...times(4, {}), ...times(4, { measured: around(0, 9_000) })];
    expect(watched([...cycle, ...right]).events[1]).toBe("11 daemon_finding_over over");
    expect(watched([...cycle, ...times(30, wide)]).events[1]).toMatch(/daemon_finding_over not_judged/);
  });
  it("is not told where nothing was proved, or the daemon claims nothing", () => {
    expect(watched(times(9, { ...VIOLATED, measured: null })).events).toEqual([]);
    expect(watched(times(9, { says: chronyd(5_000, 1_000, false) })).events).toEqual([]);
  });
  it("is over as not judged once nobody could judge it for ten minutes", () => {
    const { events, watch } = watched([...times(2, VIOLATED), ...times(20, { ...VIOLATED, measured: null })]);
    expect(events).toEqual(["1 daemon_bound_violated chronyd", "21 daemon_finding_over not_judged"]);
    expect([watch.findings, watch.unjudged]).toEqual([[], ["daemon_bound_violated"]]);
  });
  it("is unjudged before the first look, and not once it was judged", () => {
    expect(new DaemonWatch().unjudged).toHaveLength(4);
    expect(watched(times(2)).watch.unjudged).toEqual([]);
  });
  it("is chronyd's where it answers, and the kernel's where it does not", () => {
    expect(watched(times(2, { says: { ...chronyd(0, 1_000), ...kernel(0) }, measured: around(900, 90) })).events).toEqual([]);
    expect(watched(times(2, { says: kernel(0), measured: around(900, 90) })).events).toEqual(["1 daemon_bound_violated kernel"]);
  });
});

describe("a daemon that is dead", () => {
  const GONE: Look = { says: {}, running: NOBODY, trouble: "refused" };
  it("ran, and has been gone for two minutes", () => {
    expect(watched([...times(1), ...times(3, GONE), ...times(5)]).events).toEqual([]);
    expect(watched([...times(1), ...times(4, GONE), ...times(2)]).events).toEqual([
      "4 daemon_dead no_process",
      "6 daemon_finding_over over",
    ]);
  });
  it("is not one that never ran", () => expect(watched(times(50, GONE)).events).toEqual([]));
  it("hangs: its process is there and answers too late, or nobody answers where no process can be seen", () => {
    const hangs: Look = { says: {}, trouble: "timeout" };
    expect(watched([...times(1), ...times(4, hangs)]).events).toEqual(["4 daemon_dead does_not_answer"]);
    expect(watched(times(50, hangs)).events).toEqual([]);
    const unseen: Look = { says: {}, running: UNSEEN, trouble: "refused" };
    expect(watched([{ running: UNSEEN }, ...times(4, unseen)]).events).toEqual(["4 daemon_dead does_not_answer"]);
  });
  it("is not one whose port was closed, or that may not be asked", () => {
    for (const trouble of ["refused", "denied", "absent", "malformed"] as const)
      expect(watched([...times(1), ...times(50, { says: {}, trouble })]).events).toEqual([]);
  });
  it("tells the kernel nothing for three times the slowest pace of a daemon", () => {
    const looks = Array.from({ length: 400 }, (_, index): Look => ({ trouble: "absent", says: kernel(1_000 + 15_000 * (index % 64)) }));
    expect(watched(looks).events).toEqual([]);
    const silent = Array.from({ length: 300 }, (_, index): Look => ({ trouble: "absent", says: kernel(1_000 + 15_000 * index) }));
    // Its last word came with look 384; 6144 s are 204.8 looks, and four are needed.
    expect(watched([...looks, ...silent]).events).toEqual([`${400 + 204 + 4} daemon_dead kernel_not_told`]);
  });
});

describe("a daemon in the minority's camp", () => {
  const votes = [0, 10, -10, 8_000].map((at) => around(at, 700));
  it("shares offsets with one source and none with what the majority agrees on", () => {
    const { events } = watched(times(4, { votes, says: chronyd(8_000, 200), measured: { lo: -9_000n, hi: 9_000n } }));
    expect(events).toEqual(["3 daemon_in_minority_camp 1"]);
  });
  it("is not said of one that is in both camps, or in none, or where no camp is the majority", () => {
    const judged = { measured: { lo: -9_000n, hi: 99_000n } };
    expect(watched(times(9, { ...judged, votes, says: chronyd(4_000, 4_000) })).events).toEqual([]);
    expect(watched(times(9, { ...judged, votes, says: chronyd(50_000, 200) })).events).toEqual([]);
    expect(watched(times(9, { ...judged, votes: votes.slice(2), says: chronyd(8_000, 200) })).events).toEqual([]);
    expect(
      watched(times(9, { ...judged, votes: [...votes, around(8_000, 700), around(8_010, 700)], says: chronyd(8_000, 200) })).events,
    ).toEqual([]);
  });
});

describe("a daemon that follows what is not synchronised", () => {
  it("follows its own clock", () =>
    expect(watched(times(4, { baseless: "follows_its_own_clock" })).events).toEqual([
      "3 unsynchronised_source_in_use follows_its_own_clock",
    ]));
  it("follows a server that answers us that it is not", () => {
    const looks = Array.from({ length: 12 }, (_, index): Look => ({ followed: followed(10, index) }));
    expect(watched(looks).events).toEqual(["4 unsynchronised_source_in_use source_is_not_synchronised"]);
    const mixed = looks.map((_, index): Look => ({ followed: followed(index, index) }));
    expect(watched(mixed).events).toEqual([]);
    expect(watched(looks.map((look) => ({ ...look, says: chronyd(0, 1, false) }))).events).toEqual([]);
  });
  it("is not said where the counts are of another source, or of none", () => {
    const looks = Array.from({ length: 12 }, (_, index): Look => ({ followed: { ...followed(10, index), id: `${index}:123` } }));
    expect(watched(looks).events).toEqual([]);
    expect(watched(times(12, { followed: null })).events).toEqual([]);
  });
});

it("whatever is looked at, what began is over before it begins again, and findings are what goes on", () => {
  const truths = fc.constantFrom("holds", "over", "unknown");
  fc.assert(
    fc.property(fc.array(truths as fc.Arbitrary<"holds" | "over" | "unknown">, { maxLength: 200 }), (looks) => {
      let episode = QUIET;
      let goesOn = false;
      for (const [index, truth] of looks.entries()) {
        const [next, turn] = follow(episode, { truth }, BigInt(index), { begin: 2, end: 3 });
        if (turn !== null) {
          expect(turn.kind).toBe(goesOn ? "ends" : "begins");
          expect(truth).toBe(turn.kind === "begins" ? "holds" : turn.why === "over" ? "over" : "unknown");
          goesOn = turn.kind === "begins";
        }
        expect(next.since !== null).toBe(goesOn);
        episode = next;
      }
    }),
    { numRuns: 500 },
  );
});
