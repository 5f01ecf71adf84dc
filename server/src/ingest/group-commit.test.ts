import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GroupCommit, type GroupOutcome, type Task } from "./group-commit.ts";

const limits = { writers: 2, batchesMax: 10, backlogWaitingMax: 30, liveWaitingMax: 60, hostWaitingMax: 20 };
const task = (host: string, size = 1, isLive = true, work = host): Task<string> => ({ host, size, isLive, work });

/** Transactions that end when the test says so. */
function manual() {
  const groups: { tasks: readonly Task<string>[]; end: () => void; fail: (error: Error) => void }[] = [];
  const group = new GroupCommit<string, string>(
    (tasks) =>
      new Promise((resolve, reject) => {
        groups.push({ tasks, end: () => resolve(tasks.map(({ work }) => `done ${work}`)), fail: reject });
      }),
    limits,
  );
  return { group, groups };
}
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
const names = ({ tasks }: { tasks: readonly Task<string>[] }) => tasks.map(({ work }) => work);

describe("a group commit", () => {
  it("joins what comes in one turn, and gives each its own result", async () => {
    const { group, groups } = manual();
    const results = Promise.all(["a", "b", "c"].map((host) => group.submit(task(host))));
    await turn();
    expect(groups.map(names)).toEqual([["a", "b", "c"]]);
    groups[0]?.end();
    expect(await results).toEqual(["done a", "done b", "done c"]);
  });
  it("tells of each transaction how many batches it had, how long it took, and whether it was committed", async () => {
    const told: GroupOutcome[] = [];
    let [now, fails] = [0, false];
    const group = new GroupCommit<string, string>(
      async (tasks) => {
        now += 250;
        if (fails) throw new Error("no connection");
        return tasks.map(({ work }) => work);
      },
      limits,
      { now: () => now, ended: (outcome) => void told.push(outcome) },
    );
    await Promise.all([task("a", 3), task("b", 2)].map((one) => group.submit(one)));
    fails = true;
    await expect(group.submit(task("a"))).rejects.toThrow("no connection");
    expect(told).toEqual([
      { batches: 5, seconds: 0.25, isCommitted: true },
      { batches: 1, seconds: 0.25, isCommitted: false },
    ]);
  });
  it("never has one host in two groups, or twice in one", async () => {
    const { group, groups } = manual();
    const results = Promise.all([task("a", 1, true, "a1"), task("a", 1, true, "a2"), task("b")].map((one) => group.submit(one)));
    await turn();
    expect(groups.map(names)).toEqual([["a1", "b"]]);
    groups[0]?.end();
    await turn();
    expect(names(groups[1] as never)).toEqual(["a2"]);
    groups[1]?.end();
    expect(await results).toHaveLength(3);
  });
  it("lets live reports pass a backlog, and the backlog go on beside them", async () => {
    const { group, groups } = manual();
    const all = [task("x", 8, false), task("y", 8, false), task("z", 8, false), task("a"), task("b")].map((one) => group.submit(one));
    await turn();
    expect(groups.map(names)).toEqual([["a", "b", "x"], ["y"]]);
    for (const one of groups) one.end();
    await turn();
    groups[2]?.end();
    await Promise.all(all);
  });
  it("fails a whole group when its transaction does, and works on", async () => {
    const { group, groups } = manual();
    const failed = Promise.allSettled([group.submit(task("a")), group.submit(task("b"))]);
    await turn();
    groups[0]?.fail(new Error("lost"));
    expect((await failed).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const next = group.submit(task("a"));
    await turn();
    groups[1]?.end();
    expect(await next).toBe("done a");
  });
  it("turns backlogs away before live reports", async () => {
    const { group } = manual();
    const full = (size: number) => {
      for (let one = 0; one < size; one++) void group.submit(task("busy", 1));
      return [group.isFull(false), group.isFull(true)];
    };
    expect(full(29)).toEqual([false, false]);
    expect(full(2)).toEqual([true, false]);
    expect(full(31)).toEqual([true, true]);
  });
  it("gives every task one result, whatever comes when", async () => {
    const host = fc.constantFrom("a", "b", "c", "d", "e");
    const tasks = fc.array(fc.record({ host, size: fc.integer({ min: 1, max: 14 }), isLive: fc.boolean() }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(tasks, async (list) => {
        const running = new Set<string>();
        const group = new GroupCommit<number, number>(async (several) => {
          for (const one of several) expect(running.has(one.host)).toBe(false);
          for (const one of several) running.add(one.host);
          await turn();
          for (const one of several) running.delete(one.host);
          return several.map(({ work }) => work);
        }, limits);
        const results = await Promise.all(list.map((one, index) => group.submit({ ...one, work: index })));
        expect(results).toEqual(list.map((_, index) => index));
        expect(group.waiting).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
