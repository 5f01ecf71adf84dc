import { join } from "node:path";
import {
  answering,
  chronydPath,
  freePort,
  type HarmScene,
  type ObserversScene,
  type PtpHost,
  type PtpOutcome,
  playBackOff,
  playHarm,
  runEnclosed,
  startChronyd,
  type Turn,
  whyNoNtpsec,
  whyNoPtp4l,
} from "@truebound/testkit";
import { describe, expect, it } from "vitest";

const PLAYS = join(import.meta.dirname, "../../packages/testkit/dist/harm/main.js");
const noChronyd = chronydPath() === null;
const PTP = join(import.meta.dirname, "../../packages/testkit/dist/harm/ptp-main.js");
const PTP_SOURCE = join(import.meta.dirname, "../../packages/testkit/dist/ptp/ptp-source-main.js");
const noPtp4l = whyNoPtp4l();
const OBSERVERS = join(import.meta.dirname, "../../packages/testkit/dist/observers/main.js");
const noNtpsec = noChronyd ? "chronyd not found" : whyNoNtpsec();

async function withLimitedChronyd<T>(limit: string, play: (server: { address: string; port: number }) => Promise<T>): Promise<T> {
  const port = await freePort();
  const server = startChronyd(port, ["allow 127.0.0.0/8", "bindaddress 127.0.0.1", "local stratum 2", `ratelimit ${limit}`]);
  try {
    await answering(port, server.log);
    return await play({ address: "127.0.0.1", port });
  } finally {
    await server.stop();
  }
}

const answered = (register: number): number => [...register.toString(2)].filter((bit) => bit === "1").length;

/** The daemon had all its answers, lost some when we came, and has them again now that we poll less. */
function expectHarmNoticedAndMended(scene: HarmScene): void {
  expect(scene.before).toBe(0xff);
  expect(answered(scene.worst)).toBeLessThan(8);
  expect(answered(scene.after)).toBeGreaterThanOrEqual(7);
  expect(scene.factor).toBeGreaterThanOrEqual(2);
  expect(scene.events.length).toBeGreaterThan(0);
  expect(scene.events[0]?.detail).toMatchObject({ address: "127.0.0.1", slowed_by: 2, daemon_reach_before: "377" });
  expect(scene.replies).toBeGreaterThan(0);
}

/** Each takes about 20 s on an idle machine; a busy one may need more. */
const TIMEOUT = { timeout: 60_000 };

describe("against a real chronyd with ratelimit, beside a host's own chronyd", () => {
  it.skipIf(noChronyd)(
    "the daemon's losses slow us down until it has its answers again (skipped: chronyd not found)",
    TIMEOUT,
    async () => {
      const scene = await withLimitedChronyd("interval -3 burst 4 leak 4", (server) => playHarm(server, 20, 30));
      expectHarmNoticedAndMended(scene);
      expect(scene.events.map(({ detail }) => detail.why)).toContain("daemon_lost_polls");
      expect(scene.timeouts).toBeGreaterThan(0); // chronyd 4.3 says nothing when it refuses: it has no RATE kiss
    },
  );

  it.skipIf(noChronyd)(
    "what it does not answer is a timeout, and what it answers is evidence (skipped: chronyd not found)",
    TIMEOUT,
    async () => {
      const turns = await withLimitedChronyd("interval 2 burst 1 leak 1", (server) => playBackOff(server, 8));
      expect(turns.map(({ outcome }) => outcome)).toContain("timeout");
      expect(turns.every(({ outcome }) => outcome === "timeout" || outcome === "reply")).toBe(true);
    },
  );
});

describe("against a real ntpd of NTPsec with restrict limited kod", () => {
  const skipped = noNtpsec === null ? "" : ` (skipped: ${noNtpsec})`;

  it.skipIf(noNtpsec !== null)(`each RATE doubles our pause until it answers again${skipped}`, TIMEOUT, async () => {
    const turns = JSON.parse(await runEnclosed([PLAYS, "back-off"], 40)) as Turn[];
    const kisses = turns.filter(({ outcome }) => outcome === "kiss_rate");
    expect(kisses.map(({ pause }) => pause)).toEqual(kisses.map((_, index) => 2 ** (index + 1)));
    expect(kisses.length).toBeGreaterThanOrEqual(1);
    expect(turns.at(-1)).toMatchObject({ outcome: "reply", pause: kisses.at(-1)?.pause });
    for (const [index, turn] of turns.entries()) {
      const next = turns[index + 1];
      if (next !== undefined) expect(next.atSeconds - turn.atSeconds).toBeGreaterThanOrEqual(turn.pause - 0.1);
    }
  });

  it.skipIf(noNtpsec !== null)(`says of itself what it is, by its control messages${skipped}`, TIMEOUT, async () => {
    expect(JSON.parse(await runEnclosed([PLAYS, "control"], 30))).toEqual({
      kind: "ok",
      malformed: [],
      value: {
        offsetNs: "0",
        rootDelayNs: "0",
        rootDispersionNs: "0",
        stratum: 5,
        follows: null,
        // Its orphan mode: it serves its own clock, and says that it is synchronised.
        followsItself: true,
        isSynchronised: true,
      },
    });
  });

  it.skipIf(noNtpsec !== null)(`its kisses slow us down until the daemon has its answers again${skipped}`, TIMEOUT, async () => {
    const scene = JSON.parse(await runEnclosed([PLAYS, "harm"], 55)) as HarmScene;
    expectHarmNoticedAndMended(scene);
    expect(scene.events.map(({ detail }) => detail.why)).toContain("rate_kiss");
    expect(scene.kisses).toBeGreaterThan(0);
  });
});

