import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { epochOf } from "./package-agent.ts";
import { run } from "./run.ts";

const ROOT = join(import.meta.dirname, "../../..");

it("dates artefacts by what is told, else by the commit, else, in a copy without a history, by its package.json", () => {
  const copy = mkdtempSync(join(tmpdir(), "truebound-copy-"));
  writeFileSync(join(copy, "package.json"), "{}");
  utimesSync(join(copy, "package.json"), 1_700_000_000, 1_700_000_000);
  expect([epochOf(copy, "12"), epochOf(copy, undefined)]).toEqual([12, 1_700_000_000]);
  expect(() => epochOf(copy, "yesterday")).toThrow("SOURCE_DATE_EPOCH=yesterday");
  rmSync(copy, { recursive: true });
  expect(String(epochOf(ROOT, undefined))).toBe(run("git", ["log", "-1", "--format=%ct"], { cwd: ROOT }).trim());
});
