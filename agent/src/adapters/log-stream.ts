import { type Level, logLines } from "../log/log-line.ts";

/** Log lines of now. */
export const linesNow = (level: Level, message: string): string => logLines(new Date(), level, message);

/** To standard error: standard output is for answers. */
export function toStderr(level: Level, message: string): void {
  process.stderr.write(linesNow(level, message));
}

/** What a command has done, as its answer, in the same form. */
export function toStdout(level: Level, message: string): void {
  process.stdout.write(linesNow(level, message));
}
