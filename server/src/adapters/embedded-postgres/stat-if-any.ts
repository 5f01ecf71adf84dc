import { type Stats, statSync } from "node:fs";
import { errorCode, fileTrouble } from "./startup-error.ts";

/** Undefined when nothing has that name. */
export function statIfAny(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return undefined;
    throw fileTrouble(`look at ${path}`, error);
  }
}
