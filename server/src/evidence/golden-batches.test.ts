import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openContent } from "../adapters/batch-content.ts";
import { readBatch } from "./read-batch.ts";

/**
 * Batches as real agents of the demo fleet sealed them, by the day of the sources that they were built from: one of each host, and the first
 * with each kind of event. Every later server must take what an older agent still has in its spool.
 */
const FOLDER = new URL("../../test/golden-batches/", import.meta.url).pathname;
const MOST = 64 * 1024 * 1024;

interface Golden {
  readonly host: string;
  readonly agent: string;
  readonly seq: number;
  readonly body: string;
}

describe("batches that earlier agents sealed", () => {
  it.each(readdirSync(FOLDER))("%s: each is read whole, and nothing of it is set aside", (file) => {
    const lines = readFileSync(`${FOLDER}${file}`, "utf8").trim().split("\n");
    const batches = lines.map((line) => JSON.parse(line) as Golden);
    expect(batches.length).toBeGreaterThan(14);
    const events = new Set<string>();
    let exchanges = 0;
    for (const { host, agent, seq, body } of batches) {
      const opened = openContent(Buffer.from(body, "base64"), MOST);
      const read = opened.kind === "open" ? readBatch(opened.bytes, agent) : opened;
      expect({ host, seq, read }).toMatchObject({ host, seq, read: { batch: { agent }, setAside: [] } });
      if (!("batch" in read)) continue;
      for (const { kind } of read.batch.events) events.add(kind);
      exchanges += read.batch.exchanges.source.length;
    }
    expect([...events]).toEqual(
      expect.arrayContaining(["policy_applied", "status_changed", "source_state_changed", "clock_stepped", "leap_pending"]),
    );
    expect(exchanges).toBeGreaterThan(15);
  });
});
