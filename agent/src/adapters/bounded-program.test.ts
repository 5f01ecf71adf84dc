import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runBounded } from "./bounded-program.ts";

const folder = mkdtempSync(join(tmpdir(), "truebound-bounded-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string, mode = 0o755): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, mode);
  return file;
}
const end = (program: string, timeoutMs?: number) =>
  runBounded(program, ["a b", "$HOME"], { path: "/usr/bin:/bin", ...(timeoutMs === undefined ? {} : { timeoutMs }) });

it.each([
  ["absent", join(folder, "nowhere"), undefined],
  ["denied", script("denied", "exit 0", 0o600), undefined],
  ["too_long", script("long", "yes"), undefined],
  ["timeout", script("slow", "exec sleep 60"), 50],
  ["failed", script("failed", "echo why >&2; exit 3"), undefined],
] as const)("is named for what became of it: %s", async (kind, program, timeoutMs) => {
  expect((await end(program, timeoutMs)).kind).toBe(kind);
});

it("says the first line that a program that failed said", async () => {
  expect(await end(script("why", "echo first >&2; echo second >&2; exit 1"))).toMatchObject({ kind: "failed", said: "first" });
});

it("takes words as they are, and no more of the environment than it is given", async () => {
  const program = script("words", 'echo "$1|$2"; env');
  const { stdout } = (await end(program)) as { stdout: string };
  expect(stdout.split("\n")[0]).toBe("a b|$HOME");
  expect(stdout).toContain("LC_ALL=C");
  expect(stdout).not.toMatch(/^HOME=/m);
});
