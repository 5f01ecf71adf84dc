import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chronydPath, startChronyd } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProcessTable } from "../src/adapters/process-table.ts";
import { readRunningChrony } from "../src/adapters/running-chrony.ts";
import { type RunningDaemon, runningDaemon } from "../src/observe/running-daemon.ts";

describe.skipIf(chronydPath() === null)("a real chronyd with -x among this machine's processes (skipped: chronyd not found)", () => {
  let chronyd: ReturnType<typeof startChronyd>;
  beforeAll(() => {
    chronyd = startChronyd(0, ["server 127.0.0.99 port 9", "maxslewrate 500", "makestep 1 3"]);
  });
  afterAll(() => chronyd.stop());

  /** Other tests run daemons of their own at the same time: only ours counts. */
  function ours(): RunningDaemon {
    const { bystanders, daemons, ...rest } = runningDaemon(readProcessTable());
    const isOurs = ({ configPath }: { configPath: string | null }) => configPath === join(chronyd.folder, "chrony.conf");
    return { ...rest, daemons: daemons.filter(isOurs), bystanders: bystanders.filter(isOurs) };
  }

  it("is seen, does not steer, and its own configuration is read", async () => {
    await expect.poll(() => ours().bystanders.length, { timeout: 10_000 }).toBe(1);
    const found = ours();
    expect(found.daemons).toEqual([]);
    expect(found.bystanders[0]).toMatchObject({ kind: "chronyd", steers: false });
    expect(found.bystanders[0]?.startTicks).toBeGreaterThan(0n);
    const uptime = BigInt(Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1e9));
    const reading = readRunningChrony(found, { realtime: BigInt(Date.now()) * 1_000_000n, boottime: uptime });
    expect(reading).toMatchObject({
      settings: { maxSlewPpm: 500, makestep: { thresholdS: 1, limit: 3 } },
      unread: [],
      changedSinceStart: false,
    });
    const later = 10_000_000_000n;
    const edited = readRunningChrony(found, { realtime: BigInt(Date.now()) * 1_000_000n, boottime: uptime + later });
    expect(edited?.changedSinceStart).toBe(true);
  });
});
