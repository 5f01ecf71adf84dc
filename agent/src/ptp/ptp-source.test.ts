import { type ClockReading, type LeapList, ppb, realtimeMinusRaw, utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import type { Testimony } from "../observe/ports.ts";
import { newsOfGrandmaster } from "./grandmaster-watch.ts";
import { LIST, lookAt, pmcSays, REALTIME_MINUS_RAW, type Told } from "./ptp.fixture.ts";
import { type PtpLook, readPtpLook } from "./ptp-look.ts";
import { type PtpOptions, readPtpOptions } from "./ptp-options.ts";
import { PtpSource } from "./ptp-source.ts";

const MS = 1_000_000n;
const SYNC = 125n * MS;

const look = (told: Partial<Told>): PtpLook => {
  const read = readPtpLook(pmcSays(told));
  if ("field" in read) throw new Error(read.field);
  return read;
};
const optionsOf = (given: Record<string, string> = {}): PtpOptions => {
  const options = readPtpOptions("/var/run/ptp4lro", { slew: "10", ...given });
  if (typeof options === "string") throw new Error(options);
  return options;
};

const stepped = (at: bigint, by: bigint): ClockReading => ({ ...lookAt(at), realtime: utc(lookAt(at).realtime + by) });

/** ptp4l steps its clock back by 50 ms once it has an offset, and until it measures a delay anew each Sync is told with that offset. */
const JUMPED: Pick<World, "announces" | "clock"> = {
  announces: (at) => ({
    portState: "UNCALIBRATED",
    offset: at > 560n * MS ? 50n * MS : 0n,
    ...(at > 625n * MS ? { ingress: REALTIME_MINUS_RAW + 575n * MS } : {}),
  }),
  clock: (at) => stepped(at, at > 560n * MS ? -50n * MS : 0n),
};

/** A Sync comes 5 ms after the clock was set back by 50 ms: it showed that time before, between two earlier looks. */
const SHOWN_TWICE: Pick<World, "announces" | "clock"> = {
  announces: (at) => (at > 625n * MS ? { ingress: REALTIME_MINUS_RAW + 515n * MS } : {}),
  clock: (at) => stepped(at, at > 560n * MS ? -50n * MS : 0n),
};

/** The first answer is lost on the way. */
function onceLost(): NonNullable<World["answer"]> {
  let isFirst = true;
  return () => {
    const lost = isFirst ? ({ kind: "malformed", why: "portState" } as const) : null;
    isFirst = false;
    return lost;
  };
}

interface World {
  /** What the grandmaster announces when the clock has run for so long, ns. */
  readonly announces: (elapsed: bigint) => Partial<Told>;
  readonly answer?: (elapsed: bigint) => Testimony<PtpLook> | null;
  readonly clock?: (at: bigint) => ClockReading | string;
  readonly options?: PtpOptions;
  /** How fast it may be moved, ppb, as its driver or the kernel says. */
  readonly fastest?: bigint | ((elapsed: bigint) => bigint);
  readonly leapList?: LeapList | null;
}

/** A port that hears a Sync each eighth of a second on a clock that is 367 ns ahead of UTC; pmc takes 10 ms, pauses what they say. */
function portIn({ announces, answer, clock = lookAt, options = optionsOf(), fastest = 10_000n, leapList = LIST }: World): PtpSource {
  let now = 500n * MS;
  const ask = async (): Promise<Testimony<PtpLook>> => {
    now += 10n * MS;
    const ingress = REALTIME_MINUS_RAW + (now / SYNC) * SYNC;
    return answer?.(now) ?? { kind: "ok", value: look({ ingress, ...announces(now) }), malformed: [] };
  };
  const pause = async (ms: number) => {
    now += BigInt(Math.round(ms * 1e6));
  };
  return new PtpSource(options, {
    ask,
    pause,
    look: () => clock(now),
    slew: () => ppb(typeof fastest === "bigint" ? fastest : fastest(now)),
    leapList: () => leapList,
    close: () => undefined,
  });
}

const reasonOf = async (world: Partial<World>): Promise<string> => {
  const taken = await portIn({ announces: () => ({}), ...world }).take();
  return taken.kind === "refused" ? taken.reason.replace(/^ptp_/, "") : taken.kind;
};

describe("a PTP port as a source of intervals", () => {
  it("gives UTC − RAW at the Sync, from one that came between two looks at the port", async () => {
    const taken = await portIn({ announces: () => ({}) }).take();
    if (taken.kind !== "readings") throw new Error(taken.reason);
    const [{ raw, lo, hi, cap, document }] = taken.readings;
    // 625 ms is the next Sync after the first look; the truth is REALTIME − RAW − 367 ns.
    expect(raw - 625n * MS <= cap && 625n * MS - raw <= cap).toBe(true);
    const truth = realtimeMinusRaw(lookAt(raw)).lo - 367n;
    expect(lo <= truth && truth <= hi).toBe(true);
    expect(document).toBe(null);
    // Path and accuracy, and what 10 ppm allow within the eighth part of a pause.
    expect(hi - lo).toBeLessThan(2n * (1_102n + 200n));
  });
  it("waits for another Sync where none came, and not for ever", async () => {
    // One that came while the data sets were read may be of what they said before, or after.
    let asked = 0;
    const inBetween = (): Partial<Told> => (asked++ === 0 ? { ingress: 1n, late: { ingress: 2n } } : { ingress: 2n });
    expect(await reasonOf({ announces: inBetween })).toBe("no_sync");
    expect(await reasonOf({ announces: () => ({ ingress: 1n }) })).toBe("no_sync");
    expect(await reasonOf({ announces: () => ({ logSyncInterval: 2 }) })).toBe("sync_too_rare");
  });
  it.each([
    ["changed_while_read", { announces: (at) => ({ clockClass: at > 520n * MS ? 7 : 6 }) }],
    ["changed_while_read", { announces: (at) => ({ stepsRemoved: at > 520n * MS ? 2 : 1 }) }],
    ["grandmaster_in_holdover", { announces: () => ({ clockClass: 7 }) }],
    ["grandmaster_degraded", { announces: () => ({ clockClass: 52 }) }],
    ["utc_offset_not_applied", { announces: () => ({ appliedUtcOffset: 0 }) }],
    ["readings", { announces: () => ({ appliedUtcOffset: 0 }), options: optionsOf({ scale: "ptp" }) }],
    ["utc_offset_differs", { announces: () => ({ currentUtcOffset: 36 }) }],
    ["boundary_clocks_undeclared", { announces: () => ({ stepsRemoved: 3 }) }],
    ["no_leap_list", { leapList: null }],
    ["no_grandmaster", { announces: () => ({ gmPresent: false }) }],
    ["port_not_following", { announces: () => ({ portState: "MASTER" }) }],
    ["port_uncalibrated", { announces: () => ({ portState: "UNCALIBRATED" }) }],
    ["readings", { announces: (at) => ({ portState: "UNCALIBRATED", offset: at }) }],
    ["stamp_outside", { announces: (at) => ({ ingress: REALTIME_MINUS_RAW + at + 37_000n * MS }) }],
    ["clock_stepped", { clock: (at) => stepped(at, at > 622n * MS ? 50n * MS : 0n) }],
    ["clock_stepped", JUMPED],
    ["clock_stepped", SHOWN_TWICE],
    ["clock_slew_undeclared", { options: { ...optionsOf(), slew: null }, fastest: 999_999_999n }],
    // A kernel's own slew dies away: what it was when the looks began counts too.
    ["clock_slew_undeclared", { options: { ...optionsOf(), slew: null }, fastest: (at) => (at > 520n * MS ? 10_000n : 999_999_999n) }],
    ["phc_denied", { clock: () => "phc_denied" }],
    ["pmc_refused", { answer: () => ({ kind: "refused", why: "nobody answers" }) }],
    ["readings", { answer: onceLost() }],
    ["pmc_timeout", { answer: (at) => (at > 520n * MS ? { kind: "timeout", why: "late" } : null) }],
    ["readings", { announces: () => ({ stepsRemoved: 3 }), options: optionsOf({ boundary: "250" }) }],
  ] as const satisfies readonly (readonly [string, Partial<World>])[])("%s", async (reason, world) =>
    expect(await reasonOf(world)).toBe(reason),
  );
  it("says what it rests on, what it hears, and once what happened to its grandmaster", async () => {
    const classes = [6, 6, 7, 7, 52, 52, 6, 6];
    let asked = 0;
    const port = portIn({ announces: () => ({ clockClass: classes[asked++] ?? 6 }), options: optionsOf({ boundary: "250" }) });
    expect(port.says()).toEqual({});
    const news: string[] = [];
    for (let look = 0; look < 4; look++) {
      await port.take();
      news.push(...port.news().map(({ kind }) => kind));
    }
    expect(news).toEqual(["grandmaster_lost_reference", "grandmaster_class_changed", "grandmaster_regained_reference"]);
    expect(port.news()).toEqual([]);
    expect(port.says()).toMatchObject({
      grandmaster: "42bb53.fffe.a9d203",
      clock_class: 6,
      offset_ns: "-367",
      path_delay_ns: "1000",
      accuracy_ns: "100",
    });
    expect(port.assumes).toEqual([
      "ptp_declared",
      "grandmaster_accuracy",
      "path_delay_holds",
      "transparent_clocks_correct",
      "boundary_clocks_declared",
      "clock_slew_declared",
    ]);
  });
  it.each([
    ["ptp4l does not answer any more", { answer: (at) => (at > 800n * MS ? { kind: "timeout", why: "no answer" } : null) }],
    ["its clock cannot be read any more", { clock: (at) => (at > 800n * MS ? "phc_absent" : lookAt(at)) }],
  ] as const satisfies readonly (readonly [string, Partial<World>])[])(
    "says nothing of what it heard once where %s",
    async (_why, world) => {
      const port = portIn({ announces: () => ({ clockClass: 7 }), ...world });
      await port.take();
      expect(port.says()).toMatchObject({ clock_class: 7 });
      for (let look = 0; look < 4; look++) await port.take();
      expect(port.says()).toEqual({});
    },
  );
  it("tells that a grandmaster lost its reference also where it was not heard in between", async () => {
    const heard: Partial<Told>[] = [
      {},
      {},
      { gmPresent: false, portState: "LISTENING", grandmaster: "9e5c3b.fffe.ea6dd1", clockClass: 255 },
      { clockClass: 7 },
      { clockClass: 7 },
    ];
    let asked = 0;
    const port = portIn({ announces: () => heard[asked++] ?? { clockClass: 7 } });
    const news: string[] = [];
    for (let look = 0; look < 3; look++) {
      await port.take();
      news.push(...port.news().map(({ kind }) => kind));
    }
    expect(news).toEqual(["grandmaster_lost_reference"]);
  });
  it("says how delays are measured, and whether the clock that it hears sends one message for each Sync or two", async () => {
    const saidBy = async (followUps: (syncs: bigint) => bigint, delayMechanism: 1 | 2) => {
      const port = portIn({
        announces: (at) => ({ delayMechanism, received: [at / MS, followUps(at / MS)] }),
        options: optionsOf({ links: "0" }),
      });
      await port.take();
      return port.says();
    };
    expect(await saidBy((syncs) => syncs, 1)).toMatchObject({ sync_steps: "two", delay_mechanism: "end_to_end" });
    expect(await saidBy(() => 0n, 2)).toMatchObject({ sync_steps: "one", delay_mechanism: "peer_to_peer" });
  });
  it("says nothing of a grandmaster that there is not", async () => {
    const port = portIn({ announces: () => ({ gmPresent: false, portState: "LISTENING" }) });
    await port.take();
    expect(port.says()).toEqual({ port_state: "LISTENING", clock: "realtime" });
  });
  it("says nothing of one that it follows no more: a clock that never serves keeps the data sets of the last", async () => {
    const heard: Partial<Told>[] = [{}, {}, { portState: "LISTENING", ingress: 0n }, { clockClass: 7, portState: "LISTENING" }];
    let asked = 0;
    const port = portIn({ announces: () => heard[asked++] ?? { clockClass: 7 } });
    await port.take();
    await port.take();
    expect([port.says(), port.news()]).toEqual([{ port_state: "LISTENING", clock: "realtime" }, []]);
    await port.take();
    expect(port.news().map(({ kind }) => kind)).toEqual(["grandmaster_lost_reference"]);
  });
  it("tells of another grandmaster as such", () => {
    const other = look({ grandmaster: "000000.0000.000001", clockClass: 248 });
    expect(newsOfGrandmaster(look({}), other)).toMatchObject([
      { kind: "grandmaster_changed", detail: { class_now: 248, says: "default" } },
    ]);
    expect([newsOfGrandmaster(null, other), newsOfGrandmaster(look({}), look({ gmPresent: false }))]).toEqual([[], []]);
  });
  it("names what is wrong with its options", () => {
    expect(optionsOf({ clock: "/dev/ptp0" })).toMatchObject({
      clock: "/dev/ptp0",
      terms: { scale: "ptp", boundaryError: null },
      slew: 10_000n,
      domain: 0,
    });
    const wrong: [string, Record<string, string>][] = [
      ["/var/run/ptp4lro", { clock: "/dev/sda" }],
      ["/var/run/ptp4lro", { boundary: "1us" }],
      ["/var/run/ptp4lro", { boundary: "9999999999" }],
      ["/var/run/ptp4lro", { grandmaster: "any" }],
      ["/var/run/ptp4lro", { trust: "yes" }],
      ["relative", {}],
    ];
    expect(wrong.map(([socket, given]) => typeof readPtpOptions(socket, given))).toEqual(Array(6).fill("string"));
  });
});
