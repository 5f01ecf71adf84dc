import { readFileSync } from "node:fs";
import { join } from "node:path";
import { settingNameProblems } from "@truebound/wire";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
/** A family is named by its beginning and a star. */
const NAME = /TRUEBOUND_[A-Z_]+\*?/g;

it.each([
  "README.md",
  "CHANGELOG.md",
  "server/src/config.ts",
  "server/src/archive-place.ts",
  "server/src/people-settings.ts",
  "agent/src/config.ts",
])("every setting that %s names can be set", (file) => {
  const names = new Set(
    readFileSync(join(ROOT, file), "utf8")
      .match(NAME)
      ?.filter((name) => !name.endsWith("*")),
  );
  expect(names.size).toBeGreaterThan(3);
  expect(settingNameProblems([...names])).toEqual([]);
});
