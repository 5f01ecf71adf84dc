import { type Batch, packColumn } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchOf, source } from "../../test/fake-agent.ts";
import { readBatch } from "./read-batch.ts";
import { readingsOf } from "./readings.ts";

const AGENT = "3f0f8a0e-0000-4000-8000-0000000000aa";
const S = 1_000_000_000n;
const event = (why: string): Batch["events"][number] => ({
  kind: "suspended",
  raw_ns: "1",
  realtime_ns: "1",
  boottime_ns: "1",
  source: null,
  detail: { why },
});
const good = (rows = 6): Batch =>
  batchOf(
    AGENT,
    Array.from({ length: rows }, (_, row) => ({ realtime: BigInt(row) * S, lo: -10n, hi: 10n, tight: [-1n, 1n] as const, gap: 1n })),
    {
      events: [event("one"), event("two"), event("three")],
      exchanges: {
        source: [0, 1, 2, 0],
        t1_raw_ns: packColumn([1n, 2n, 3n, 4n]),
        t2_less_t1_ns: packColumn([5n, 5n, 5n, 5n]),
        t3_less_t2_ns: packColumn([1n, 1n, 1n, 1n]),
        t4_less_t1_ns: packColumn([9n, 9n, 9n, 9n]),
        root_delay_raw: [1, 1, 1, 1],
        root_dispersion_raw: [1, 1, 1, 1],
        precision_server: [-20, -20, -20, -20],
        precision_client: [-20, -20, -20, -20],
        cap_ns: packColumn([1n, 1n, 1n, 1n]),
        slack_ns: [0, 0, 0, 0],
        stamp_mode: ["simulated", "simulated", "simulated", "simulated"],
        reply: ["basic", "basic", "basic", "basic"],
      },
    },
  );

// biome-ignore lint/suspicious/noExplicitAny: a hostile sender keeps to no type
type Loose = any;
const read = (change: (batch: Loose) => void) => {
  const batch: Loose = structuredClone(good());
  change(batch);
  return readBatch(Buffer.from(JSON.stringify(batch)), AGENT);
};
const saved = (change: (batch: Loose) => void) => {
  const found = read(change);
  if ("faults" in found) throw new Error(JSON.stringify(found.faults));
  return found;
};

describe("a column of the wrong kind", () => {
  const big = (values: readonly unknown[]) => ({ base: "0", d: values });
  it.each<[string, (batch: Loose) => void]>([
    ["agree", (batch) => (batch.bounds.agree = big([0, 0, 0, 0, 0, 0]))],
    ["status", (batch) => (batch.bounds.status = big([0, 0, 0, 0, 0, 0]))],
    ["lo_ns", (batch) => (batch.bounds.lo_ns = [0, 0, 0, 0, 0, 0])],
  ])("of bounds leaves no table: %s", (_, change) => expect(read(change)).toMatchObject({ faults: expect.any(Array) }));
  it.each<[string, (batch: Loose) => void]>([
    ["source", (batch) => (batch.exchanges.source = big([0, 0, 0, 0]))],
    ["slack_ns", (batch) => (batch.exchanges.slack_ns = big([0, 0, 0, 0]))],
    ["cap_ns", (batch) => (batch.exchanges.cap_ns = [0, 0, 0, 0])],
  ])("of exchanges sets them aside and keeps all else: %s", (_, change) => {
    const { batch, setAside } = saved(change);
    expect(setAside.map(({ pointer }) => pointer)).toEqual(["/exchanges"]);
    expect([batch.bounds.status.length, batch.exchanges.source.length, batch.events.length]).toEqual([6, 0, 3]);
  });
});

