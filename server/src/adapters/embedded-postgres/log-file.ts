import { closeSync, fstatSync, openSync, readSync, renameSync } from "node:fs";
import { fileTrouble } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

const ROTATE_ABOVE_BYTES = 8 * 1024 * 1024;
const READ_BYTES_MAX = 64 * 1024;

export interface LogFile {
  readonly fd: number;
  /** Where this start begins in it. */
  readonly offset: number;
}

/** PostgreSQL inherits the open file, so the folder needs no rights for its user. One older file is kept. */
export function openLog(path: string): LogFile {
  try {
    if ((statIfAny(path)?.size ?? 0) > ROTATE_ABOVE_BYTES) renameSync(path, `${path}.1`);
    const fd = openSync(path, "a", 0o600);
    return { fd, offset: fstatSync(fd).size };
  } catch (error) {
    throw fileTrouble(`write the log file ${path}`, error);
  }
}

/** What was written since `offset`, at most its last 64 KiB. */
export function readLogFrom(path: string, offset: number): string {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(offset, size - READ_BYTES_MAX);
    const buffer = Buffer.alloc(Math.max(0, size - from));
    return buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, from));
  } finally {
    closeSync(fd);
  }
}
