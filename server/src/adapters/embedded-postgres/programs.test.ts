import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { isCopyOf, removeOtherCopies } from "./programs.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-programs-"));
  mkdirSync(join(folder, "native/bin"), { recursive: true });
  writeFileSync(join(folder, "native/bin/postgres"), "a program");
  cpSync(join(folder, "native"), join(folder, "copy"), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("accepts a whole copy", () => {
  expect(isCopyOf(join(folder, "native"), join(folder, "copy"))).toBe(true);
});

it("rejects a copy with a file that a power cut left empty", () => {
  truncateSync(join(folder, "copy/bin/postgres"));
  expect(isCopyOf(join(folder, "native"), join(folder, "copy"))).toBe(false);
});

it("rejects a copy that is not there", () => {
  expect(isCopyOf(join(folder, "native"), join(folder, "none"))).toBe(false);
});

it("keeps only the copy of this version", () => {
  for (const name of ["18.3.0", "18.4.0", "18.4.0-unfinished"]) mkdirSync(join(folder, "bin", name), { recursive: true });
  removeOtherCopies(join(folder, "bin"), "18.4.0", () => undefined);
  expect(readdirSync(join(folder, "bin"))).toEqual(["18.4.0"]);
});
