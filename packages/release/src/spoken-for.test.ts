import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { refusals } from "./component.ts";
import { spokenFor } from "./spoken-for.ts";

it("adds what a package leaves out where it is known, and nothing else: what names no licence stays refused", () => {
  const home = mkdtempSync(join(tmpdir(), "truebound-licence-"));
  writeFileSync(join(home, "package.json"), JSON.stringify({ author: { name: "Ada" } }));
  const of = (name: string, licence: string, text: string | null = null) => spokenFor({ name, version: "2.0.0", licence, text }, home);
  expect(of("png-js", "", "its own words")).toMatchObject({ licence: "MIT", text: "its own words" });
  expect(of("a", "MIT").text).toMatch(/^Copyright \(c\) Ada\n\nPermission is hereby granted/);
  expect(of("a", "ISC").text).toBeNull();
  expect(refusals([of("b", "", "words")])).toEqual(["b@2.0.0 is under no licence that it names"]);
  rmSync(home, { recursive: true });
});
