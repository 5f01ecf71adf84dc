import { DEFAULT_ALERT_SETTINGS } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { Heartbeat } from "./heartbeat.ts";
import type { Outcome, Pulse } from "./ports.ts";

const EVERY_S = 60;

/** Half a second at a time: somebody judges every second, and deliveries are looked for each time. */
function world() {
  const made = {
    now: 0,
    beats: [] as number[],
    said: [] as string[],
    judged: 0,
    judging: true,
    looking: true,
    oldest: null as Pulse["oldest"],
    outcome: { kind: "delivered" } as Outcome,
    heartbeat: { url: "https://x", every_s: EVERY_S, allow_private: false } as Pulse["settings"]["heartbeat"],
  };
  let lookedMs: number | null = null;
  const say = (words: string) => void made.said.push(words);
  const heartbeat = new Heartbeat({
    pulse: async () => ({
      settings: { ...DEFAULT_ALERT_SETTINGS, heartbeat: made.heartbeat },
      judged: String(made.judged),
      oldest: made.oldest,
    }),
    deliveriesLookedMs: () => lookedMs,
    beat: async () => {
      if (made.outcome.kind === "delivered") made.beats.push(made.now);
      return made.outcome;
    },
    monotonic: () => made.now,
    log: { info: say, warn: say, error: say },
  });
  const run = async (seconds: number) => {
    for (let step = 0; step < seconds * 2; step++) {
      made.now += 500;
      if (made.judging && made.now % 1000 === 0) made.judged++;
      if (made.looking) lookedMs = made.now;
      await heartbeat.look();
    }
  };
  return { made, run, heartbeat };
}

describe("the heartbeat", () => {
  it("beats once a period while all is well", async () => {
    const { made, run, heartbeat } = world();
    await run(3600);
    expect(made.beats.length).toBeGreaterThanOrEqual(59);
    expect(made.beats.length).toBeLessThanOrEqual(66);
    const gaps = made.beats.slice(1).map((at, index) => at - (made.beats[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(70_000);
    expect(heartbeat.ageMs()).toBeLessThan(70_000);
    expect(made.said).toEqual([]);
  });

  const STOPS = { judge: "judging", worker: "looking" } as const;
  it.each(["judge", "worker"] as const)("ends within a period when the %s stops, says so once, and comes back", async (who) => {
    for (let offset = 0; offset < EVERY_S; offset += 7) {
      const { made, run } = world();
      await run(200 + offset);
      made[STOPS[who]] = false;
      await run(EVERY_S);
      const before = made.beats.length;
      await run(10 * EVERY_S);
      expect(made.beats.length).toBe(before);
      made[STOPS[who]] = true;
      await run(2 * EVERY_S);
      expect(made.beats.length).toBeGreaterThan(before);
      expect(made.said.filter((words) => words.includes("withheld"))).toHaveLength(1);
    }
  });

  it("does not begin on the word of a judge that nobody has seen at work", async () => {
    const { made, run } = world();
    made.judging = false;
    await run(600);
    expect(made.beats).toEqual([]);
    expect(made.said).toEqual(["The heartbeat is withheld: nobody judges alerts"]);
  });

  it("ends when a delivery waits for more than ten minutes, by either clock", async () => {
    const { made, run } = world();
    await run(120);
    made.oldest = { key: "7 pager", seconds: 601 };
    const before = made.beats.length;
    await run(300);
    expect(made.beats.length).toBe(before);
    // The clock of the database went back: what was seen here counts.
    made.oldest = { key: "8 pager", seconds: -3600 };
    await run(590);
    const while10 = made.beats.length;
    expect(while10).toBeGreaterThan(before);
    await run(600);
    expect(made.beats.length).toBeLessThanOrEqual(while10 + 1);
    made.oldest = null;
    await run(120);
    expect(made.beats.length).toBeGreaterThan(while10 + 1);
  });

  it("that does not arrive is tried again before its period is over, and its age grows", async () => {
    const { made, run, heartbeat } = world();
    await run(120);
    made.outcome = { kind: "again", why: "away" };
    await run(120);
    expect(heartbeat.ageMs()).toBeGreaterThan(EVERY_S * 1000);
    made.outcome = { kind: "delivered" };
    await run(11);
    expect(heartbeat.ageMs()).toBeLessThanOrEqual(11_000);
    expect(made.said).toContain("The heartbeat is withheld: it does not arrive: away");
  });

  it("is none where none is set, and says nothing", async () => {
    const { made, run, heartbeat } = world();
    made.heartbeat = null;
    await run(600);
    expect([made.beats, made.said, heartbeat.ageMs()]).toEqual([[], [], null]);
  });
});
