import { utc } from "@truebound/time";
import { expect, it } from "vitest";
import { batchOf } from "../../test/fake-agent.ts";
import { readStoredBatch } from "../evidence/read-batch.ts";
import { MOST_READINGS } from "./evidence-budget.ts";
import { type StoredEvidence, storedReadings } from "./stored-readings.ts";

const HOST = "3f0f8a0e-0000-4000-8000-0000000000aa";

function evidenceOf(rows: number, batches: number): StoredEvidence[] {
  const batch = batchOf(
    HOST,
    Array.from({ length: rows }, (_, row) => ({ realtime: BigInt(row) * 1_000n, lo: -10n, hi: 10n })),
  );
  const text = Buffer.from(JSON.stringify(batch));
  return Array.from({ length: batches }, (_, index) => ({
    epoch: 1,
    seq: index + 1,
    receivedAt: utc(0n),
    sent: null,
    isWhole: true,
    text: () => text,
  }));
}

/** In which order batches were read and others came to their turn. */
async function trailOf(evidence: readonly StoredEvidence[]) {
  const trail: string[] = [];
  const readings = await storedReadings(HOST, evidence, {
    read: (...asked) => {
      trail.push("read");
      return readStoredBatch(...asked);
    },
    pause: async () => void trail.push("pause"),
  });
  return { trail, readings };
}

it("others may come to their turn after every batch", async () => {
  const { trail, readings } = await trailOf(evidenceOf(2, 3));
  expect(trail).toEqual(["read", "pause", "read", "pause", "read", "pause"]);
  expect(readings?.map(({ seq, follows }) => [seq, follows])).toEqual([
    [1, false],
    [1, true],
    [2, true],
    [2, true],
    [3, true],
    [3, true],
  ]);
});

it("no batch is read behind the one that has too many readings", async () => {
  const rows = 1000;
  const { trail, readings } = await trailOf(evidenceOf(rows, MOST_READINGS / rows + 10));
  expect(readings).toBeNull();
  expect(trail.filter((what) => what === "read")).toHaveLength(MOST_READINGS / rows + 1);
});