describe("beside a real ptp4l", () => {
  const skipped = noPtp4l === null ? "" : ` (skipped: ${noPtp4l})`;

  it.skipIf(noPtp4l !== null)(`pmc tells what it follows, from its start to its end${skipped}`, TIMEOUT, async () => {
    const seen = JSON.parse(await runEnclosed([PTP], 50)) as ({ portState: string } | string)[];
    expect(seen[0]).toMatchObject({ portState: expect.stringMatching(/^(INITIALIZING|LISTENING|UNCALIBRATED)$/) });
    expect(seen.at(-2)).toMatchObject({
      portState: "UNCALIBRATED",
      isGrandmasterPresent: true,
      clockClass: 248,
      isTimeTraceable: false,
      offsetNs: expect.stringMatching(/^-?[1-9]\d*$/),
    });
    expect(seen.at(-1)).toBe("timeout");
  });
});

describe("an agent beside real daemons that go wrong (the short form: a look each 0.3 s)", () => {
  const lacking = noNtpsec ?? noPtp4l;
  const skipped = lacking === null ? "" : ` (skipped: ${lacking})`;
  const play = async (daemon: string, what: string): Promise<readonly (readonly [string, number])[]> => {
    const scene = JSON.parse(await runEnclosed([OBSERVERS, daemon, what, "0.3", "9"], 55)) as ObserversScene;
    return scene.found.map(({ finding, looks }) => [finding, looks] as const);
  };

  it.skipIf(lacking !== null)(`finds what is wrong with each, and nothing else${skipped}`, TIMEOUT, async () => {
    const scenes = await Promise.all([play("chronyd", "liar"), play("ntpsec", "own_clock"), play("ptp4l", "killed")]);
    expect(scenes.map((found) => found.map(([finding]) => finding).sort())).toEqual([
      ["daemon_bound_violated", "daemon_in_minority_camp"],
      ["unsynchronised_source_in_use"],
      ["daemon_dead"],
    ]);
    // A finding is said once it showed in so many looks in a row.
    for (const [, looks] of scenes.flat()) expect(looks).toBeGreaterThanOrEqual(2);
  });

  it.skipIf(noPtp4l !== null)(
    `a port is evidence as long as its grandmaster may be believed, and refused by name else, alone and behind a boundary clock${skipped}`,
    { timeout: 150_000 },
    async () => {
      const { outcomes, host } = JSON.parse(await runEnclosed([PTP_SOURCE], 140)) as { outcomes: PtpOutcome[]; host: PtpHost };
      expect(Object.fromEntries(outcomes.map(({ name, refused }) => [name, refused]))).toEqual({
        locked: null,
        holdover: "ptp_grandmaster_in_holdover",
        "holdover, declared": null,
        "degraded A": "ptp_grandmaster_degraded",
        "degraded B": "ptp_grandmaster_degraded",
        default: "ptp_grandmaster_unsynchronised",
        "locked again": null,
        "arbitrary timescale": "ptp_arbitrary_timescale",
        "not traceable": "ptp_not_time_traceable",
        "offset not valid": "ptp_utc_offset_invalid",
        "offset off by a second": "ptp_utc_offset_differs",
        "offset of GPS": "ptp_utc_offset_differs",
        "offset not applied": "ptp_utc_offset_not_applied",
        "TAI for UTC": null,
        "accuracy unknown": "ptp_accuracy_unknown",
        "accuracy beyond 10 s": "ptp_accuracy_unbounded",
        "boundary clock": "ptp_boundary_clocks_undeclared",
        "boundary clock, declared": null,
      });
      for (const { name, offsets } of outcomes) if (offsets.length > 0) expectTruth(name, offsets);
      expect(outcomes.filter(({ offsets }) => offsets.length > 0)).toHaveLength(5);
      const news = outcomes.flatMap(({ news }) => news);
      expect(news.filter((kind) => kind !== "grandmaster_changed")).toEqual([
        "grandmaster_lost_reference",
        "grandmaster_class_changed",
        "grandmaster_class_changed",
        "grandmaster_class_changed",
        "grandmaster_regained_reference",
      ]);
      // A whole agent by this source alone: measured, and unverified, as with any other sole source.
      expect(host).toMatchObject({
        status: "unverified",
        declared: ["ptp:gm"],
        source: {
          id: "ptp:gm",
          kind: "ptp",
          counts: true,
          state: "agrees",
          facts: { clock_class: 6, class_says: "locked", sync_steps: "two", delay_mechanism: "end_to_end" },
        },
        events: ["grandmaster_lost_reference"],
      });
      expect(host.intervals).toBeGreaterThan(0);
      expectTruth("the agent", [host.offset ?? ["1", "0"]]);
    },
  );
});

/** Zero; but of a grandmaster that sends UTC and calls it TAI it is 37 s from there, as no announcement shows. */
function expectTruth(name: string, offsets: PtpOutcome["offsets"]): void {
  const truth = name === "TAI for UTC" ? -37_000_000_000n : 0n;
  const held = offsets.filter(([lo, hi]) => BigInt(lo) <= truth && truth <= BigInt(hi));
  expect(held.length, `${name}: ${JSON.stringify(offsets)}`).toBeGreaterThan(offsets.length / 2);
  // A path of microseconds, give or take a busy machine; never the second that would make this true of itself.
  for (const [lo, hi] of offsets) expect(BigInt(hi) - BigInt(lo)).toBeLessThan(100_000_000n);
}
