import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { fileTrouble } from "./embedded-postgres/startup-error.ts";

/** Lines of a file; one that is not there has none. */
export function readLines(path: string): readonly string[] {
  try {
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch (error) {
    throw fileTrouble(`read the witness file ${path}`, error);
  }
}

/** On the disk when it returns. */
export function appendLine(path: string, line: string): void {
  try {
    const file = openSync(path, "a", 0o644);
    try {
      appendFileSync(file, `${line}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileTrouble(`add a head to the witness file ${path}`, error);
  }
}
