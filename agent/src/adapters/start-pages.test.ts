import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadLibc } from "./libc.ts";
import { giveBackStartPages } from "./start-pages.ts";

const { libc, why } = loadLibc();
const fileBacked = (): number => Number(/^RssFile:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);

it.skipIf(libc === null)(`what a start mapped is given back, and the process goes on as before (skipped: ${why})`, () => {
  const said = () =>
    createHash("sha256")
      .update(JSON.stringify(Array.from({ length: 1000 }, (_, index) => index ** 3)))
      .digest("hex");
  const before = said();
  const held = fileBacked();
  expect(giveBackStartPages(libc as NonNullable<typeof libc>)).toBeGreaterThan(4 * 1024 * 1024);
  expect(fileBacked()).toBeLessThan(held);
  expect(said()).toBe(before);
});
