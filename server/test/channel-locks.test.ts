import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChannelLocks, channelLocks } from "../src/adapters/postgres/channel-locks.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { until } from "./until.ts";

let databases: TestDatabases;
let url = "";
let pools: pg.Pool[] = [];
/** Of the test: within a second others join. */
let now = 0;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  pools = [openPool(url, quiet), openPool(url, quiet)];
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await databases?.stop();
});

const locksOf = (index: 0 | 1): ChannelLocks => channelLocks(pools[index] as pg.Pool, () => now);

/** Work that ends when it is told to, and what became of it. */
function task(log: string[], name: string) {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    work: async () => {
      log.push(`${name} begins`);
      await ended;
      log.push(`${name} ends`);
    },
    end: () => end(),
  };
}
const waiting = (count: number) =>
  until("the locks that are waited for", async () => {
    const [row] = await ask<{ count: bigint }>(url, "select count(*) from pg_locks where locktype = 'advisory' and not granted");
    return row?.count === BigInt(count);
  });

describe("who tells a channel", () => {
  it("does it beside others on one connection, and who reminds it waits, and is not waited past", async () => {
    const [here, there] = [locksOf(0), locksOf(1)];
    const log: string[] = [];
    const [first, second, alone, late] = ["first", "second", "alone", "late"].map((name) => task(log, name));
    const running = [here.beside("am", first?.work ?? fail), here.beside("am", second?.work ?? fail)];
    await until("both", () => log.length === 2);
    const [row] = await ask<{ count: bigint }>(url, "select count(*) from pg_locks where locktype = 'advisory' and granted");
    expect(row?.count).toBe(1n);
    running.push(there.alone("am", alone?.work ?? fail));
    await waiting(1);
    now += 1001;
    running.push(here.beside("am", late?.work ?? fail));
    // Another channel's are none of its business.
    await here.beside("other", async () => void log.push("other"));
    first?.end();
    second?.end();
    await until("the one alone", () => log.includes("alone begins"));
    await waiting(1);
    alone?.end();
    await until("the late one", () => log.includes("late begins"));
    late?.end();
    await Promise.all(running);
    expect(log.filter((line) => /alone|late/.test(line))).toEqual(["alone begins", "alone ends", "late begins", "late ends"]);
  });

  it("leaves no lock behind when its work fails, nor when its connection breaks", async () => {
    const [here, there] = [locksOf(0), locksOf(1)];
    await expect(here.beside("am", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(here.alone("am", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const broken = here.beside("am", async () => {
      await ask(url, "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()");
    });
    await broken;
    let done = false;
    await there.alone("am", async () => {
      done = true;
    });
    await here.beside("am", async () => {});
    expect(done).toBe(true);
  });
});

const fail = (): Promise<void> => Promise.reject(new Error("There is no such task"));
