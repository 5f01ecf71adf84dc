import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utc } from "@truebound/time";
import { afterAll, describe, expect, it } from "vitest";
import { bundleFolder, clearUnfinished, settleUnbooked } from "../adapters/bundle-folder.ts";
import { textSha256 } from "../adapters/crypto/node-crypto.ts";
import { createReport } from "./create.ts";
import { type LeftPorts, sayBegun, settleLeft } from "./left-behind.ts";
import { worldOf } from "./memory-world.fixture.ts";
import { FROM, minute, S } from "./minutes.fixture.ts";
import type { MadeReport } from "./ports.ts";
import { ReportTrouble } from "./request.ts";

const REQUEST = { from: FROM, to: utc(FROM + 600n * S), profiles: ["test-100us"], hosts: [] };
const WATCHING = { progress: () => undefined, signal: new AbortController().signal };
const root = mkdtempSync(join(tmpdir(), "left-behind-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A report whose maker ends where the book would have been told; and what it would have told. */
async function unbooked(folder: string): Promise<MadeReport> {
  const world = worldOf(1);
  for (const host of world.hosts) host.report([minute(host.facts.id, 0), minute(host.facts.id, 1)]);
  const ports = world.ports(bundleFolder(join(folder, "march")));
  let told: MadeReport | null = null;
  const add = async (made: MadeReport): Promise<void> => {
    told = made;
    throw new Error("killed here");
  };
  await expect(createReport({ ...ports, book: { ...ports.book, add } }, REQUEST, WATCHING)).rejects.toThrow("killed here");
  return told as unknown as MadeReport;
}

/** As a server does when it starts. */
async function start(folder: string, more: Partial<LeftPorts> = {}) {
  const [booked, said, forgotten]: [MadeReport[], string[], unknown[]] = [[], [], []];
  const ports: LeftPorts = {
    isKnown: async () => false,
    add: async (made) => void booked.push(made),
    manifestIn: async (place) => readFileSync(join(place, "manifest.json"), "utf8"),
    sha256: textSha256,
    settle: settleUnbooked,
    forgotten: (id, period) => void forgotten.push([id, period]),
    log: { info: (text) => void said.push(text), warn: (text) => void said.push(text), error: () => {} },
    ...more,
  };
  await settleLeft(clearUnfinished(folder), folder, ports);
  return { booked, said, forgotten };
}

const withFolder = (): string => mkdtempSync(join(root, "reports-"));

describe("what a killed maker of reports left", () => {
  it("is listed by the next start as it would have been, and once", async () => {
    const folder = withFolder();
    const told = await unbooked(folder);
    expect((await start(folder)).booked).toEqual([told]);
    expect(await start(folder)).toEqual({ booked: [], said: [], forgotten: [] });
    expect([existsSync(join(folder, "march")), existsSync(join(folder, "march.partial"))]).toEqual([true, false]);
  });

  it("is left as it is where the book has it", async () => {
    const folder = withFolder();
    const { id } = await unbooked(folder);
    expect(await start(folder, { isKnown: async (asked) => asked === id })).toEqual({ booked: [], said: [], forgotten: [] });
    expect([existsSync(join(folder, "march")), existsSync(join(folder, "march.partial"))]).toEqual([true, false]);
  });

  it("is not listed where others went on meanwhile, or where it was changed: that is said once", async () => {
    for (const [harm, why] of [
      [() => Promise.reject(new ReportTrouble("Report 7 was made meanwhile")), "Report 7 was made meanwhile"],
      [null, "its manifest.json was changed since"],
    ] as const) {
      const folder = withFolder();
      await unbooked(folder);
      if (harm === null) appendFileSync(join(folder, "march", "manifest.json"), " ");
      const { booked, said } = await start(folder, harm === null ? {} : { add: harm });
      expect([booked, said]).toEqual([[], [expect.stringContaining(`march is not listed, though it may verify: ${why}`)]]);
      expect((await start(folder)).said).toEqual([]);
    }
  });

  it("is looked at again where the database was away", async () => {
    const folder = withFolder();
    const told = await unbooked(folder);
    const { said } = await start(folder, { add: () => Promise.reject(new Error("ECONNREFUSED")) });
    expect(said).toEqual([expect.stringContaining("ECONNREFUSED")]);
    expect((await start(folder)).booked).toEqual([told]);
  });

  it("and is no report is taken away, and whoever asks for it is told of which time it was", async () => {
    const folder = withFolder();
    await bundleFolder(join(folder, "some-id"), sayBegun(REQUEST)).write("manifest.json", "half of it");
    bundleFolder(join(folder, "by-schedule"));
    const { booked, said, forgotten } = await start(folder);
    expect([booked, forgotten]).toEqual([[], [["some-id", { from: REQUEST.from, to: REQUEST.to }]]]);
    expect(said).toHaveLength(2);
    expect(existsSync(join(folder, "some-id.partial"))).toBe(false);
  });
});
