import { closeSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openLog, readLogFrom } from "./log-file.ts";

let folder: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-log-"));
  log = join(folder, "postgres.log");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("reads what this start has written, and no earlier one", () => {
  writeFileSync(log, "before\n");
  const { fd, offset } = openLog(log);
  writeFileSync(fd, "now\n");
  closeSync(fd);
  expect(readLogFrom(log, offset)).toBe("now\n");
  expect(readLogFrom(log, offset + 100)).toBe("");
});

it("keeps one older file when the log has grown large", () => {
  writeFileSync(log, "");
  truncateSync(log, 9 * 1024 * 1024);
  closeSync(openLog(log).fd);
  expect(existsSync(`${log}.1`)).toBe(true);
  expect(statSync(log)).toMatchObject({ size: 0 });
  expect(statSync(log).mode & 0o777).toBe(0o600);
});
