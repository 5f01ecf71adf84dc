import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ClockClient } from "@truebound/client";
import { prepareWriter } from "../readers/race.ts";
import { buildReader, LANGUAGES, type Language, lacksFor } from "../readers/readers.ts";
import { end } from "./children.ts";

export interface ReadCost {
  readonly what: string;
  /** ns of processor for one answer, the least of the rounds: others share the processors. */
  readonly ns: number;
  /** The same where the file is read for each answer, as it is where more than a millisecond lies between them. */
  readonly eachNs: number;
}

export interface Wait {
  /** ms from the stamp until it was surely past. */
  readonly tookMs: number;
  /** By how much it was past then, ms. */
  readonly overshootMs: number;
}

const VALID_NS = 30_000_000_000;
const READS: Readonly<Record<Language, number>> = {
  C: 2_000_000,
  Go: 1_000_000,
  Java: 1_000_000,
  "Java 22": 1_000_000,
  Python: 50_000,
  Node: 500_000,
};
const ROUNDS = 3;
/** Of as many reads, where the file is read for each. */
const SHARE_OF_EACH = 0.1;

/** What an answer costs in each language, of a record that a writer renews ten times a second. */
export async function measureReaders(log: (text: string) => void): Promise<ReadCost[]> {
  const folder = mkdtempSync("/dev/shm/truebound-bench-");
  const segment = join(folder, "segment");
  const writer = await prepareWriter(segment, "host", VALID_NS, 100);
  await writer.begin();
  const costs: ReadCost[] = [];
  try {
    for (const language of LANGUAGES.filter((one) => lacksFor(one) === null)) {
      const [program, ...args] = buildReader(language, folder).command;
      const all = language === "Node" ? [["Node, with koffi"], ["Node, without", "plain"]] : [[language]];
      for (const [what = "", ...more] of all) {
        log(`client: ${what}`);
        const ask = (reads: number, ...how: string[]) => {
          const given = [...args, "cost", segment, String(reads), ...how, ...more];
          return Math.min(...Array.from({ length: ROUNDS }, () => costOf(execFileSync(program, given, { encoding: "utf8" }))));
        };
        costs.push({ what, ns: ask(READS[language]), eachNs: ask(READS[language] * SHARE_OF_EACH, "each") });
      }
    }
  } finally {
    await end(writer.child);
    rmSync(folder, { recursive: true, force: true });
  }
  return costs;
}

function costOf(said: string): number {
  const { reads, bounded, ns } = JSON.parse(said) as { reads: number; bounded: number; ns: number };
  if (bounded !== reads) throw new Error(`Cannot tell what an answer costs: ${reads - bounded} of ${reads} gave no bound`);
  return ns;
}

/** Waits as a database makes them: stamp with `latest`, and answer once that is past. The bound is a millisecond on either side. */
export async function measureWaits(count: number): Promise<readonly Wait[]> {
  const folder = mkdtempSync("/dev/shm/truebound-bench-");
  const writer = await prepareWriter(join(folder, "segment"), "host", VALID_NS, 100);
  await writer.begin();
  const client = new ClockClient({ path: join(folder, "segment") });
  try {
    const waits: Wait[] = [];
    for (let turn = 0; turn < count; turn++) waits.push(await waitOnce(client));
    return waits;
  } finally {
    client.close();
    await end(writer.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function waitOnce(client: ClockClient): Promise<Wait> {
  const stamped = client.now();
  if (stamped.earliest === null) throw new Error(`Cannot wait on a clock that is ${stamped.status}: ${stamped.reason}`);
  const since = performance.now();
  const waited = await client.commitWait(stamped.latest);
  const tookMs = performance.now() - since;
  if (waited.kind !== "past") throw new Error(`Cannot wait: ${waited.kind}`);
  return { tookMs, overshootMs: Number(waited.now.earliest - stamped.latest) / 1e6 };
}
