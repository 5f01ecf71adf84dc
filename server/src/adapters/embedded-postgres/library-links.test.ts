import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { hydrateLinks, parseLinks } from "./library-links.ts";

const LIST = JSON.stringify([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }]);
const folder = mkdtempSync(join(tmpdir(), "truebound-links-"));

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("reads the list as the package means it: the link is called target", () => {
  expect(parseLinks(LIST)).toEqual([{ at: "lib/libpq.so.5", to: "lib/libpq.so.5.18" }]);
});

it("makes links that survive a move of the folder, once", () => {
  mkdirSync(join(folder, "lib"), { recursive: true });
  writeFileSync(join(folder, "pg-symlinks.json"), LIST);
  writeFileSync(join(folder, "lib/libpq.so.5.18"), "");
  hydrateLinks(folder);
  hydrateLinks(folder);
  expect(readlinkSync(join(folder, "lib/libpq.so.5"))).toBe("libpq.so.5.18");
});
