import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FileHead } from "./file-head.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "truebound-head-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const said = (head: FileHead): string => head.read().toString();
/** How often this process has it open. */
const opened = (path: string): number =>
  readdirSync("/proc/self/fd").filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false; // the one by which the folder was listed
    }
  }).length;

it("a file is read from its start each time, as it is by then, and opened once", () => {
  const path = join(folder, "one");
  const head = new FileHead(path, 5);
  expect([said(head), opened(path)]).toEqual(["ENOENT", 0]);
  writeFileSync(path, "tsc");
  expect([said(head), said(head), opened(path)]).toEqual(["tsc", "tsc", 1]);
  writeFileSync(path, "kvm-clock");
  expect([said(head), opened(path)]).toEqual(["kvm-c", 1]);
  head.close();
  expect(opened(path)).toBe(0);
  expect([said(head), opened(path)]).toEqual(["kvm-c", 1]);
  head.close();
});

it("what cannot be read says why, and leaves nothing open", () => {
  const head = new FileHead(folder, 5);
  expect([said(head), said(head), opened(folder)]).toEqual(["EISDIR", "EISDIR", 0]);
});
