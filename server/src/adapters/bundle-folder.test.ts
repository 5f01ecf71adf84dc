import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundleFolder, bundleFolderNear, clearUnfinished, settleUnbooked } from "./bundle-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-folder-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the folder of a bundle", () => {
  it("is the second one's where two write to the same place, and the first one leaves it alone", async () => {
    const path = join(folder, "same");
    const first = bundleFolder(path);
    await first.write("manifest.json", "first");
    const second = bundleFolder(path);
    await second.write("manifest.json", "second");
    await first.write("manifest.json", "first, later");
    const file = await first.open("evidence/host.ndjson");
    await file.line({ kind: "batch" });
    await file.close();
    await expect(first.finish("{}")).rejects.toThrow("another one is being written there");
    await first.discard();
    await second.finish("{}");
    await second.booked();
    expect(readdirSync(path)).toEqual(["manifest.json"]);
    expect(existsSync(`${path}.partial`)).toBe(false);
    expect(readFileSync(join(path, "manifest.json"), "utf8")).toBe("second");
  });

  it("stays where somebody else fails who wanted to write there", async () => {
    const path = join(folder, "stays");
    const [late, one] = [bundleFolder(path), bundleFolder(path)];
    await one.write("manifest.json", "whole");
    await one.finish("{}");
    await one.booked();
    await expect(late.finish("{}")).rejects.toThrow("Cannot write a report to");
    await late.discard();
    expect(readFileSync(join(path, "manifest.json"), "utf8")).toBe("whole");
  });

  it("is gone where it was whole, and is taken back", async () => {
    const sink = bundleFolder(join(folder, "gone"));
    await sink.finish("{}");
    await sink.discard();
    expect([existsSync(join(folder, "gone")), existsSync(join(folder, "gone.partial"))]).toEqual([false, false]);
  });

  it("is cleared where its maker was killed, and nothing else is", async () => {
    const reports = join(folder, "reports");
    const [whole, unbooked] = [bundleFolder(join(reports, "whole")), bundleFolder(join(reports, "unbooked"))];
    await whole.finish("{}");
    await whole.booked();
    await unbooked.write("manifest.json", "all of it");
    await unbooked.finish("what the book would say");
    await bundleFolder(join(reports, "killed"), "who asked").write("manifest.json", "");
    writeFileSync(join(reports, "note.partial"), "");
    const left = [{ place: join(reports, "unbooked"), text: "what the book would say" }];
    expect(clearUnfinished(reports)).toEqual({ cleared: [{ name: "killed.partial", about: "who asked" }], unbooked: left, trouble: null });
    expect(readdirSync(reports).sort()).toEqual(["note.partial", "unbooked", "unbooked.partial", "whole"]);
    // Found again as long as nobody has settled it.
    expect(clearUnfinished(reports)).toEqual({ cleared: [], unbooked: left, trouble: null });
    settleUnbooked(join(reports, "unbooked"));
    expect(readdirSync(reports).sort()).toEqual(["note.partial", "unbooked", "whole"]);
    expect(clearUnfinished(join(folder, "nowhere"))).toEqual({ cleared: [], unbooked: [], trouble: null });
    // What cannot be cleared is told, and keeps no server from starting.
    expect(clearUnfinished(join(reports, "note.partial"))).toMatchObject({ cleared: [], trouble: expect.stringContaining("ENOTDIR") });
  });

  it("is none that would be taken for an unfinished one", () => {
    expect(() => bundleFolder(join(folder, "march.partial"))).toThrow("name another folder");
  });

  it("of a period lies beside one that nobody remembers", () => {
    mkdirSync(join(folder, "daily"));
    writeFileSync(join(folder, "daily-2"), "");
    expect(bundleFolderNear(join(folder, "daily")).place).toBe(join(folder, "daily-3"));
    expect(bundleFolderNear(join(folder, "weekly")).place).toBe(join(folder, "weekly"));
  });
});
