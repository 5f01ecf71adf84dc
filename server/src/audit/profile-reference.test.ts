import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { profileTables } from "./profile-reference.ts";

const PAGE = join(import.meta.dirname, "../../../docs/profiles.md");
const [BEGIN, END] = [/<!-- profiles: [^>]*-->\n/, "<!-- end of profiles -->"];

it("docs/profiles.md lists every profile with its figures and marks", () => {
  const text = readFileSync(PAGE, "utf8");
  const begin = BEGIN.exec(text);
  if (begin === null) throw new Error("Cannot find where the profiles begin in docs/profiles.md");
  const head = text.slice(0, begin.index + begin[0].length);
  const made = `${head}\n${profileTables()}\n${text.slice(text.indexOf(END))}`;
  if (process.env.UPDATE_DOCS === "1") writeFileSync(PAGE, made);
  expect(text === made || process.env.UPDATE_DOCS === "1").toBe(true);
  expect(made).toContain("| `eu-2025-1155-hft` | 100 µs | 100 ns ? | 5 y ? | required | from 2026-03-02 | - | no; draft |");
});
