import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ManifestResult, verifyBundle } from "@truebound/audit";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles } from "../server/src/adapters/bundle-folder.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { reported, reportedBoth, resigned, troubledWorld } from "./verified-scene.ts";

/** Threads run what is built. */
const BUILT = new URL("../server/dist/adapters/verify/hosts-side-by-side.js", import.meta.url).href;
const BUILD = new URL("../bin/build.js", import.meta.url).pathname;
beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, [BUILD], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
});
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function written(bundle: MemoryBundle): string {
  const folder = mkdtempSync(join(tmpdir(), "truebound-bundle-"));
  folders.push(folder);
  for (const [name, bytes] of bundle.files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

async function bothSay(place: string) {
  const { hostsSideBySide } = (await import(BUILT)) as typeof import("../server/src/adapters/verify/hosts-side-by-side.ts");
  const ports = { ...verifyPorts, files: bundleFiles(place) };
  return [await verifyBundle(ports), await verifyBundle(ports, { keyId: null }, hostsSideBySide(place, 1))] as const;
}

describe("hosts that are verified side by side", () => {
  it("are found to hold as one after the other, with as many records", async () => {
    const [inTurn, sideBySide] = await bothSay(written(await reported(troubledWorld(1, 4))));
    expect(inTurn.kind).toBe("holds");
    expect(sideBySide).toEqual(inTurn);
  });
  it("tell the first host in their order that does not hold, whichever ends first", async () => {
    const bundle = await reported(troubledWorld(1, 4));
    const files = [...bundle.files.keys()].filter((name) => name.startsWith("evidence/")).sort();
    const spoil = (name: string, change: (text: string) => string): void =>
      void bundle.files.set(name, Buffer.from(change(bundle.text(name))));
    // The last one fails at its first line, the one before it at its last.
    spoil(files.at(-1) ?? "", (text) => text.replace('"kind":"batch"', '"kind":"bench"'));
    spoil(files.at(-2) ?? "", (text) => text.slice(0, text.lastIndexOf('{"kind"')));
    const [inTurn, sideBySide] = await bothSay(written(bundle));
    const host = (files.at(-2) ?? "").replace("evidence/", "").replace(".ndjson", "");
    expect(inTurn).toMatchObject({ kind: "fails", failure: { step: "evidence", host } });
    expect(sideBySide).toEqual(inTurn);
  });
  it("find groups to hold as one after the other, and name the first of them that does not", async () => {
    const world = troubledWorld(1, 4);
    const bundle = await reportedBoth(world);
    const [inTurn, sideBySide] = await bothSay(written(bundle));
    expect(inTurn).toMatchObject({ kind: "holds", manifest: { totals: { results: 7 } } });
    expect(sideBySide).toEqual(inTurn);
    const forged = resigned(world, bundle, (one) => ({ ...one, results: one.results.map(withoutWorstPair) }));
    const [refused, refusedToo] = await bothSay(written(forged));
    expect(refused).toMatchObject({ kind: "fails", failure: { step: "results", rule: "recomputed", host: null } });
    expect(refused).toMatchObject({
      failure: { detail: expect.stringContaining("all pairs of desks-our-cluster × our-cluster: group says") as unknown },
    });
    expect(refusedToo).toEqual(refused);
  });
});

const withoutWorstPair = (one: ManifestResult) =>
  one.group === undefined ? one : { ...one, group: { ...one.group, outside: one.group.outside.slice(1) } };
