import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packColumn } from "./columns.ts";
import { STATUSES } from "./schema.ts";
import { contextHash, contextText, readStatement, type StatedSpan, statementOf, statementText } from "./span-statement.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const CONTEXT = {
  boot_id: "b",
  software: "s/1",
  trusting: [],
  assumptions: {
    rho_ppb: 200_000,
    oscillator_ppb: null,
    drift_basis: "assumed",
    sigma_ppb: null,
    faults: 1,
    slew_ppm: 500,
    slew_basis: "chrony",
    stamp_mode: "simulated",
  },
} as const;

const batchOf = (spans: readonly StatedSpan[], more: object = {}) => ({
  ...CONTEXT,
  trusting: [],
  spans: {
    from_raw_ns: packColumn(spans.map((span) => span.fromRaw)),
    from_realtime_ns: packColumn(spans.map((span) => span.fromRealtime)),
    to_raw_ns: packColumn(spans.map((span) => span.toRaw)),
    to_realtime_ns: packColumn(spans.map((span) => span.toRealtime)),
    lo_ns: packColumn(spans.map((span) => span.lo)),
    hi_ns: packColumn(spans.map((span) => span.hi)),
    readings: spans.map((span) => span.readings),
    status: spans.map((span) => span.status),
  },
  ...more,
});

const big = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
const anySpan: fc.Arbitrary<StatedSpan> = fc.record({
  fromRaw: big,
  fromRealtime: big,
  toRaw: big,
  toRealtime: big,
  lo: big,
  hi: big,
  readings: fc.nat(),
  status: fc.constantFrom(...STATUSES),
});

describe("a statement of spans", () => {
  it("says what the batch says", () => {
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: 1, maxLength: 5 }), (spans) => {
        const body = statementOf(batchOf(spans), sha256) as Uint8Array;
        expect(readStatement(body)).toEqual({ context: contextHash(contextText(CONTEXT as never), sha256), spans });
      }),
    );
  });
  it("has one form: bytes that can be read are those that would be written", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const read = readStatement(bytes);
        if (read === null || read.spans.length === 0) return;
        const again = statementOf(batchOf(read.spans), sha256) as Uint8Array;
        expect(again.slice(16)).toEqual(bytes.slice(16));
      }),
    );
  });
  it("is cut short or longer than itself: none", () => {
    const body = statementOf(batchOf([span]), sha256) as Uint8Array;
    for (let length = 0; length < body.length; length++) expect(readStatement(body.subarray(0, length))).toBeNull();
    expect(readStatement(Uint8Array.from([...body, 0]))).toBeNull();
  });
  it("is small: a minute of a healthy host in some fifty bytes", () => {
    expect(statementOf(batchOf([span]), sha256)?.length).toBeLessThanOrEqual(56);
  });
  it("changes with whatever the spans rest on, and with nothing else", () => {
    const body = statementOf(batchOf([span]), sha256);
    const other = { assumptions: { ...CONTEXT.assumptions, rho_ppb: 1 } };
    expect(statementOf(batchOf([span], other), sha256)).not.toEqual(body);
    const turned = { assumptions: Object.fromEntries(Object.entries(CONTEXT.assumptions).reverse()) };
    expect(statementOf(batchOf([span], turned), sha256)).toEqual(body);
  });
  it("is none where there is no span, or where something of one is missing", () => {
    expect(statementOf(batchOf([]), sha256)).toBeNull();
    const holed = batchOf([span]);
    expect(statementOf({ ...holed, spans: { ...holed.spans, lo_ns: packColumn([null]) } }, sha256)).toBeNull();
  });
  it("names its agent under the signature", () => {
    expect(statementText("a", Uint8Array.from([1, 171]))).toBe("truebound-spans/1\na\n01ab");
  });
});

const span: StatedSpan = {
  fromRaw: 864_000_123_456_789n,
  fromRealtime: 1_795_445_400_000_000_123n,
  toRaw: 864_060_023_456_000n,
  toRealtime: 1_795_445_459_900_001_234n,
  lo: -812_345n,
  hi: 934_567n,
  readings: 60,
  status: "proven",
};
