import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Log } from "../../log.ts";
import { ChildrenFile } from "./leftovers.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-children-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const idle = () =>
  spawn(process.execPath, ["-e", "process.stdout.write('up'); setInterval(() => {}, 1000)"], { stdio: ["ignore", "pipe", "ignore"] });

describe("children of an earlier process", () => {
  it("are stopped, and only those that were ours", async () => {
    const [ours, stranger] = [idle(), idle()];
    await Promise.all([once(ours.stdout, "data"), once(stranger.stdout, "data")]);
    new ChildrenFile(folder).add(ours.pid ?? 0);
    const gone = once(ours, "exit");
    await new ChildrenFile(folder).stopLeftovers(quiet);
    expect(await gone).toEqual([null, "SIGTERM"]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    stranger.kill("SIGKILL");
  });
  it("are not guessed: a number that now belongs to another process, or a file cut short, ends nothing", async () => {
    for (const text of [JSON.stringify([{ pid: process.pid, startTicks: "1" }]), '[{"pid":', "null", '[{"pid":"1"}]']) {
      writeFileSync(join(folder, "children.json"), text);
      await new ChildrenFile(folder).stopLeftovers(quiet);
    }
  });
});
