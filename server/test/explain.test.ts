import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseLossless } from "../src/adapters/lossless-json.ts";
import { explain } from "../src/explain/command.ts";

const CASES = new URL("./cases/", import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, CASES), "utf8");
const explained = async (text: string) => explain("bound", "-", { read: async () => text, parse: parseLossless });

describe("truebound explain bound", () => {
  for (const name of readdirSync(CASES).filter((file) => file.endsWith(".json")))
    it(`recomputes ${name}`, async () => {
      const { expect: expected, about: _, ...given } = JSON.parse(textOf(name));
      const { code, out, err } = await explained(JSON.stringify(given));
      expect({ code, err }).toEqual({ code: 0, err: "" });
      expect(JSON.parse(out)).toMatchObject(
        expected.sources ? { ...expected, sources: partly(JSON.parse(out).sources, expected.sources) } : expected,
      );
    });
  it("shows no source that its case does not have", async () => {
    const { out } = await explained('{"rho_ppb":1,"at_ns":0,"sources":[]}');
    expect(JSON.parse(out)).toEqual({
      sources: [],
      fused: {
        status: "unknown",
        reason: "never_measured",
        faults: 0,
        need: 1,
        votes: 0,
        regions: [],
        guaranteed: null,
        bimodal: false,
        trusting: [],
      },
    });
  });
  it("keeps every digit of numbers past 2^53", async () => {
    const at = "1795000000123456789";
    const { out } = await explained(
      `{"rho_ppb":0,"at_ns":${at},"sources":[{"id":"a","intervals":[{"at_ns":${at},"lo_ns":${at},"hi_ns":"1795000000123456791"}]}]}`,
    );
    expect(JSON.parse(out).sources[0].guaranteed).toEqual({ lo_ns: at, hi_ns: "1795000000123456791" });
  });
  it("takes null for a value that is not given, and any fault budget", async () => {
    const source = '{"id":"a","vote":null,"intervals":[{"at_ns":0,"lo_ns":-1,"hi_ns":1}],"exchanges":null}';
    const { code, out } = await explained(
      `{"rho_ppb":1,"oscillator_ppb":null,"sigma_ppb":null,"faults":1001,"at_ns":0,"leaps":null,"sources":[${source}]}`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out).fused).toMatchObject({ faults: 1001, need: 1, status: "unverified" });
  });
  it("tells of two sources of one name: they count as two votes", async () => {
    const source = '{"id":"a","intervals":[{"at_ns":0,"lo_ns":-1,"hi_ns":1}]}';
    const { code, err } = await explained(`{"rho_ppb":1,"at_ns":0,"sources":[${source},${source}]}`);
    expect(code).toBe(0);
    expect(err).toContain('several sources are named "a"');
  });
  it("rejects no exchange that the agent takes, and judges a trusted bound by its own width", async () => {
    const exchange = '{"t1_ns":0,"t2_ns":0,"t3_ns":999900000,"t4_ns":1000000000}';
    const fast = await explained(
      `{"rho_ppb":10000,"oscillator_ppb":200000,"at_ns":1000000000,"sources":[{"id":"a","exchanges":[${exchange}]}]}`,
    );
    expect(JSON.parse(fast.out).sources[0]).toMatchObject({ rejected: [], conflict: true });
    const at = (id: string, half: string, more = "") => `{"id":"${id}"${more},"intervals":[{"at_ns":0,"lo_ns":-${half},"hi_ns":${half}}]}`;
    const sources = [at("a", "1", ',"trusted":true'), at("b", "3000000000"), at("c", "3000000000")].join(",");
    const trusted = await explained(`{"rho_ppb":1,"faults":2,"at_ns":0,"sources":[${sources}]}`);
    expect(JSON.parse(trusted.out).fused).toMatchObject({ status: "proven", trusting: ["a"] });
  });
  it("keeps integers of any size", async () => {
    const far = "9".repeat(2000);
    const { code, out } = await explained(
      `{"rho_ppb":0,"at_ns":${far},"sources":[{"id":"a","intervals":[{"at_ns":${far},"lo_ns":0,"hi_ns":1}]}]}`,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out).sources[0].guaranteed).toEqual({ lo_ns: "0", hi_ns: "1" });
  });
  it("says everything that is wrong with a case, and where", async () => {
    const { code, err } = await explained(
      '{"at_ns":1.5,"sources":[{"id":"a","intervals":[{"at_ns":0,"lo_ns":5,"hi_ns":4}]},{"timescale":"tai"}]}',
    );
    expect(code).toBe(1);
    expect(err.split("\n")).toEqual([
      "Cannot explain standard input:",
      "  /rho_ppb is missing: it must be a number",
      "  /at_ns is 1.5: it must be a whole number, as a number or a string",
      "  /sources/0/intervals/0 has lo_ns 5 above hi_ns 4",
      "  /sources/1/id is missing: it must be text",
      "  /sources/1/timescale must be one of utc, smear24, smearFB, refid254, unknown",
      "",
    ]);
  });
  it("tells of keys that mean nothing, instead of taking a misspelt one for zero in silence", async () => {
    const { code, err } = await explained('{"rho_ppb":1,"at_ns":0,"sources":[{"id":"a","exchange":[]}]}');
    expect({ code, err }).toEqual({ code: 0, err: "ignored, they mean nothing here: /sources/0/exchange\n" });
  });
  it("says what is wrong with a file that cannot be read, and with text that is no JSON", async () => {
    expect((await explained("{")).err).toMatch(/^Cannot read standard input as JSON: /);
    const gone = await explain("bound", "/nowhere/case.json", {
      read: async () => {
        throw new Error("ENOENT: no such file");
      },
      parse: parseLossless,
    });
    expect(gone).toEqual({ code: 1, out: "", err: "Cannot read /nowhere/case.json: ENOENT: no such file\n" });
  });
  it("answers from the command line, from a file and from a pipe", () => {
    const file = new URL("c05-drift-widened.json", CASES).pathname;
    const program = new URL("../../bin/truebound.js", import.meta.url).pathname;
    const fromFile = spawnSync(process.execPath, [program, "explain", "bound", file], { encoding: "utf8" });
    const fromPipe = spawnSync(process.execPath, [program, "explain", "bound", "-"], {
      encoding: "utf8",
      input: readFileSync(file, "utf8"),
    });
    expect(fromFile.status).toBe(0);
    expect(fromPipe.stdout).toBe(fromFile.stdout);
    expect(JSON.parse(fromFile.stdout).sources[0].guaranteed).toEqual({ lo_ns: "-1900000", hi_ns: "4200000" });
    expect(fromPipe.stderr).toBe("");
    expect(spawnSync(process.execPath, [program, "explain", "bound"], { encoding: "utf8" }).status).toBe(2);
  });
});

/** What is expected of the first sources; the others are as they are. */
const partly = (found: readonly object[], expected: readonly object[]) => found.map((one, index) => expected[index] ?? one);
