import { createHash } from "node:crypto";
import { chainText, genesisText } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChainEnd, entriesOf, type HostLogFacts, planHost, type StoredRow, statedIn } from "./sequence.ts";

const HOST = "00000000-0000-4000-8000-000000000001";
const hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const bytes = (text: string): Uint8Array => createHash("sha256").update(text).digest();

/** A chain as it comes: of each epoch so many batches. */
function chain(...lengths: readonly number[]): StoredRow[] {
  const rows: StoredRow[] = [];
  for (const [at, length] of lengths.entries()) {
    let prevHash = hex(genesisText(HOST, at + 1));
    for (let seq = 1; seq <= length; seq++) {
      const bodySha256 = bytes(`${at}/${seq}`);
      const contentDigest = `sha-256=:${Buffer.from(bodySha256).toString("base64")}:`;
      const hash = hex(chainText({ agent: HOST, epoch: at + 1, seq, prev: prevHash, contentDigest }));
      rows.push({
        epoch: at + 1,
        seq,
        hash,
        prevHash,
        bodySha256,
        receivedAt: 100n + BigInt(rows.length),
        statement: seq % 3 === 0 ? hex(`${seq}`) : null,
      });
      prevHash = hash;
    }
  }
  return rows;
}

const endOf = (rows: readonly StoredRow[]): ChainEnd => {
  const { epoch, seq, hash } = rows.at(-1) as StoredRow;
  return { epoch, seq, hash };
};

/** A person has looked at all that there is. */
const ALL = { epoch: 9, seq: 9 };

const factsOf = (whole: readonly StoredRow[], lengths: readonly number[], more: Partial<HostLogFacts> = {}): HostLogFacts => ({
  host: HOST,
  last: null,
  rows: whole,
  isAll: true,
  present: endOf(whole),
  enrolledAt: 50n,
  heardAt: 1000n,
  epochEnds: new Map(lengths.slice(0, -1).map((length, at) => [at + 1, length])),
  begun: 10n,
  next: null,
  acknowledged: ALL,
  ...more,
});

const shown = (facts: HostLogFacts): string[] =>
  planHost(facts, hex).planned.map((one) =>
    one.kind === "run"
      ? `run ${one.rows[0]?.epoch}/${one.rows[0]?.seq}+${one.rows.length}`
      : `${one.entry.why} ${one.entry.epoch}/${one.entry.seq}${one.entry.to_seq === undefined ? "" : `-${one.entry.to_seq}`}`,
  );

describe("a host's new batches", () => {
  it("lie in one run of each epoch, behind them their statements", () => {
    const whole = chain(4, 3);
    expect(shown(factsOf(whole, [4, 3]))).toEqual(["run 1/1+4", "run 2/1+3"]);
    const first = whole.slice(0, 4);
    expect(statedIn(first)).toEqual([2]);
    expect(entriesOf(HOST, first).map(({ kind }) => kind)).toEqual(["batch", "batch", "batch", "batch", "statement"]);
  });
  it("give the same leaves however they are cut into steps", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 5 }),
        (lengths, step) => {
          const whole = chain(...lengths);
          let last: ChainEnd | null = null;
          const seen: string[] = [];
          for (let at = 0; at < whole.length; at += step) {
            const rows = whole.slice(at, at + step);
            const plan = planHost(
              factsOf(whole, lengths, { last, rows, next: whole[at + step] ?? null, isAll: at + step >= whole.length }),
              hex,
            );
            last = plan.last;
            for (const one of plan.planned) {
              expect(one.kind).toBe("run");
              if (one.kind === "run") seen.push(...one.rows.map(({ hash }) => hash));
            }
          }
          expect(seen).toEqual(whole.map(({ hash }) => hash));
          expect(last).toEqual(endOf(whole));
        },
      ),
    );
  });
  it("that were changed, taken out or doubled each get a leaf that says so, and all others their own", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.nat(),
        fc.constantFrom("body", "hash", "prev", "gone", "twice"),
        (length, pick, how) => {
          const whole = chain(length);
          const at = pick % length;
          const row = whole[at] as StoredRow;
          const changed = {
            body: { ...row, bodySha256: bytes("x") },
            hash: { ...row, hash: hex("x") },
            prev: { ...row, prevHash: hex("x") },
          };
          const put = how === "gone" ? [] : how === "twice" ? [row, row] : [changed[how]];
          const rows = [...whole.slice(0, at), ...put, ...whole.slice(at + 1)];
          const { planned, last } = planHost(factsOf(whole, [length], { rows }), hex);
          const told = planned.flatMap((one) => (one.kind === "mismatch" ? [[one.entry.seq, one.entry.why]] : []));
          const one = [at + 1, how === "gone" ? "missing" : how === "twice" ? "twice" : "changed"];
          expect(told).toEqual(how === "twice" ? [one, one] : [one]);
          const kept = planned.flatMap((one) => (one.kind === "run" ? one.rows.map(({ seq }) => seq) : []));
          expect(kept).toEqual(whole.map(({ seq }) => seq).filter((seq) => seq !== at + 1));
          expect([last?.epoch, last?.seq]).toEqual([1, length]);
          stopsThere(rows, length, at + 1);
        },
      ),
    );
  });
});