describe("a batch with a bad record", () => {
  it.each<[string, (batch: Loose) => void, string]>([
    ["an event of no known kind", (batch) => (batch.events[1].kind = "made_up"), "/events/1"],
    ["an event with a NUL", (batch) => (batch.events[1].detail.why = "a\u0000"), "/events/1"],
    ["an event with __proto__", (batch) => (batch.events[1].detail = JSON.parse('{"__proto__":{"a":1}}')), "/events/1"],
    ["an exchange of a source that does not exist", (batch) => (batch.exchanges.source[2] = 9), "/exchanges/2"],
    ["an exchange with a stamp past 64 bits", (batch) => (batch.exchanges.t1_raw_ns.d[3] = "9".repeat(25)), "/exchanges/3"],
    ["a bound with its ends the wrong way round", (batch) => (batch.bounds.lo_ns.d[4] = 1_000), "/bounds/4"],
    ["a bound of no known status", (batch) => (batch.bounds.status[0] = "fine"), "/bounds/0"],
    ["a reading without a clock", (batch) => (batch.bounds.realtime_ns.d[5] = null), "/bounds/5"],
    ["terms that are none", (batch) => (batch.terms = { path_ns: "NaN" }), "/terms"],
    ["a frequency beyond any clock", (batch) => (batch.frequency.oscillator = [0, 1e15]), "/frequency"],
  ])("keeps all else: %s", (_, change, pointer) => {
    const { batch, setAside } = saved(change);
    expect(setAside.map((fault) => fault.pointer)).toEqual([pointer]);
    const [, list] = pointer.split("/");
    const rows = (of: Batch) => [of.bounds.status.length, of.exchanges.source.length, of.events.length, of.sources.length];
    const lost = { bounds: [1, 0, 0, 0], exchanges: [0, 1, 0, 0], events: [0, 0, 1, 0] }[list as string] ?? [0, 0, 0, 0];
    expect(rows(batch)).toEqual(rows(good()).map((count, index) => count - (lost[index] as number)));
  });
  it("loses with a source what rests on it, and points at the others as before", () => {
    const { batch, setAside } = saved((bad) => (bad.sources[1].stratum = -1));
    expect(setAside.map(({ pointer }) => pointer)).toEqual(["/sources/1", "/exchanges/1"]);
    expect(batch.sources.map(({ id }) => id)).toEqual(["a.example:123", "c.example:123"]);
    expect(batch.exchanges.source).toEqual([0, 1, 0]);
    expect(batch.bounds.agree[0]).toEqual([0, 1]);
  });
  it("knows nothing of the time before a row whose forerunner was set aside", () => {
    const { batch, endsOpen } = saved((bad) => (bad.bounds.lo_ns.d[2] = 1_000));
    expect(readingsOf(batch).map(({ since, throughout }) => [since === null, throughout === null])).toEqual([
      [false, false],
      [false, false],
      [true, true],
      [false, false],
      [false, false],
    ]);
    expect(endsOpen).toBe(false);
    expect(saved((bad) => (bad.bounds.lo_ns.d[0] = 1_000)).batch.bounds.since_lo_ns.d[0]).toBeNull();
    expect(saved((bad) => (bad.bounds.lo_ns.d[5] = 1_000)).endsOpen).toBe(true);
  });
  it("is set aside as a whole where nobody can be made out, or its rows are no table, or too much of it is bad", () => {
    for (const change of [
      (bad: Loose) => (bad.boot_id = "a\u0000"),
      (bad: Loose) => (bad.assumptions.rho_ppb = "x"),
      (bad: Loose) => (bad.bounds.votes = [1]),
      (bad: Loose) => (bad.bounds.extra = []),
      (bad: Loose) => (bad.unknown = 1),
      (bad: Loose) => (bad.events = Array.from({ length: 300 }, () => ({}))),
    ])
      expect(read(change)).toHaveProperty("faults");
  });
  it("that says one name twice is set aside, and what stands beside it is kept", () => {
    const text = JSON.stringify(good()).replace('"detail":{"why":"two"}', '"detail":{"why":"two","why":"three"}');
    const found = readBatch(Buffer.from(text), AGENT);
    expect(found).toMatchObject({ setAside: [{ pointer: "/events/1", detail: "says one name twice" }] });
    const whole = JSON.stringify(good()).replace('"policy_version":0', '"policy_version":0,"policy_version":1');
    expect(readBatch(Buffer.from(whole), AGENT)).toMatchObject({ faults: [{ pointer: "", detail: "says one name twice" }] });
  });
  it("keeps exactly the good rows, whichever are bad", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(39), { maxLength: 20 }), (bad) => {
        const batch: Loose = good(40);
        for (const row of bad) batch.bounds.lo_ns.d[row] = 1_000;
        const found = readBatch(Buffer.from(JSON.stringify(batch)), AGENT);
        if ("faults" in found) throw new Error("all of it was set aside");
        const left = Array.from({ length: 40 }, (_, row) => row).filter((row) => !bad.includes(row));
        expect(readingsOf(found.batch).map(({ realtime }) => Number(realtime / S))).toEqual(left);
        expect(readingsOf(found.batch).map(({ since }) => since !== null)).toEqual(left.map((row) => !bad.includes(row - 1)));
        expect(found.setAside.map(({ pointer }) => pointer).sort()).toEqual(bad.map((row) => `/bounds/${row}`).sort());
      }),
    );
  });
});

describe("intervals that sources gave", () => {
  const given = (batch: Loose) => {
    batch.intervals = {
      source: [0, 1, 2],
      raw_ns: packColumn([1n, 2n, 3n]),
      lo_ns: packColumn([-5n, -6n, -7n]),
      hi_ns: packColumn([5n, 6n, 7n]),
      document: [null, "a".repeat(64), null],
    };
  };
  it("are kept as they are", () =>
    expect(
      saved((batch) => {
        given(batch);
        batch.events[1].kind = "made_up";
      }).batch.intervals?.document,
    ).toEqual([null, "a".repeat(64), null]));
  it.each<[string, (intervals: Loose) => void]>([
    ["of a source that does not exist", (intervals) => (intervals.source[1] = 9)],
    ["with its ends the wrong way round", (intervals) => (intervals.lo_ns.d[1] = 99)],
    ["without an instant", (intervals) => (intervals.raw_ns.d[1] = null)],
    ["past 63 bits", (intervals) => (intervals.hi_ns.d[1] = "9".repeat(25))],
    ["by what is no hash", (intervals) => (intervals.document[1] = "certificate.pdf")],
  ])("%s: that row is set aside, and no other", (_, spoil) => {
    const found = saved((batch) => {
      given(batch);
      spoil(batch.intervals);
    });
    expect([found.setAside.map(({ pointer }) => pointer), found.batch.intervals?.source]).toEqual([["/intervals/1"], [0, 2]]);
  });
  it("of uneven columns are set aside whole", () => {
    const found = saved((batch) => {
      given(batch);
      batch.intervals.document.pop();
    });
    expect([found.setAside.map(({ pointer }) => pointer), found.batch.intervals]).toEqual([["/intervals"], undefined]);
  });
});

describe("a source", () => {
  it("that was set aside is no longer pointed at", () => {
    const batch = { ...good(), sources: [source("a\u0007"), source("b.example:123"), source("c.example:123")] };
    expect(readBatch(Buffer.from(JSON.stringify(batch)), AGENT)).toMatchObject({ batch: { exchanges: { source: [0, 1] } } });
  });
});
