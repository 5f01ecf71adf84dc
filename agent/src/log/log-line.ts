export type Level = "info" | "warn" | "error";

/** Where the agent says what it does. */
export type Log = (level: "info" | "warn", message: string) => void;

/**
 * How all that the agent logs looks, a line of it for each of the message's. The time is UTC by the host's own clock, and says
 * so: that clock is what is measured, and may be what is wrong. No control character of whoever chose a word reaches a terminal.
 */
export function logLines(realtime: Date, level: Level, message: string): string {
  const head = `${realtime.toISOString()} host-clock ${level.padEnd(5)}`;
  return message
    .split("\n")
    .map((line) => `${head} ${line.replace(/\p{Cc}+/gu, " ")}\n`)
    .join("");
}
