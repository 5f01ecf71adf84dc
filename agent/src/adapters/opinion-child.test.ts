import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { OpinionChild, opinionProgram } from "./opinion-child.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-opinion-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function asked(name: string, program: string, address = "127.0.0.1"): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, program);
  const child = new OpinionChild(path);
  const { kind } = await child.ask(address, 123);
  child.close();
  return kind;
}

describe("the program of a second opinion", () => {
  it("is found where it is installed, and its absence has a name", async () => {
    expect(opinionProgram()).toMatch(/source-ntp-time-sync.*child\.js$/);
    expect(await new OpinionChild(null).ask("127.0.0.1", 123)).toEqual({ kind: "not_installed" });
  });
  it.each([
    ["ended", "process.exit(3)"],
    ["ended", "throw new Error('no')"],
    ["malformed", "process.stdin.on('data', () => console.log('no JSON'))"],
    ["malformed", `process.stdin.on('data', () => console.log('{"id":99,"kind":"failed","reason":"timeout"}'))`],
    ["too_much", "process.stdin.on('data', () => setInterval(() => process.stdout.write('x'.repeat(65536))))"],
    ["no_answer", "process.stdin.on('data', () => undefined)"],
    ["timeout", `process.stdin.on('data', () => console.log('{"id":1,"kind":"failed","reason":"timeout","says":""}'))`],
  ])("that misbehaves is %s, in bounded time: %s", async (kind, program) => expect(await asked("child", program)).toBe(kind));
  it("is not asked for what it cannot reach", async () => expect(await asked("v6", "", "2001:db8::1")).toBe("not_ipv4"));
  it("is started again after it ended", async () => {
    const path = join(folder, "once.mjs");
    writeFileSync(
      path,
      `process.stdin.once('data', (line) => { console.log(JSON.stringify({ id: JSON.parse(line).id, kind: "failed", reason: "error", says: "" })); process.exit(); })`,
    );
    const child = new OpinionChild(path);
    const kinds: string[] = [];
    for (let turn = 0; turn < 6; turn++) kinds.push((await child.ask("127.0.0.1", 123)).kind);
    child.close();
    expect(kinds.filter((kind) => kind === "error").length).toBeGreaterThan(1);
    expect(kinds.filter((kind) => kind !== "error" && kind !== "ended")).toEqual([]);
  });
});
