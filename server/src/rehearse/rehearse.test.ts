import type { Rehearsal } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { type RehearsalStore, rehearse, type Seen } from "./rehearse.ts";
import { parseRehearse, type RehearseRequest } from "./rehearse-request.ts";

const NOTHING: Seen = { takenAt: null, refused: null, incident: null, delivered: false, status: "proven" };
const TAKEN = { ...NOTHING, takenAt: "2026-11-26T19:00:00.000000Z" };

interface World {
  readonly looks: readonly Seen[];
  readonly channels?: readonly string[];
  readonly state?: "active" | "suspended";
  readonly isBusy?: boolean;
}

/** A host of which look after look another thing is seen, a second apart. */
async function run(words: string, { looks, channels = [], state = "active", isBusy = false }: World) {
  const request = parseRehearse(words.split(" ")) as RehearseRequest;
  const asked: Rehearsal[] = [];
  const withdrawn: string[] = [];
  const lines: string[] = [];
  let seconds = 0;
  const store: RehearsalStore = {
    host: async (name) => (name === "db-1" ? { id: "h", name, state, labels: {} } : null),
    channels: async () => channels,
    ask: async (_, rehearsal) => {
      asked.push(rehearsal);
      return isBusy ? null : "2026-11-26T18:59:59.000000Z";
    },
    withdraw: async (_, id) => void withdrawn.push(id),
    look: async () => looks[Math.min(seconds, looks.length - 1)] as Seen,
  };
  const told = await rehearse(
    {
      store,
      newId: () => "r1",
      who: "tester",
      now: () => seconds * 1000,
      pause: async () => {
        seconds += 1;
      },
      tell: (line) => void lines.push(line),
    },
    request,
  );
  return { ...told, asked, withdrawn, lines, report: told.out.startsWith("{") ? JSON.parse(told.out) : null };
}

describe("a rehearsal", () => {
  it("passes when the alert came and was told, and says how fast", async () => {
    const looks = [NOTHING, TAKEN, { ...TAKEN, incident: "12" }, { ...TAKEN, incident: "12", delivered: true }];
    const { code, report, asked, withdrawn, lines } = await run("step --host db-1 --channel pager --json", { looks, channels: ["pager"] });
    expect(code).toBe(0);
    expect(asked).toEqual([{ id: "r1", fault: "step", for_s: 60, by_ns: "250000000", who: "tester" }]);
    expect(report).toEqual({
      id: "r1",
      host: "db-1",
      fault: "step",
      asked_at: "2026-11-26T18:59:59.000000Z",
      taken_at: TAKEN.takenAt,
      refused: null,
      expected: { rules: ["proved_outside_limit", "bound_exceeds_limit"], channel: "pager" },
      incident: "12",
      alerted_after_ms: 2000,
      delivered_after_ms: 3000,
      passed: true,
    });
    expect(withdrawn).toEqual(["r1"]);
    expect(lines).toEqual(["Asked db-1 to rehearse step for 60 s; waiting for 300 s at most\n"]);
  });
  it("passes by the alert alone where there is nobody to be told, and not where there is", async () => {
    const looks = [{ ...TAKEN, incident: "12" }];
    expect(await run("silent --host db-1", { looks })).toMatchObject({ code: 0, out: expect.stringContaining("there is no channel") });
    const late = await run("silent --host db-1 --timeout 10s", { looks, channels: ["pager"] });
    expect(late).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^NOT passed: silent on db-1.*\n.*\n {2}incident 12 after 0\.0 s\n {2}a channel was not told\n$/),
    });
  });
  it("does not pass where the alert does not come in time, and takes back what it asked", async () => {
    const { code, out, withdrawn } = await run("drift --host db-1 --timeout 5s", { looks: [NOTHING] });
    expect([code, withdrawn]).toEqual([1, ["r1"]]);
    expect(out).toContain("does its agent run, and report?");
  });
  it("says that a host of whose clock nothing is proved passes no limit", async () => {
    const looks = [{ ...TAKEN, status: "unknown" }];
    const { out } = await run("step --host db-1 --timeout 5s", { looks });
    expect(out).toContain("came\n  its status is unknown: a clock of which nothing is proved passes no limit");
    expect((await run("lost-source --host db-1 --timeout 5s", { looks })).out).not.toContain("its status");
  });
  it("says why the host refused, at once", async () => {
    const looks = [NOTHING, { ...NOTHING, refused: "TRUEBOUND_REHEARSALS=1 does" }];
    const { code, out } = await run("step --host db-1", { looks });
    expect([code, out]).toEqual([1, "NOT passed: step on db-1 (rehearsal r1)\n  the host refused: TRUEBOUND_REHEARSALS=1 does\n"]);
  });
  it.each([
    ["step --host nobody", {}, 'Cannot rehearse step on "nobody": no host has this id or name'],
    ["step --host db-1", { state: "suspended" }, 'Cannot rehearse step on "db-1": it is suspended'],
    ["step --host db-1", { isBusy: true }, 'Cannot rehearse step on "db-1": another rehearsal is asked of it, or goes on there'],
    [
      "step --host db-1 --channel pagr",
      { channels: ["pager"] },
      'Cannot rehearse step on "db-1": people are told by no channel pagr, but by pager',
    ],
    ["step --host db-1 --channel pager", {}, 'Cannot rehearse step on "db-1": people are told by no channel pager: there is none'],
  ] as const)("%s %o cannot be", async (words, world, err) => {
    expect(await run(words, { looks: [NOTHING], ...world })).toMatchObject({ code: 1, out: "", err: `${err}\n`, withdrawn: [] });
  });
});

describe("the words of a rehearsal", () => {
  it.each([
    ["step --host a", { fault: "step", for_s: 60, by_ns: "250000000" }, 300],
    ["step --host a --by=-3s --for 5m", { fault: "step", for_s: 300, by_ns: "-3000000000" }, 360],
    ["drift --host a --ppb -200", { fault: "drift", for_s: 120, ppb: -200 }, 300],
    ["lost-source --host a", { fault: "lost-source", for_s: 900 }, 960],
    [
      "lying-source --host a --by 40us --source n:123 --timeout 1m",
      { fault: "lying-source", for_s: 240, by_ns: "40000", source: "n:123" },
      60,
    ],
    ["silent --host a --for 10s", { fault: "silent", for_s: 10 }, 300],
  ])("%s", (words, fault, timeoutS) => expect(parseRehearse(words.split(" "))).toMatchObject({ host: "a", fault, timeoutS }));

  it.each([
    ["", "Cannot guess what to rehearse"],
    ["stepp --host a", "did you mean step?"],
    ["step", "Cannot rehearse without --host"],
    ["step drift --host a", "one fault at a time"],
    ["step --host a --ppb 5", "Cannot take --ppb with step"],
    ["silent --host a --by 1s", "Cannot take --by with silent"],
    ["step --host a --by 0s", "Cannot take --by 0s"],
    ["step --host a --by 2", "write a span such as 250ms"],
    ["step --host a --for 5s", "write a span from 10s to 1h"],
    ["drift --host a --ppb 600000000", "at most 500000000"],
    ["step --host a --timeout 3h", "write a span from 1s to 2h"],
  ])("%s is none", (words, problem) => expect(parseRehearse(words.split(" ").filter(Boolean))).toContain(problem));
});
