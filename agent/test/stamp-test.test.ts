import { createPublicKey, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SignedStampStatement, stampStatementText, validator } from "@truebound/wire";
import { afterAll, describe, expect, it } from "vitest";
import { runAgent, temporaryFolder } from "./helpers.ts";

/** Real children, real pipes, this machine's clock. */
const folder = temporaryFolder();
afterAll(() => folder.remove());
const env = { TRUEBOUND_AGENT_DATA_DIR: join(folder.path, "agent") };
const QUICK = ["--rounds", "40", "--warm-up", "3", "--load", "1"];

const test = (options: readonly string[], command: readonly string[]) => runAgent(["stamp-test", ...options, "--", ...command], env);
const node = (script: string) => [process.execPath, "-e", script];
const answering = (stamp: string) => node(`process.stdin.on("data", () => console.log(${stamp}))`);
const sh = (script: string) => ["sh", "-c", script];

const { accepts } = validator(SignedStampStatement);
function kept(text: string): SignedStampStatement {
  const read: unknown = JSON.parse(text);
  if (!accepts(read)) throw new Error(`This is no signed statement: ${text}`);
  return read;
}
const measured = async (options: readonly string[], command: readonly string[]) =>
  kept((await test([...QUICK, ...options, "--json"], command)).stdout).statement;

function isSigned({ statement, public_key, signature }: SignedStampStatement): boolean {
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: public_key }, format: "jwk" });
  return verify(null, Buffer.from(stampStatementText(statement)), key, Buffer.from(signature, "base64url"));
}

describe("truebound-agent stamp-test", () => {
  it("holds an error that is known, in both directions", async () => {
    for (const wrong of [-60_000_000n, 0n, 60_000_000n]) {
      const { error, app_error_ns, mode, rounds } = await measured([], answering(`Date.now() - ${wrong / 1_000_000n}`));
      expect([mode, rounds]).toEqual(["request_answer", 40]);
      // Cut to the millisecond below: behind the clock by up to one more.
      expect(BigInt(error.lo_ns as string)).toBeLessThan(wrong + 1_000_000n);
      expect(BigInt(error.hi_ns)).toBeGreaterThanOrEqual(wrong);
      expect(BigInt(app_error_ns as string)).toBeGreaterThanOrEqual(wrong < 0n ? -wrong - 1_000_000n : wrong);
    }
  });
  it("tells the granularity by the digits that vary, not by those that are written", async () => {
    const { granularity } = await measured([], answering("Date.now() + '000000'"));
    expect(granularity).toMatchObject({ format: "unix_ns", unit_ns: "1", effective_ns: "1000000" });
  });
  it("adds what a stamp of whole seconds may err in phases that a short test has not seen", async () => {
    const { app_error_ns, unseen_phase_ns, error } = await measured([], answering("Math.floor(Date.now() / 1000)"));
    expect(BigInt(unseen_phase_ns)).toBeGreaterThan(0n);
    expect(BigInt(app_error_ns as string)).toBeGreaterThanOrEqual(BigInt(error.hi_ns) + BigInt(unseen_phase_ns));
  });
  it("reads arrivals where nobody asks, and bounds one side only", async () => {
    const lines = node("setInterval(() => console.log(Date.now() - 60), 2)");
    expect(await measured(["--arrivals"], lines)).toMatchObject({
      mode: "arrivals",
      app_error_ns: null,
      error: { lo_ns: null },
      round_time: null,
    });
    const ahead = await measured(["--arrivals"], node("setInterval(() => console.log(Date.now() + 60000), 2)"));
    expect(BigInt(ahead.error.hi_ns)).toBeLessThan(0n);
  });
  it("signs by the host's key, keeps the statement in a new file, and never writes over one", async () => {
    const out = join(folder.path, "kept.json");
    const { code, stdout } = await test([...QUICK, "--stamp-point", "gateway", "--out", out], answering("new Date().toISOString()"));
    const statement = kept(readFileSync(out, "utf8"));
    expect([code, isSigned(statement)]).toEqual([0, true]);
    expect(statement.public_key).toBe((await runAgent(["key"], env)).stdout.trim());
    for (const words of ["gateway", statement.signature, `app_error_ns ${statement.statement.app_error_ns}`, "1 busy worker on"])
      expect(stdout).toContain(words);
    expect(isSigned({ ...statement, statement: { ...statement.statement, app_error_ns: "1" } })).toBe(false);
    const again = await test([...QUICK, "--out", out], answering("Date.now()"));
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("name a new file with --out") });
    expect(kept(readFileSync(out, "utf8"))).toEqual(statement);
  });
});

