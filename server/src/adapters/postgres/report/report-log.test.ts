import type pg from "pg";
import { expect, it } from "vitest";
import { hostLogAt } from "./report-log.ts";

const HEAD = { shard: "2026-03", size: 1_000, root: "", timestamp_ns: "1", previous: "", signature: new Uint8Array(64), key_id: "" };
const RUN = { shard: "2026-03", leaf: 100n, epoch: 1, first_seq: 1n, batches: 500, stated: [] };
const ANSWERS: readonly (readonly [RegExp, readonly object[]])[] = [
  [/from log_head where shard/, [{ number: 7n }]],
  [/distinct on \(shard\)/, [{ shard: "2026-03", size: 1_000n, number: 7n }]],
  [/from log_run/, [RUN]],
  [/from log_shard/, [{ shard: "2026-03", secret: Buffer.alloc(32, 1) }]],
];

it("asks for the secrets of salts once, however many leaves are opened at a time", async () => {
  const asked: string[] = [];
  const query = async (question: string | { readonly text: string }) => {
    const text = typeof question === "string" ? question : question.text;
    asked.push(text);
    return { rows: ANSWERS.find(([pattern]) => pattern.test(text))?.[1] ?? [] };
  };
  const log = await hostLogAt({ query } as unknown as pg.Pool, HEAD);
  const leaves = await log.batchLeaves("host", { epoch: 1, seq: 1 }, { epoch: 1, seq: 500 });
  expect([leaves.size, leaves.get("1/500")?.index]).toEqual([500, 599]);
  expect(new Set([...leaves.values()].map(({ salt }) => Buffer.from(salt).toString("hex"))).size).toBe(500);
  expect(asked.filter((text) => text.includes("log_shard"))).toHaveLength(1);
});
