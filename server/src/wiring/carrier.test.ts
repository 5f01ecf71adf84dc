import { lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeWhole } from "./carrier.ts";

it("answers are written through no link that a medium brings", () => {
  const folder = mkdtempSync(join(tmpdir(), "answers-"));
  try {
    const [own, answers] = [join(folder, "own"), join(folder, "answers")];
    writeFileSync(own, "precious");
    for (const name of [answers, `${answers}.new`]) symlinkSync(own, name);
    writeWhole(answers, "text");
    expect([readFileSync(own, "utf8"), readFileSync(answers, "utf8"), lstatSync(answers).isFile()]).toEqual(["precious", "text", true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
