import type { UtcInstant } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { batchOf } from "../../test/fake-agent.ts";
import type { OpenContent } from "../ingest/ports.ts";
import { type EndedEpoch, isNext, rederive, START, type StoredRow, stateOf } from "./rederive.ts";

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const open: OpenContent = (bytes) => ({ kind: "open", bytes });
const at = (second: number): UtcInstant => (T0 + BigInt(second) * S) as UtcInstant;
const ended = (epoch: number, lastSeq: number, second = 0): EndedEpoch => ({ epoch, lastSeq, endedAt: at(second) });

const AGENT = "00000000-0000-4000-8000-000000000001";
const batch = () => batchOf(AGENT, [{ realtime: T0, lo: -5n, hi: 5n }]);

const row = (seq: number, more: Partial<StoredRow> = {}): StoredRow => ({
  epoch: 1,
  seq,
  receivedAt: at(seq),
  sent: null,
  body: Buffer.from(JSON.stringify(batch())),
  quarantined: null,
  isWhole: true,
  hasLive: false,
  ...more,
});

describe("nothing lies between", () => {
  it.each([
    ["nothing and the first batch", null, { epoch: 1, seq: 1 }, [], true],
    ["nothing and a later one", null, { epoch: 1, seq: 2 }, [], false],
    ["one and the next", { epoch: 1, seq: 4 }, { epoch: 1, seq: 5 }, [], true],
    ["one and the one after the next", { epoch: 1, seq: 4 }, { epoch: 1, seq: 6 }, [], false],
    ["the end of an epoch and the next epoch", { epoch: 1, seq: 4 }, { epoch: 2, seq: 1 }, [ended(1, 4)], true],
    ["the middle of an epoch and the next", { epoch: 1, seq: 3 }, { epoch: 2, seq: 1 }, [ended(1, 4)], false],
    ["two epochs with an empty one between", { epoch: 1, seq: 4 }, { epoch: 3, seq: 1 }, [ended(1, 4), ended(2, 0)], true],
    ["two epochs with one between that is gone", { epoch: 1, seq: 4 }, { epoch: 3, seq: 1 }, [ended(1, 4), ended(2, 7)], false],
    ["nothing and an epoch after one that is gone", null, { epoch: 2, seq: 1 }, [ended(1, 4)], false],
    ["nothing and an epoch after an empty one", null, { epoch: 2, seq: 1 }, [ended(1, 0)], true],
  ] as const)("%s", (_, place, next, epochs, expected) => expect(isNext(place, next, epochs)).toBe(expected));
});

describe("deriving anew", () => {
  const host = { id: AGENT, ended: [] };
  it("step by step is as at once", () => {
    const rows = [1, 2, 3, 4].map((seq) => row(seq));
    const whole = rederive(host, START, rows, open);
    const half = rederive(host, START, rows.slice(0, 2), open);
    expect(rederive(host, half.trail, rows.slice(2), open).trail).toEqual(whole.trail);
  });
  it("judges minutes and state only behind what is missing", () => {
    const { trail } = rederive(host, START, [row(1), row(4)], open);
    expect(trail).toMatchObject({ isWhole: false, place: { epoch: 1, seq: 4 } });
    expect(trail.judgedFrom).toBeGreaterThan(at(4));
    expect(rederive(host, START, [row(1), row(2)], open).trail).toMatchObject({ isWhole: true, judgedFrom: null });
  });
  it("says nothing of a present that was told ahead", () => {
    expect(stateOf(rederive(host, START, [row(1)], open).trail)).toHaveProperty("status");
    expect(stateOf(rederive(host, START, [row(1, { hasLive: true })], open).trail)).not.toHaveProperty("status");
  });
  it("keeps the verdict on a batch that could not be taken when it came, whatever it looks like now", () => {
    const quarantined = "/ holds a value that the database refuses";
    const { events, minutes } = rederive(host, START, [row(1, { quarantined })], open);
    expect(minutes).toEqual([]);
    expect(events).toMatchObject([
      { event: { kind: "batch_quarantined", detail: { pointer: "/", problem: "holds a value that the database refuses", faults: 1 } } },
    ]);
  });
  it("tells of an epoch that began with a delivery, and not of one that began with an enrolment", () => {
    const kinds = (endedAt: number) =>
      rederive({ ...host, ended: [ended(1, 1, endedAt)] }, START, [row(1), row(1, { epoch: 2, receivedAt: at(5) })], open).events.map(
        ({ event }) => event.kind,
      );
    expect(kinds(6)).toContain("epoch_started");
    expect(kinds(4)).not.toContain("epoch_started");
  });
});
