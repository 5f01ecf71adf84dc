import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseLossless } from "../src/adapters/lossless-json.ts";
import { explain } from "../src/explain/command.ts";

const explained = async (given: unknown) =>
  explain("audit", "-", { read: async () => (typeof given === "string" ? given : JSON.stringify(given)), parse: parseLossless });
const answered = async (given: unknown) => JSON.parse((await explained(given)).out);

/** Every ns of an expectation as a string, as it is printed. */
const inWords = (value: unknown, key = ""): unknown => {
  if (typeof value === "number") return /Ppm/.test(key) ? value : String(value);
  if (Array.isArray(value)) return value.map((one) => inWords(one, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inWords(one, name)]));
};

const W1_TEXT = readFileSync(new URL("../../packages/audit/src/evaluate/w1.fixture.json", import.meta.url), "utf8");
const W1 = JSON.parse(W1_TEXT);
const S = 1_000_000_000;
const clock = (more: object) => ({ profile: { driftPpb: 5000, horizonNs: 30 * S }, ...more });
const PAIR = {
  profile: { limitNs: [-1000, 1000] },
  window: [0, 10 * S],
  hosts: [
    clock({ name: "a", samples: [{ t: 0, lo: 5_000_000, hi: 5_000_100 }] }),
    clock({ name: "b", spanEvidence: [{ from: 0, to: 20 * S, lo: 5_000_000, hi: 5_000_100 }] }),
  ],
};

describe("truebound explain audit", () => {
  it("answers W1 as it stands", async () => {
    const { code, out, err } = await explained(W1_TEXT);
    expect([code, err]).toEqual([0, ""]);
    expect(JSON.parse(out)).toEqual(inWords(W1.expect));
  });
  it("takes every number as a string too, of any size", async () => {
    const far = 9_007_199_254_740_993_000n;
    const moved = (value: number) => (BigInt(value) + far).toString();
    const samples = W1.samples.map(({ t, lo, hi }: Record<string, number>) => ({ t: moved(t as number), lo: `${lo}`, hi: `${hi}` }));
    const exemptions = W1.exemptions.map((one: Record<string, number>) =>
      Object.fromEntries(Object.entries(one).map(([k, v]) => [k, moved(v)])),
    );
    const cuts = [{ from: moved(75 * S), to: moved(75 * S), reason: "clock_set" }];
    const said = await answered({
      ...W1,
      window: [moved(0), moved(120 * S)],
      schedule: [[moved(0), moved(120 * S)]],
      exemptions,
      cuts,
      samples,
    });
    expect(said.compliantNs).toBe("58400000000");
    expect(said.spans[0]).toEqual([moved(0), moved(14 * S), "COMPLIANT"]);
  });
  it("judges the difference of two hosts", async () => {
    const said = await answered(PAIR);
    // −100 to 100 ns at the beginning, and 5 ns wider each millisecond: the limit is met after 180 ms.
    expect(said.spans).toEqual([
      ["0", "180000000", "COMPLIANT"],
      ["180000000", "10000000000", "UNPROVEN"],
    ]);
    expect(said.verdict).toBe("INCONCLUSIVE");
    expect(await answered({ ...PAIR, profile: undefined, limitNs: [-1000, 1000], appErrorNs: 0 })).toEqual(said);
  });
  it("passes within policy where enough is proved", async () => {
    expect((await answered({ ...PAIR, profile: { limitNs: [-1000, 1000], minimumProvenPpm: 18_000 } })).verdict).toBe("PASS_WITHIN_POLICY");
    expect((await answered({ ...PAIR, profile: { limitNs: [-1000, 1000], minimumProvenPpm: 18_001 } })).verdict).toBe("INCONCLUSIVE");
  });
  it("has no verdict on nothing", async () => {
    expect(await answered({ ...W1, schedule: [] })).toMatchObject({
      auditedNs: "0",
      coveragePpm: null,
      provenPpm: null,
      violationPpm: null,
      compliancePpmRange: null,
      verdict: "NOT_APPLICABLE",
    });
  });
  it("takes a smear off where the limit is meant for smeared time", async () => {
    const smears = [{ begins: 0, step: 1 }];
    const samples = [{ t: 10_000 * S, lo: -115_740_095, hi: -115_740_093 }];
    const given = { ...W1, window: [10_000 * S, 10_001 * S], schedule: [[10_000 * S, 10_001 * S]], exemptions: [], cuts: [], samples };
    const judged = (smear: string, more: object = { smears }) =>
      explained({ ...given, ...more, profile: { ...W1.profile, driftPpb: 20_000, smear } });
    expect(JSON.parse((await judged("divergence")).out).verdict).toBe("FAIL");
    expect(JSON.parse((await judged("reference")).out).verdict).toBe("PASS");
    expect(JSON.parse((await judged("corrected")).out).verdict).toBe("PASS");
    expect((await judged("reference", {})).err).toContain("/smears lists none");
  });
  it("tells all that is wrong at once, with its place", async () => {
    const { code, err } = await explained({
      profile: { limitNs: [1, -1], driftPpb: -5, horizonNs: 1.5, requireTraceability: "yes", minimumProvenPpm: 2_000_000, smear: "none" },
      window: [0],
      exemptions: [{ from: 5, to: 1 }],
      samples: [{ t: 0, lo: 3, hi: 2 }, 7],
      spanEvidence: [{ from: 2, to: 1, lo: 0, hi: 0 }],
      cuts: [{ from: 0 }],
    });
    expect(code).toBe(1);
    for (const line of [
      "/profile/limitNs is from 1 back to -1",
      "/profile/driftPpb is -5: it must be at least 0",
      "/profile/horizonNs is 1.5: it must be a whole number",
      "/profile/requireTraceability must be true or false",
      "/profile/minimumProvenPpm is 2000000: it must be at most 1000000",
      "/profile/smear must be one of divergence, reference, corrected",
      "/window must be a list of two whole numbers",
      "/exemptions/0 is from 5 back to 1",
      "/exemptions/0/declaredAt is missing",
      "/samples/0 has lo 3 above hi 2",
      "/samples/1 must be an object",
      "/spanEvidence/0 is from 2 back to 1",
      "/cuts/0/to is missing",
    ])
      expect(err).toContain(line);
    expect((await explained({ hosts: [] })).err).toContain("/hosts has 0: there must be two hosts");
    expect((await explained([])).code).toBe(1);
  });
  it("names what means nothing", async () => {
    const { code, err } = await explained({ ...W1, sampels: [], profile: { ...W1.profile, horizon: 3 } });
    expect(code).toBe(0);
    expect(err).toContain("/profile/horizon");
    expect(err).toContain("/sampels");
  });
  it("answers its own documentation as that says", async () => {
    const docs = readFileSync(new URL("../../docs/explain.md", import.meta.url), "utf8");
    const [, given = "", said = ""] = /## `audit`[\s\S]*?```json\n([\s\S]*?)```[\s\S]*?```json\n([\s\S]*?)```/.exec(docs) ?? [];
    expect(await answered(given)).toMatchObject(JSON.parse(said));
  });
});
