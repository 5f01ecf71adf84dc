import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  buildReader,
  CLIENTS,
  fuzzReaderInC,
  LANGUAGES,
  type Language,
  lacksFor,
  prepareWriter,
  raceReader,
  type SegmentWriterChild,
  VALID_NS,
} from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vectorsFile } from "./segment-vectors.ts";

const VECTORS = join(CLIENTS, "vectors.fixture.json");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-clients-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("the vectors that all readers share are those of the agent's own writer (UPDATE_VECTORS=1 writes them)", () => {
  if (process.env.UPDATE_VECTORS === "1") writeFileSync(VECTORS, vectorsFile());
  expect(readFileSync(VECTORS, "utf8")).toBe(vectorsFile());
});

/** So many as take some seconds; ten million of each are for the long run. */
const READS: Readonly<Record<Language, number>> = {
  C: 500_000,
  Go: 200_000,
  Java: 300_000,
  "Java 22": 300_000,
  Python: 40_000,
  Node: 100_000,
};

describe("the examples of applications", () => {
  const EXAMPLES = join(import.meta.dirname, "../examples/applications");
  const run = promisify(execFile);
  let segment = "";
  let writer: SegmentWriterChild;
  const said = async (example: string): Promise<unknown> => {
    const env = { ...process.env, TRUEBOUND_SEGMENT: segment };
    return JSON.parse((await run(process.execPath, [join(EXAMPLES, example)], { env })).stdout);
  };

  beforeAll(async () => {
    segment = join(folder, "segment");
    // By this host's own clocks, a millisecond on either side.
    writer = await prepareWriter(segment, "host", 60_000_000_000, 50);
    await writer.begin();
  });
  afterAll(() => {
    writer.child.kill();
  });

  it("waits until a stamp is past", async () => {
    expect(await said("commit-wait.mjs")).toEqual({
      stamp_ns: expect.stringMatching(/^\d{19}$/),
      width_ns: expect.stringMatching(/^[2-9]\d{6,}$/),
    });
  });
  it("holds a lease, and has the storage refuse who held it before", async () => {
    expect(await said("lease.mjs")).toEqual({
      held: true,
      write: "written",
      held_before: false,
      late_write: "refused: a later holder has written",
    });
  });
  it("stores when an event was, and reads the order of two", async () => {
    expect(await said("store-with-event.mjs")).toEqual({ bytes: 40, at_once: "undecidable", later: "before" });
  });
  it.skipIf(lacksFor("Go") !== null)(
    "Go's reader is not misled by an instant that no int64 of nanoseconds holds",
    { timeout: 120_000 },
    () => {
      const [program, ...args] = buildReader("Go", folder).command;
      // Each: is past, is future.
      expect(JSON.parse(execFileSync(program, [...args, "far", segment], { encoding: "utf8" }))).toEqual({
        ever: [false, true],
        never: [true, false],
      });
    },
  );
  it.skipIf(lacksFor("Java") !== null)("Java's reader answers a thread that is interrupted, and leaves it so", { timeout: 120_000 }, () => {
    const [program, ...args] = buildReader("Java", folder).command;
    expect(JSON.parse(execFileSync(program, [...args, "interrupted", segment], { encoding: "utf8" }))).toEqual({
      bounded: true,
      interrupted: true,
    });
  });
  it.each(["commit-wait.mjs", "lease.mjs"])("%s does nothing where the time is not known", async (example) => {
    const env = { ...process.env, TRUEBOUND_SEGMENT: join(folder, "none") };
    await expect(run(process.execPath, [join(EXAMPLES, example)], { env })).rejects.toThrow("the time is unknown (no_segment)");
  });
});

it.skipIf(lacksFor("C") !== null)(
  "the reader in C makes no false answer of bent segments, and reads nothing beyond them (skipped: gcc not found)",
  () => {
    const said = fuzzReaderInC(100_000, 1);
    expect(said).toMatch(/^100000 cases, \d{4,} bounded$/);
  },
);

describe.each(LANGUAGES)("the reader in %s", (language) => {
  const lacks = lacksFor(language);
  it.skipIf(lacks !== null)(
    `says what all say, and takes nothing of two writes from a writer that is killed and stopped, nor from a file that is cut off${lacks === null ? "" : ` (skipped: ${lacks} not found)`}`,
    { timeout: 180_000 },
    async () => {
      const reader = buildReader(language, folder);
      const [program, ...args] = reader.command;
      // Node's own is held against them beside its source.
      if (language !== "Node") expect(execFileSync(program, [...args, "vectors", VECTORS], { encoding: "utf8" })).toMatch(/"wrong":0/);
      const tally = await raceReader(reader, READS[language]);
      expect(tally).toMatchObject({ bounded: READS[language], torn: 0, missed: 0 });
      expect(tally.records).toBeGreaterThan(1);
      const cut = join(folder, "cut");
      writeFileSync(cut, "TBCLOCK\n");
      const now = JSON.parse(execFileSync(program, [...args, "now", cut], { encoding: "utf8" }));
      expect(now).toEqual({ status: "unknown", reason: "not_a_segment" });
      expect(tally.longestNs).toBeLessThan(VALID_NS);
    },
  );
});
