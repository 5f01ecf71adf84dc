import { expect, it } from "vitest";
import { fileTrouble, StartupError } from "./startup-error.ts";

const refused = (code: string): Error => Object.assign(new Error(`${code}: no`), { code });

it.each([
  ["EACCES", 78],
  ["EROFS", 78],
  ["ENOTDIR", 78],
  ["ENOSPC", 1],
  ["EIO", 1],
])("%s ends with exit code %i and names the action", (code, exitCode) => {
  const error = fileTrouble("write /data/x", refused(code));
  expect(error).toMatchObject({ exitCode, message: expect.stringMatching(/^Cannot write \/data\/x: ./) });
});

it("stays one line whatever a program has said", () => {
  expect(new StartupError("Cannot start: \n FATAL: no\n\n HINT: yes\n", 1).message).toBe("Cannot start: | FATAL: no | HINT: yes");
});

it("does not wrap itself", () => {
  const error = new StartupError("Cannot", 78);
  expect(fileTrouble("read /x", error)).toBe(error);
});
