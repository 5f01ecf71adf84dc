import type { EvidenceRecord } from "@truebound/audit";
import { type Batch, packColumn } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASSUMPTIONS } from "../evidence/batch.fixture.ts";
import { batchRecord as recordOfBatch } from "./evidence-record.ts";
import { plainRecord as recordOf } from "./stored-text.ts";

/** All that a record says, in rows. */
const said = (record: EvidenceRecord | null) => record && { ...record, columns: null, readings: record.readings, spans: record.spans };
const plainRecord = (text: string, at: typeof AT) => said(recordOf(Buffer.from(text), at));
const batchRecord = (batch: Batch, at: typeof AT) => said(recordOfBatch(batch, at));
const AT = { host: "00000001-0000-4000-8000-000000000000", epoch: 2, seq: 7 };
const T0 = 1_772_323_200_000_000_000n;
const status = fc.constantFrom("proven", "holdover", "unverified", "unknown") as fc.Arbitrary<"proven">;
const interval = fc.tuple(fc.bigInt(-1_000_000n, 1_000_000n), fc.bigInt(0n, 900_000n)).map(([lo, width]) => ({ lo, hi: lo + width }));
const row = fc.record({
  at: fc.bigInt(-(10n ** 12n), 10n ** 12n),
  status,
  bound: fc.option(interval, { freq: 4 }),
  throughout: fc.option(interval, { freq: 4 }),
});
const span = fc.record({ at: fc.bigInt(0n, 10n ** 12n), lasts: fc.bigInt(0n, 10n ** 11n), bound: interval, status });
const assumptions = fc
  .record({ rho_ppb: fc.nat(200_000), oscillator_ppb: fc.option(fc.integer({ min: -90_000, max: 90_000 })), slew_ppm: fc.nat(90_000) })
  .map((rates) => ({ ...ASSUMPTIONS, ...rates }));
/** As an agent's buildBatch has its members in order. */
const batch = fc.record({ rows: fc.array(row, { maxLength: 5 }), spans: fc.array(span, { maxLength: 3 }), assumptions }).map(
  ({ rows, spans, assumptions }): Batch => ({
    version: 2,
    agent: AT.host,
    boot_id: "boot-1",
    software: "truebound-agent/0.1.0",
    sealed_boottime_ns: "5",
    sealed_realtime_ns: String(T0),
    assumptions,
    trusting: [],
    policy_version: 3,
    sources: [],
    bounds: {
      raw_ns: packColumn(rows.map(({ at }) => at + 10n ** 13n)),
      realtime_ns: packColumn(rows.map(({ at }) => T0 + at)),
      boottime_ns: packColumn(rows.map(({ at }) => at)),
      status: rows.map(({ status }) => status),
      reason: rows.map(() => null),
      ...ends(
        "",
        rows.map(({ bound }) => bound),
      ),
      ...ends(
        "since_",
        rows.map(() => null),
      ),
      ...ends(
        "tight_",
        rows.map(({ bound }) => bound),
      ),
      ...ends(
        "throughout_",
        rows.map(({ throughout }) => throughout),
      ),
      gap_ns: packColumn(rows.map(() => 5n)),
      votes: rows.map(() => 3),
      need: rows.map(() => 2),
      agree: rows.map(() => []),
    } as unknown as Batch["bounds"],
    terms: null,
    frequency: { oscillator: null, daemon_slew: [-5, 7] },
    spans: {
      from_raw_ns: packColumn(spans.map(({ at }) => at)),
      from_realtime_ns: packColumn(spans.map(({ at }) => T0 + at)),
      to_raw_ns: packColumn(spans.map(({ at, lasts }) => at + lasts)),
      to_realtime_ns: packColumn(spans.map(({ at, lasts }) => T0 + at + lasts)),
      lo_ns: packColumn(spans.map(({ bound }) => bound.lo)),
      hi_ns: packColumn(spans.map(({ bound }) => bound.hi)),
      readings: spans.map(() => 4),
      status: spans.map(({ status }) => status),
    },
    exchanges: {} as Batch["exchanges"],
    events: [],
  }),
);

