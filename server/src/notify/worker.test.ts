import { utc } from "@truebound/time";
import type { Channel, Notice } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { NOTICE } from "./notice.fixture.ts";
import { again, type DeliveryStore, type Entry, type Outcome, type Send, type Taken, type Verdict } from "./ports.ts";
import { DeliveryWorker } from "./worker.ts";

const HOOK: Channel = { name: "hook", kind: "webhook", url: "http://x", severities: ["critical"], enabled: true, allow_private: false };
const AM: Channel = { ...HOOK, name: "am", kind: "alertmanager", urls: ["http://x"] };

const taken = (channel: string, id: bigint, more: Partial<Taken> = {}): Taken => ({
  noticeId: id,
  incidentId: 12n,
  channel,
  notice: { ...NOTICE, key: `key-${id}` },
  attempts: 1,
  ageSeconds: 1,
  at: utc(0n),
  ...more,
});

/** A store that gives what it is told to, once, and may be away when it is told what became of it. */
function world(due: Taken[], send: Send = async () => ({ kind: "delivered" })) {
  const made = {
    now: 0,
    standsStill: 0,
    away: false,
    rooms: [] as { channel: string; slots: number }[],
    settled: [] as { key: string; verdict: Verdict; entry: Entry | null }[],
    sent: [] as Notice[],
    warnings: [] as string[],
    infos: [] as string[],
    held: [] as string[],
  };
  const store: DeliveryStore = {
    places: async () => ({ channels: [HOOK, AM], pageUrl: null }),
    take: async (rooms) => {
      made.rooms = [...rooms];
      return due.splice(0);
    },
    takeOrphans: async () => [],
    settle: async ({ notice }, verdict, entry) => {
      if (made.away) throw new Error("the database is away");
      made.settled.push({ key: notice.key, verdict, entry });
    },
    standing: async () => [],
    elsewhere: async ({ notice }) => [{ ...notice, key: "elsewhere" }],
    waiting: async () => [],
    beside: async (channel, work) => {
      made.held.push(channel);
      made.now += made.standsStill;
      return work();
    },
    alone: async () => {},
  };
  const worker = new DeliveryWorker({
    store,
    send: async (channel, notice, moment) => {
      made.sent.push(notice);
      return send(channel, notice, moment);
    },
    counted: () => {},
    random: () => 0,
    monotonic: () => made.now,
    log: {
      info: (words) => void made.infos.push(words),
      warn: (words) => void made.warnings.push(words),
      error: (words) => void made.warnings.push(words),
    },
  });
  const look = async () => {
    await worker.look();
    await worker.idle();
  };
  return { made, worker, look, due };
}

describe("the worker", () => {
  it("writes down once it can what it told while the database was away, and does not tell it again", async () => {
    const { made, look, worker, due } = world([taken("hook", 1n)]);
    made.away = true;
    await look();
    expect([made.sent.length, worker.isBehind("hook"), worker.isBehind("am")]).toEqual([1, true, false]);
    // The lease ran out meanwhile, and it is given the same once more.
    due.push(taken("hook", 1n, { attempts: 2 }));
    await look();
    made.away = false;
    await look();
    expect(made.sent).toHaveLength(1);
    expect(made.settled.map(({ key, verdict }) => [key, verdict.state])).toEqual([["key-1", "delivered"]]);
    expect(worker.isBehind("hook")).toBe(false);
  });
  it("leaves to others what it took before it stood still", async () => {
    const { made, look } = world([taken("am", 1n)]);
    made.standsStill = 25_000;
    await look();
    expect([made.sent, made.settled]).toEqual([[], []]);
  });
  it("says with the end of an alert what goes on elsewhere, to who may take the one for the other", async () => {
    const said: (string[] | undefined)[] = [];
    const resolved = (channel: string, id: bigint) => taken(channel, id, { notice: { ...NOTICE, kind: "resolved" } });
    const { look } = world([taken("am", 1n), resolved("am", 2n), resolved("hook", 3n)], async (_, __, { elsewhere }) => {
      said.push(elsewhere?.map(({ key }) => key));
      return { kind: "delivered" };
    });
    await look();
    expect(said.filter((one) => one !== undefined)).toEqual([["elsewhere"]]);
    expect(said).toHaveLength(3);
  });
  it("tells no more than four things at once to a channel that does not answer, and others all the same", async () => {
    const answers: ((outcome: Outcome) => void)[] = [];
    const hangs: Send = (channel) =>
      channel.name === "hook" ? new Promise((resolve) => answers.push(resolve)) : Promise.resolve({ kind: "delivered" });
    const { made, worker, due } = world(
      [1n, 2n, 3n, 4n].map((id) => taken("hook", id)),
      hangs,
    );
    await worker.look();
    due.push(taken("am", 9n));
    await worker.look();
    expect(made.rooms).toEqual([{ channel: "am", slots: 20 }]);
    await expect.poll(() => made.settled.map(({ key }) => key)).toEqual(["key-9"]);
    for (const answer of answers) answer(again("late"));
    await worker.idle();
    await worker.look();
    expect(made.rooms).toEqual([
      { channel: "hook", slots: 4 },
      { channel: "am", slots: 20 },
    ]);
  });
  it("looks again as soon as there is room where all of it was used, and not once it stops", async () => {
    const { made, worker, due } = world([1n, 2n, 3n, 4n].map((id) => taken("hook", id)));
    const looking = worker.look();
    await looking;
    due.push(taken("hook", 5n));
    await worker.idle();
    expect(made.sent.map(({ key }) => key)).toContain("key-5");
    due.push(...[6n, 7n, 8n, 9n].map((id) => taken("hook", id)));
    await worker.look();
    due.push(taken("hook", 10n));
    await worker.stop();
    expect(made.sent.map(({ key }) => key)).not.toContain("key-10");
  });
  it("goes on after a mistake of its own, and says it", async () => {
    const { made, look } = world([taken("hook", 1n), taken("hook", 2n)], async (_, { key }) => {
      if (key === "key-1") throw new TypeError("no such thing");
      return { kind: "delivered" };
    });
    await look();
    expect(made.settled.map(({ key, verdict }) => [key, verdict.state]).sort()).toEqual([
      ["key-1", "due"],
      ["key-2", "delivered"],
    ]);
    expect(made.warnings.join()).toContain("no such thing");
  });
  it("says once that a channel fails, and once that it no longer does", async () => {
    let outcome: Outcome = again("it is down");
    const { made, look, due } = world(
      [1n, 2n, 3n].map((id) => taken("hook", id)),
      async () => outcome,
    );
    await look();
    due.push(taken("hook", 1n, { attempts: 2 }));
    await look();
    expect(made.warnings).toEqual(["Cannot tell hook: it is down"]);
    outcome = { kind: "delivered" };
    due.push(taken("hook", 1n, { attempts: 3 }), taken("hook", 2n, { attempts: 2 }));
    await look();
    expect(made.infos).toEqual(["hook can be told again"]);
  });
  it("tells an Alertmanager only while nobody reminds it", async () => {
    const { made, look } = world([taken("hook", 1n), taken("am", 2n)]);
    await look();
    expect(made.held).toEqual(["am"]);
  });
});