/** Nobody has looked yet: the log ends before it, however often it is tried, and nothing behind it gets a leaf. */
function stopsThere(rows: readonly StoredRow[], length: number, bad: number): void {
  const facts = factsOf(chain(length), [length], { rows, acknowledged: null });
  const first = planHost(facts, hex);
  expect(first.planned.flatMap((one) => (one.kind === "run" ? one.rows.map(({ seq }) => seq) : [-1]))).toEqual(
    Array.from({ length: bad - 1 }, (_, n) => n + 1),
  );
  expect(first.last?.seq).toBe(bad - 1);
  const again = planHost({ ...facts, last: first.last, rows: rows.filter(({ seq }) => seq >= bad) }, hex);
  expect(again).toEqual({ planned: [], last: first.last, blocked: first.blocked });
  expect(first.blocked?.entry.seq).toBe(bad);
}

it("a gap that is acknowledged in part stops the log at the rest", () => {
  const whole = chain(5);
  const plan = planHost(factsOf(whole, [5], { rows: whole.slice(4), acknowledged: { epoch: 1, seq: 3 } }), hex);
  expect(plan.planned).toEqual([]);
  expect(plan.blocked?.entry).toMatchObject({ seq: 1, to_seq: 4 });
});

describe("a gap", () => {
  const whole = chain(5, 2);
  it.each([
    ["between two batches", { rows: [...whole.slice(0, 1), ...whole.slice(3)] }, ["run 1/1+1", "missing 1/2-3", "run 1/4+2", "run 2/1+2"]],
    [
      "at the end of an epoch and at the beginning of the next",
      { rows: [...whole.slice(0, 4), ...whole.slice(6)] },
      ["run 1/1+4", "missing 1/5-5", "missing 2/1-1", "run 2/2+1"],
    ],
    ["behind the last batch", { rows: whole.slice(0, 6) }, ["run 1/1+5", "run 2/1+1", "missing 2/2-2"]],
    ["where there is nothing at all", { rows: [] }, ["missing 1/1-5", "missing 2/1-2"]],
    ["of before the log began is none", { rows: whole.slice(2), begun: 2000n, enrolledAt: 50n }, ["run 1/3+3", "run 2/1+2"]],
    ["of a host that nobody heard since the log began is none", { rows: [], heardAt: null }, []],
    ["is not judged before all rows were seen", { rows: whole.slice(0, 3), isAll: false }, ["run 1/1+3"]],
    ["behind the end of a host that was set back is none", { last: { epoch: 9, seq: 1, hash: null }, rows: [] }, []],
  ] as const)("%s", (_, more, wanted) => {
    expect(shown(factsOf(whole, [5, 2], more))).toEqual(wanted);
  });
});
