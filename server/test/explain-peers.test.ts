import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseLossless } from "../src/adapters/lossless-json.ts";
import { explain } from "../src/explain/command.ts";

const explained = async (given: unknown) =>
  explain("peers", "-", { read: async () => (typeof given === "string" ? given : JSON.stringify(given)), parse: parseLossless });
const answered = async (given: unknown) => JSON.parse((await explained(given)).out);
const edge = (from: string, to: string, lo_ns: number | string, hi_ns: number | string) => ({ from, to, lo_ns, hi_ns });

const FLEET = [edge("UTC", "A", -5000, 7000), edge("UTC", "B", -200, 300), edge("A", "B", -400, 900), edge("B", "C", 100, 350)];
const NOTHING = { negative_cycles: [], suspects: [], flagged: [], cleared: [], least_liars: 0 };

describe("truebound explain peers", () => {
  it("bounds every clock and every pair that is asked for (C11)", async () => {
    const pairs = [
      ["A", "C"],
      ["C", "UTC"],
      ["A", "X"],
    ];
    const said = await answered({ edges: [...FLEET, edge("UTC", "C", -4000, 4000), edge("X", "Y", 0, 1)], pairs });
    expect(said).toEqual({
      consistent: true,
      nodes: {
        A: { clock_minus_utc: { lo_ns: "-1100", hi_ns: "700" } },
        B: { clock_minus_utc: { lo_ns: "-200", hi_ns: "300" } },
        C: { clock_minus_utc: { lo_ns: "-100", hi_ns: "650" } },
        X: { clock_minus_utc: null },
        Y: { clock_minus_utc: null },
      },
      pairs: [
        { a: "A", b: "C", lo_ns: "-300", hi_ns: "1250" },
        { a: "C", b: "UTC", lo_ns: "-650", hi_ns: "100" },
        { a: "A", b: "X", lo_ns: null, hi_ns: null },
      ],
      ...NOTHING,
    });
  });
  it("names what contradicts, and who may lie", async () => {
    const said = await answered({ edges: [...FLEET, edge("UTC", "C", 900, 4000)], pairs: [["A", "B"]] });
    expect(said).toMatchObject({
      consistent: false,
      nodes: {},
      pairs: [],
      suspects: ["B", "C"],
      flagged: [],
      cleared: ["A"],
      least_liars: 1,
    });
    expect(said.negative_cycles).toEqual([{ nodes: expect.arrayContaining(["UTC", "B", "C"]), weight_ns: "-250" }]);
  });
  it("answers its own documentation as that says", async () => {
    const docs = readFileSync(new URL("../../docs/explain.md", import.meta.url), "utf8");
    const example = /## `peers`[\s\S]*?```json\n([\s\S]*?)```/.exec(docs)?.[1] ?? "";
    expect(await answered(example)).toMatchObject({ consistent: false, flagged: ["A"], suspects: ["A"], cleared: ["B", "C"] });
  });
  it("keeps every digit", async () => {
    const far = "9007199254740993000";
    expect((await answered(`{"edges":[{"from":"UTC","to":"A","lo_ns":${far},"hi_ns":"${far}"}]}`)).nodes.A.clock_minus_utc).toEqual({
      lo_ns: far,
      hi_ns: far,
    });
  });
  it("says nothing of nobody", async () =>
    expect(await answered({ edges: [] })).toEqual({ consistent: true, nodes: {}, pairs: [], ...NOTHING }));
  it.each([
    [{}, "/edges is missing: it must be a list"],
    [{ edges: [edge("A", "A", 0, 1)] }, '/edges/0 is from "A" to itself: an edge joins two nodes'],
    [{ edges: [edge("A", "B", 2, 1)] }, "/edges/0 has lo_ns 2 above hi_ns 1"],
    [{ edges: [edge("A", "B", 0, 1)], pairs: [["A", "Z"]] }, '/pairs/0/1 is "Z": no edge names it'],
    [{ edges: [edge("A", "B", 0, 1)], pairs: [["A"]] }, "/pairs/0 must be a list of two nodes"],
    [{ edges: [{ from: "A", to: "B", lo_ns: 0.5 }] }, "/edges/0/hi_ns is missing"],
  ])("tells what is wrong with %j", async (given, problem) => {
    const { code, out, err } = await explained(given);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(problem);
  });
});