type Ends = { readonly lo: bigint; readonly hi: bigint } | null;
const ends = (name: string, all: readonly Ends[]) => ({
  [`${name}lo_ns`]: packColumn(all.map((one) => one?.lo ?? null)),
  [`${name}hi_ns`]: packColumn(all.map((one) => one?.hi ?? null)),
});

const EVENT = { kind: "clock_stepped", raw_ns: "1", realtime_ns: "2", boottime_ns: "3", source: null, detail: { bounds: 1, spans: 2 } };
/** Batches in which something stands that no agent writes so, or that the text alone does not tell. */
const ODD: Readonly<Record<string, (batch: Batch) => string>> = {
  spaced: (batch) => JSON.stringify(batch, null, 1),
  "in another order": (batch) => JSON.stringify(Object.fromEntries(Object.entries(batch).reverse())),
  "with an event": (batch) => JSON.stringify({ ...batch, events: [EVENT] }),
  rehearsed: (batch) => JSON.stringify({ ...batch, rehearsal: {} }),
  simulated: (batch) =>
    JSON.stringify({ ...batch, bounds: { ...batch.bounds, injected_ns: packColumn(batch.bounds.status.map(() => 1n)) } }),
  "of large numbers": (batch) =>
    JSON.stringify({ ...batch, bounds: { ...batch.bounds, raw_ns: { base: "0", d: batch.bounds.status.map(() => String(2n ** 60n)) } } }),
  escaped: (batch) => JSON.stringify({ ...batch, boot_id: 'a"b' }),
  "with others within": (batch) => {
    const within = {
      ...batch.assumptions,
      x: { bounds: { ...batch.bounds, raw_ns: { ...batch.bounds.raw_ns, base: "77" } }, spans: batch.spans },
    };
    return JSON.stringify({ ...batch, assumptions: within }).replaceAll(/"(bounds)"(?!.*"bounds")/g, '"b\\u006funds"');
  },
};

describe("what an audit asks of a batch, taken from its text", () => {
  it("is what is read of it as JSON", () => {
    fc.assert(fc.property(batch, (batch) => void expect(plainRecord(JSON.stringify(batch), AT)).toEqual(batchRecord(batch, AT))));
  });
  it.each(Object.keys(ODD))("is nothing else where it is %s", (how) => {
    fc.assert(
      fc.property(batch, (batch) => {
        const text = (ODD[how] as (batch: Batch) => string)(batch);
        const found = plainRecord(text, AT);
        if (found !== null) expect(found).toEqual(batchRecord(JSON.parse(text) as Batch, AT));
      }),
      { numRuns: 30 },
    );
  });
  it("is nothing of another host's batch, or of one with a lower end above the upper one", () => {
    const [one] = fc.sample(
      batch.filter(({ bounds }) => bounds.status.length > 0),
      { numRuns: 1, seed: 1 },
    ) as [Batch];
    const text = JSON.stringify(one);
    expect(plainRecord(text, AT)).not.toBeNull();
    expect(plainRecord(text, { ...AT, host: AT.host.replace("1", "2") })).toBeNull();
    const column = (value: bigint) => packColumn(one.bounds.status.map(() => value));
    const inverted = { ...one, bounds: { ...one.bounds, lo_ns: column(1n), hi_ns: column(0n) } };
    expect(plainRecord(JSON.stringify(inverted), AT)).toBeNull();
    const backward = fc.sample(
      batch.filter(({ spans }) => spans.status.length > 0),
      { numRuns: 1, seed: 1 },
    ) as [Batch];
    const spans = { ...backward[0].spans, to_raw_ns: packColumn(backward[0].spans.status.map(() => -1n)) };
    expect(plainRecord(JSON.stringify({ ...backward[0], spans }), AT)).toBeNull();
  });
});
