import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { endPostmasters } from "./left-postmasters.ts";

it("a postmaster that tests left is ended; a process that only has its number is not", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "truebound-left-")));
  const [own, others] = ["truebound-test-a/postgres", "truebound-test-b"].map((name) => join(folder, name)) as [string, string];
  for (const data of [own, others]) mkdirSync(data, { recursive: true });
  const postmaster = spawn("sleep", ["600"], { cwd: own, stdio: "ignore" });
  const stranger = spawn("sleep", ["600"], { cwd: tmpdir(), stdio: "ignore" });
  await Promise.all([once(postmaster, "spawn"), once(stranger, "spawn")]);
  try {
    writeFileSync(join(own, "postmaster.pid"), `${postmaster.pid}\n${own}\n`);
    writeFileSync(join(others, "postmaster.pid"), `${stranger.pid}\n${others}\n`);
    const gone = once(postmaster, "exit");
    expect(await endPostmasters(folder)).toBe(1);
    expect(await gone).toEqual([null, "SIGINT"]);
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    expect(await endPostmasters(folder)).toBe(0);
  } finally {
    stranger.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