describe("an application that cannot be measured", () => {
  it.each([
    ["is not there", ["--load", "0"], ["/no/such/program"], "Cannot start the application: "],
    ["says nothing", ["--load", "0", "--timeout", "200ms"], sh("exec sleep 30"), "said nothing for 200 ms in round 1"],
    ["dies", ["--load", "0"], sh("read _; date +%s; echo disk full >&2; exit 3"), 'with exit code 3; its last words were "disk full"'],
    ["is killed", ["--load", "0"], sh("read _; kill -9 $$"), "with SIGKILL"],
    ["answers twice", ["--load", "0", "--every", "50ms"], answering("Date.now() + '\\n' + Date.now()"), "unasked in round 2"],
    ["floods", ["--load", "0"], ["yes", "1795734389"], "more than 100 lines wait"],
    ["never ends its line", ["--load", "0"], sh("exec tr '\\0' x </dev/zero"), "without a line feed"],
    ["bears no stamp", ["--load", "0"], sh("while read _; do echo hello; done"), 'the line of round 1, "hello"'],
    ["names no zone", ["--load", "0"], sh("while read _; do date +%FT%T; done"), "names no zone"],
    [
      "goes back",
      ["--load", "0"],
      node("let n = 0; process.stdin.on('data', () => console.log(Date.now() - 100 * n++))"),
      "come out of order",
    ],
  ])("%s: one clear line, exit code 1", async (_, options, command, words) => {
    const { code, stdout, stderr } = await test(options, command);
    expect([code, stdout, stderr.trim().split("\n").length]).toEqual([1, "", 1]);
    expect(stderr).toContain(words);
  });
  it("may say a line before the first question, which is left out", async () => {
    const greeting = node("console.log('ready'); process.stdin.on('data', () => console.log(Date.now()))");
    expect(await test([...QUICK], greeting)).toMatchObject({ code: 1, stderr: expect.stringContaining("--skip N") });
    expect(await test([...QUICK, "--skip", "1"], greeting)).toMatchObject({ code: 0 });
  });
});

describe("the command line", () => {
  it.each([
    [["--rounds", "5"], "from 10 to 100000"],
    [["--load", "-1"], "from 0 to 256"],
    [["--format", "iso"], "rfc3339, unix_s"],
    [["--every", "5"], "write a span with its unit"],
    [["stray"], "behind --"],
  ])("%j is refused", async (options, words) => {
    expect(await test(options, ["true"])).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
  });
  it("needs a command, and leaves the words of that alone", async () => {
    expect(await runAgent(["stamp-test"], env)).toMatchObject({ code: 2, stderr: expect.stringContaining("behind --") });
    expect(await test(["--load", "0"], sh("echo --help >&2; exit 1"))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"--help"'),
    });
    expect(await test(["--load", "0"], [process.execPath, "--help"])).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("docs/stamp-test.md", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/stamp-test.md"), "utf8");
  it("has an application that is measured as it stands there", async () => {
    const program = /```js\n(\/\/ stamp-answerer\.mjs\n[\s\S]*?)```/.exec(page)?.[1] as string;
    writeFileSync(join(folder.path, "stamp-answerer.mjs"), program);
    const { code, stdout } = await test(QUICK, [process.execPath, join(folder.path, "stamp-answerer.mjs")]);
    expect(code).toBe(0);
    for (const row of ["application error", "clock - stamp", "granularity", "stamp point"]) {
      expect(page).toContain(row);
      expect(stdout).toContain(row);
    }
    expect(stdout).toContain("rfc3339, last digit 1 ms");
  });
  it("names every field of a statement that it explains", async () => {
    const statement = JSON.stringify(await measured([], answering("Date.now()")));
    const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name.split(".").at(-1) as string);
    expect(named.length).toBeGreaterThan(6);
    for (const name of named) expect(statement).toContain(`"${name}"`);
  });
});
