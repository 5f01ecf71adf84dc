import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimName, lockInstance, parseClaimName } from "./instance-lock.ts";
import { identify } from "./process-facts.ts";

const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-lock-"));
  lock = join(folder, "postgres.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A lock once taken and given back, so that its folder exists, and the claim of somebody else in it. */
async function withClaimOf(pid: number, startTicks: string, boot: string): Promise<void> {
  (await lockInstance(lock, folder)).release();
  writeFileSync(join(lock, claimName({ pid, startTicks, bootId: boot })), "");
}

describe("the lock of a data folder", () => {
  it("can be taken again after its release", async () => {
    (await lockInstance(lock, folder)).release();
    expect(readdirSync(lock)).toEqual([]);
    (await lockInstance(lock, folder)).release();
  });

  it("is refused to a second start in the same process", async () => {
    const held = await lockInstance(lock, folder);
    await expect(lockInstance(lock, folder)).rejects.toMatchObject({ exitCode: 1 });
    held.release();
  });

  it("is refused while another process lives, which is named", async () => {
    const parent = identify(process.ppid);
    await withClaimOf(process.ppid, parent?.startTicks ?? "", bootId);
    await expect(lockInstance(lock, folder)).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(`process ${process.ppid};`),
    });
  });

  it.each([
    ["whose number somebody else has now", process.ppid, "1", bootId],
    ["that ended with the machine", process.ppid, identify(process.ppid)?.startTicks ?? "", "00000000-0000"],
    ["that is gone", 2 ** 22 + 1, "5", bootId],
  ])("is taken over from a process %s", async (_, pid, startTicks, boot) => {
    await withClaimOf(pid, startTicks, boot);
    const held = await lockInstance(lock, folder);
    expect(readdirSync(lock)).toHaveLength(1);
    held.release();
  });

  it("says so when a file has its name", async () => {
    writeFileSync(lock, "");
    await expect(lockInstance(lock, folder)).rejects.toMatchObject({ name: "StartupError", exitCode: 78 });
  });
});

describe("a claim's name", () => {
  it("comes back from its text", () => {
    const claim = { pid: 12, startTicks: "34", bootId: "ab-cd" };
    expect(parseClaimName(claimName(claim))).toEqual(claim);
  });

  it.each(["", "12", "12.34", "x.34.ab", "12.34.ab/.."])("is not %j", (name) => {
    expect(parseClaimName(name)).toBeUndefined();
  });
});
