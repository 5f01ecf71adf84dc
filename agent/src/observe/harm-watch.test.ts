import { describe, expect, it } from "vitest";
import { type Decision, type HarmState, watchHarm } from "./harm-watch.ts";

const SECOND = 1_000_000_000n;
const ADDRESS = "192.0.2.1";

/**
 * A daemon that polls every 64 s, and we, from 1000 s on, every 16 s at the pace that we are told; looked at every 32 s.
 * `lost` says whether its poll at that time is lost, given how many polls a second reach the server from this host.
 */
function run(seconds: number, lost: (rate: number, at: number) => boolean, options: { kissed?: (rate: number) => boolean } = {}) {
  let [state, reach, replies, kisses, factor]: [HarmState, number, number, number, number] = [new Map(), 0xff, 0, 0, 1];
  const decisions: (Decision & { at: number })[] = [];
  for (let at = 0; at < seconds; at += 32) {
    const rate = 1 / 64 + (at >= 1000 ? 1 / 16 / factor : 0);
    if (at % 64 === 0) reach = ((reach << 1) & 0xff) | (lost(rate, at) ? 0 : 1);
    if (at > 1000) {
      if (options.kissed?.(rate) ?? false) kisses += 1;
      else if (!lost(rate, at)) replies += 1;
    }
    const ours = at < 1000 ? [] : [{ address: ADDRESS, began: 1000n * SECOND, replies, kisses }];
    const looked = watchHarm(state, BigInt(at) * SECOND, [{ address: ADDRESS, reach, poll: 6 }], ours);
    state = looked.state;
    for (const decision of looked.decisions) {
      factor = decision.factor;
      decisions.push({ ...decision, at });
    }
  }
  return { decisions, factor, state };
}

/** A limiter that answers one in two, in turn, above `most` polls a second. */
const limiter = (most: number) => (rate: number, at: number) => rate > most && (at / 64) % 2 === 0;

describe("harm to the host's own daemon", () => {
  it("is none where the daemon keeps its answers", () => {
    expect(run(100_000, () => false).decisions).toEqual([]);
  });

  it("makes us slow down, until the daemon has its answers again", () => {
    const { decisions } = run(2300, limiter(0.04));
    expect(decisions.map(({ kind, factor, why }) => [kind, factor, why])).toEqual([
      ["slow_down", 2, "daemon_lost_polls"],
      ["slow_down", 4, "daemon_lost_polls"],
    ]);
    expect(decisions[0]).toMatchObject({ address: ADDRESS, before: 0xff });
  });

  it("is tried again ever more rarely where the limit stays", () => {
    const { decisions } = run(100_000, limiter(0.04));
    const relapses = decisions.filter(({ kind, factor }) => kind === "slow_down" && factor === 4).map(({ at }) => at);
    expect(relapses.length).toBeGreaterThan(4);
    expect(relapses.length).toBeLessThan(20);
    const gaps = relapses.slice(1).map((at, index) => at - (relapses[index] as number));
    expect(gaps.at(-1)).toBeGreaterThan(2 * (gaps[0] as number));
  });

  it("ends, and so does the slowing down", () => {
    const { decisions, factor } = run(60_000, (rate, at) => at < 2300 && limiter(0.04)(rate, at));
    expect(decisions.filter(({ kind }) => kind === "ease").map(({ why }) => why)).toEqual(["daemon_recovered", "daemon_recovered"]);
    expect(factor).toBe(1);
  });

  it("never slows us beyond 64 times", () => {
    const kissed = run(20_000, () => false, { kissed: () => true });
    expect(Math.max(...kissed.decisions.map(({ factor }) => factor))).toBe(64);
    expect(kissed.decisions.filter(({ kind }) => kind === "slow_down")).toHaveLength(6);
    expect(kissed.decisions[0]).toMatchObject({ why: "rate_kiss" });
  });

  it("is not ours where slowing down changes nothing", () => {
    const flaky = (_: number, at: number) => at > 5000 && (at / 64) % 2 === 0;
    const { decisions, factor } = run(60_000, flaky);
    expect(decisions.map(({ kind, factor, why }) => [kind, factor, why])).toEqual([
      ["slow_down", 2, "daemon_lost_polls"],
      ["slow_down", 4, "daemon_lost_polls"],
      ["slow_down", 8, "daemon_lost_polls"],
      ["ease", 1, "not_ours"],
    ]);
    expect(factor).toBe(1);
  });

  it("is not ours where the source was lost to the daemon before us, or falls silent to both long after", () => {
    expect(run(20_000, (_, at) => (at / 64) % 2 === 0).decisions).toEqual([]);
    expect(run(20_000, (_, at) => at > 5000).decisions).toEqual([]);
  });

  it("is feared where the source falls silent to both as soon as we ask", () => {
    const { decisions } = run(10_000, (_, at) => at > 1000);
    expect(decisions[0]).toMatchObject({ kind: "slow_down", why: "daemon_lost_polls" });
    expect(decisions.at(-1)).toMatchObject({ kind: "ease", factor: 1, why: "not_ours" });
  });

  it("needs a register from before us, and a daemon that had begun", () => {
    const began = { address: ADDRESS, began: 0n, replies: 0, kisses: 0 };
    const late = watchHarm(new Map(), 0n, [{ address: ADDRESS, reach: 0xff, poll: 0 }], [began]);
    expect(watchHarm(late.state, 9n * SECOND, [{ address: ADDRESS, reach: 0b11001100, poll: 0 }], [began]).decisions).toEqual([]);
    const starting = watchHarm(new Map(), 0n, [{ address: ADDRESS, reach: 0b11, poll: 0 }], []);
    expect(watchHarm(starting.state, 9n * SECOND, [{ address: ADDRESS, reach: 0b11001100, poll: 0 }], [began]).decisions).toEqual([]);
    const begun = watchHarm(new Map(), 0n, [{ address: ADDRESS, reach: 0b111, poll: 0 }], []);
    expect(watchHarm(begun.state, 9n * SECOND, [{ address: ADDRESS, reach: 0b11001100, poll: 0 }], [began]).decisions).toHaveLength(1);
  });

  it("counts only polls that the daemon made since we began", () => {
    const before = watchHarm(new Map(), 0n, [{ address: ADDRESS, reach: 0xff, poll: 6 }], []);
    const ours = { address: ADDRESS, began: 0n, replies: 1, kisses: 0 };
    const look = (seconds: bigint, reach: number) =>
      watchHarm(before.state, seconds * SECOND, [{ address: ADDRESS, reach, poll: 6 }], [ours]).decisions;
    expect(look(180n, 0b11111000)).toEqual([]);
    expect(look(192n, 0b11111000)).toHaveLength(1);
  });

  it("lets go of a source that the daemon gave up", () => {
    const { state } = run(2300, limiter(0.04));
    expect(watchHarm(state, 4000n * SECOND, [], []).decisions).toMatchObject([{ kind: "ease", factor: 1, why: "not_shared" }]);
  });

  it("judges subsecond polls too", () => {
    const before = watchHarm(new Map(), 0n, [{ address: ADDRESS, reach: 0xff, poll: -4 }], []);
    const ours = { address: ADDRESS, began: 0n, replies: 1, kisses: 0 };
    const looked = watchHarm(before.state, SECOND / 2n, [{ address: ADDRESS, reach: 0b01010101, poll: -4 }], [ours]);
    expect(looked.decisions).toMatchObject([{ kind: "slow_down", factor: 2 }]);
  });
});
