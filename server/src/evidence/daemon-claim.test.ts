import { type Batch, type ChronydSays, claimedBy, type DaemonSays, type KernelSays, verdictOnClaim } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { batchOf, type Row } from "../../test/fake-agent.ts";
import { viewDaemon } from "../fleet/daemon-view.ts";
import { daemonSaid } from "../ingest/daemon-said.ts";

import { placeReadings } from "./placement.ts";
import { readBatch } from "./read-batch.ts";
import { readingsOf } from "./readings.ts";

const AGENT = "3f0f8a0e-0000-4000-8000-0000000000aa";
const T0 = 1_750_000_000_000_000_000n;
const S = 1_000_000_000n;
const chronyd = (more: Partial<ChronydSays> = {}): ChronydSays => ({
  offset_ns: "1000",
  root_delay_ns: "401",
  root_dispersion_ns: "300",
  stratum: 3,
  follows: "192.0.2.1",
  is_synchronised: true,
  ...more,
});
const kernel = (more: Partial<KernelSays> = {}): KernelSays => ({
  offset_ns: "-50",
  max_error_ns: "9000",
  estimated_error_ns: "7",
  is_synchronised: true,
  ...more,
});
const says = (more: Partial<DaemonSays> = {}): DaemonSays => ({ asked_raw_ns: "1", raw_ns: "2", ...more });

describe("what a daemon claims", () => {
  it("is its offset give or take its root distance, rounded up", () => {
    expect(claimedBy(says({ chronyd: chronyd(), kernel: kernel() }))).toEqual({ lo: 1000n - 501n, hi: 1000n + 501n });
  });
  it("is the kernel's greatest error where chronyd says nothing", () => {
    expect(claimedBy(says({ kernel: kernel() }))).toEqual({ lo: -9050n, hi: 8950n });
  });
  it.each<[string, Partial<DaemonSays>]>([
    ["nothing was said", {}],
    ["chronyd follows nothing, whatever the kernel kept", { chronyd: chronyd({ is_synchronised: false }), kernel: kernel() }],
    ["the kernel's clock is not synchronised", { kernel: kernel({ is_synchronised: false }) }],
    ["a dispersion is below zero", { chronyd: chronyd({ root_dispersion_ns: "-1" }) }],
    ["an offset fits into no column", { chronyd: chronyd({ offset_ns: "99999999999999999999" }) }],
    ["an error fits into no column", { kernel: kernel({ max_error_ns: "99999999999999999999" }) }],
  ])("is nothing where %s", (_, more) => {
    expect(claimedBy(says(more))).toBeNull();
  });
  it.each([
    ["held", [-10n, 10n], [-10n, 9n]],
    ["open", [-10n, 10n], [-11n, 9n]],
    ["excluded", [-10n, 10n], [11n, 19n]],
    ["not_judged", null, [11n, 19n]],
    ["not_judged", [-10n, 10n], null],
  ] as const)("is %s where it claims %s and %s was measured", (verdict, claim, measured) => {
    const interval = (pair: readonly [bigint, bigint] | null) => pair && { lo: pair[0], hi: pair[1] };
    expect(verdictOnClaim(interval(claim), interval(measured))).toBe(verdict);
  });
});

describe("a claim among the readings of its batch", () => {
  const BOOTED = 1_700_000_000_000_000_000n;
  const rawAt = (at: bigint) => (T0 + at - BOOTED).toString();
  const row = (at: bigint, lo: bigint, hi: bigint, throughout: readonly [bigint, bigint] | null = [lo, hi]): Row => ({
    realtime: T0 + at,
    lo,
    hi,
    throughout,
  });
  const told = (rows: readonly Row[], asked: bigint, answered: bigint, more: Partial<Batch> = {}) => {
    const daemon = { asked_raw_ns: rawAt(asked), raw_ns: rawAt(answered), chronyd: chronyd() };
    const batch = batchOf(AGENT, rows, { daemon, ...more });
    const journey = { receivedAt: T0 as never, bootId: batch.boot_id, sent: null };
    return { readings: readingsOf(batch), said: daemonSaid(batch, placeReadings(readingsOf(batch), journey)) };
  };

  it("is judged by where the clock was from the question to the answer", () => {
    const { readings, said } = told([row(0n, -9n, -8n), row(S, -9n, -8n, [-20n, 30n]), row(2n * S, 5n, 6n)], 0n, S);
    expect(said?.measured).toEqual({ lo_ns: "-20", hi_ns: "30" });
    expect(readings.map(({ claim }) => claim)).toEqual([undefined, { interval: { lo: 499n, hi: 1501n }, isExcluded: true }, undefined]);
    expect(viewDaemon(said)?.claims).toMatchObject([{ claimant: "chronyd", claimed_error_ns: "1501", verdict: "excluded" }]);
  });
  it("takes in all that was read meanwhile", () => {
    const { said } = told([row(0n, 1n, 2n), row(S / 2n, 1n, 2n, [-7n, 2n]), row(S, 1n, 2n, [1n, 600n])], 0n, S);
    expect(said?.measured).toEqual({ lo_ns: "-7", hi_ns: "600" });
    expect(viewDaemon(said)?.claims[0]?.verdict).toBe("open");
  });
  it.each<[string, readonly Row[], bigint]>([
    ["the reading before the question went out in another batch", [row(S, 1n, 2n)], 0n],
    ["the clock was set meanwhile", [row(0n, 1n, 2n), row(S, 1n, 2n, null)], 0n],
    ["no reading came after the answer", [row(0n, 1n, 2n), row(S - 1n, 1n, 2n)], 0n],
  ])("is not judged where %s", (_, rows, asked) => {
    const { readings, said } = told(rows, asked, S);
    expect([said?.measured, viewDaemon(said)?.claims[0]?.verdict]).toEqual([null, "not_judged"]);
    expect(readings.at(-1)?.claim).toEqual({ interval: { lo: 499n, hi: 1501n }, isExcluded: false });
  });
  it("is none of a clock that a rehearsal made up", () => {
    const rehearsal = { id: "r1", fault: "step", for_s: 60, by_ns: "1000", who: "anna" } as const;
    const { readings, said } = told([row(0n, 1n, 2n), row(S, 1n, 2n)], 0n, S, { rehearsal });
    expect([said, readings.some(({ claim }) => claim)]).toEqual([null, false]);
  });
  it("costs no more than itself where it is of no form", () => {
    const batch = batchOf(AGENT, [row(0n, 1n, 2n)]);
    const read = readBatch(Buffer.from(JSON.stringify({ ...batch, daemon: { raw_ns: 5 } })), AGENT);
    expect(read).toMatchObject({ batch: { bounds: batch.bounds }, setAside: [{ pointer: "/daemon" }] });
    expect("batch" in read && read.batch).not.toHaveProperty("daemon");
  });
});
