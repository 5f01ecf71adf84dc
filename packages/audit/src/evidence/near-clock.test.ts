import fc from "fast-check";
import { expect, it } from "vitest";
import { type EvidenceOptions, reckon, reckonNear, spansOf } from "./clock-of.ts";
import { inColumns } from "./column-record.ts";
import type { EvidenceItem, EvidenceRecord, RecordedReading, RecordedSpan } from "./host-evidence.ts";
import { type LeapTable, toAxis } from "./leap-table.ts";

const T0 = 1_483_228_800_000_000_000n;
/** A second is inserted in the middle of what is drawn. */
const LEAPS: LeapTable = [
  { from: 63_072_000_000_000_000n, taiMinusUtc: 10 },
  { from: T0, taiMinusUtc: 37 },
];
const status = fc.constantFrom("proven", "proven", "proven", "holdover", "unverified", "unknown");
/** Few values, so that ends meet and spans join. */
const instant = fc.bigInt(-30n, 30n).map((at) => T0 + 10n * at);
const raw = fc.bigInt(0n, 12n).map((at) => 10n * at);
const bound = fc.tuple(fc.bigInt(-9n, 9n), fc.bigInt(0n, 9n)).map(([lo, width]) => ({ lo, hi: lo + width }));
const reading: fc.Arbitrary<RecordedReading> = fc.record({
  raw,
  realtime: instant,
  status,
  bound: fc.option(bound, { freq: 6 }),
  throughout: fc.option(bound, { freq: 4 }),
  injected: fc.constant(false),
});
const span: fc.Arbitrary<RecordedSpan> = fc
  .record({ fromRaw: raw, toRaw: raw, fromRealtime: instant, toRealtime: instant, status, bound })
  .map(({ bound, ...ends }) => ({ ...ends, ...bound }));
const record: fc.Arbitrary<EvidenceRecord> = fc.record({
  epoch: fc.constantFrom(1, 1, 1, 2),
  seq: fc.nat(3),
  bootId: fc.constantFrom("a", "a", "b"),
  rehearsed: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
  driftPpb: fc.constant(0n),
  readings: fc.array(reading, { maxLength: 4 }),
  spans: fc.array(span, { maxLength: 3 }),
  events: fc.array(fc.record({ kind: fc.constantFrom("clock_stepped", "suspended"), raw, realtime: instant }), { maxLength: 2 }),
});
const item: fc.Arbitrary<EvidenceItem> = fc.oneof(
  { weight: 6, arbitrary: record.map((record) => ({ kind: "batch" as const, record })) },
  record.map((record) => ({ kind: "statement" as const, record: { ...record, readings: [], events: [] } })),
  fc.constant({ kind: "unreadable" as const, epoch: 1, seq: 1 }),
);
/** Mostly numbered so that each follows the one before. */
const items = fc
  .tuple(fc.array(item, { maxLength: 8 }), fc.boolean())
  .map(([all, inOrder]) =>
    inOrder ? all.map((one, seq) => ("record" in one ? { ...one, record: { ...one.record, epoch: 1, seq } } : one)) : all,
  );
const options: fc.Arbitrary<EvidenceOptions> = fc
  .record({
    from: instant,
    ns: fc.bigInt(1n, 300n),
    open: fc.array(fc.tuple(instant, fc.bigInt(1n, 200n)), { maxLength: 2 }),
    unverified: fc.boolean(),
  })
  .map(({ from, ns, open, unverified }) => {
    const [schedule = [], ...exempt] = [[from, ns] as const, ...open].map(([at, lasts]) => ({
      from: toAxis(at, LEAPS),
      to: toAxis(at + lasts, LEAPS),
    }));
    return {
      period: { from, to: from + ns },
      leaps: LEAPS,
      countsUnverified: unverified,
      isTraceable: true,
      horizon: 50n,
      schedule: [schedule].flat(),
      exemptions: exempt.map((one) => ({ ...one, declaredAt: one.from })),
      limit: { min: -6n, max: 7n },
    };
  });

function nearly(items: readonly EvidenceItem[], options: EvidenceOptions) {
  const { near, ...found } = reckonNear(items, options) ?? { near: null };
  return near && { ...found, spans: spansOf(near) };
}

const packed = (item: EvidenceItem): EvidenceItem => ("record" in item ? { ...item, record: inColumns(item.record) } : item);

it("reckons in doubles what is reckoned in integers of any size", () => {
  fc.assert(
    fc.property(items, options, (items, options) => {
      const found = nearly(items, options);
      expect(found).toEqual(reckon(items, options));
      expect(nearly(items.map(packed), options)).toEqual(found);
    }),
    { numRuns: 400 },
  );
});

it("reckons nothing in doubles of what lies too far to be exact", () => {
  const one = { raw: 0n, status: "proven", throughout: null, injected: false };
  const of = (readings: readonly RecordedReading[]): readonly EvidenceItem[] => [
    { kind: "batch", record: { epoch: 1, seq: 1, bootId: "a", rehearsed: false, driftPpb: 0n, readings, spans: [], events: [] } },
  ];
  const period = { period: { from: T0, to: T0 + 1000n }, leaps: LEAPS, countsUnverified: false, isTraceable: true };
  const asked = { ...period, horizon: 1n, schedule: [], exemptions: [], limit: { min: -6n, max: 7n } };
  const near = { ...one, realtime: T0 + 2n ** 52n, bound: { lo: -(2n ** 50n), hi: 2n ** 50n } };
  expect(nearly(of([near]), asked)).toEqual(reckon(of([near]), asked));
  expect(reckonNear(of([{ ...near, realtime: T0 + 2n ** 52n + 501n }]), asked)).toBeNull();
  expect(reckonNear(of([{ ...near, bound: { lo: 0n, hi: 2n ** 50n + 1n } }]), asked)).toBeNull();
});
