import { printable } from "../observe/printable.ts";
import type { Silence } from "./ports.ts";

const quoted = (line: string): string => JSON.stringify(printable(line, 120) ?? "");

/** A line that bears no stamp. */
export const sayLine = (line: string, why: string, round: number): string =>
  `Cannot read the line of round ${round}, ${quoted(line)}: ${why}${round === 1 ? "; --skip N leaves out lines that come before the first question" : ""}`;

/** Why no line could be had, and what to do. */
export function saySilence(silence: Silence, { round, arrivals }: { readonly round: number; readonly arrivals: boolean }): string {
  const where = round === 0 ? "before the first round" : `in round ${round}`;
  switch (silence.kind) {
    case "not_started":
      return `Cannot start the application: ${silence.why}`;
    case "silent":
      return `Cannot measure: the application said nothing for ${silence.ms} ms ${where}; ${
        arrivals
          ? "does it flush after each line?"
          : "it must answer each line on its standard input with one stamped line, and flush; --arrivals takes lines that come by themselves"
      }`;
    case "ended":
      return `Cannot measure: the application ended ${where}, with ${silence.how}${lastWords(silence.stderr)}`;
    case "unasked":
      return `Cannot tell which question is answered: the application said ${quoted(silence.line)} unasked ${where}; it must write one line for each question, --skip N leaves out lines before the first, --arrivals takes lines that come by themselves`;
    case "flooded":
      return `Cannot keep up: more than ${silence.lines} lines wait ${where}; have the application write fewer`;
    case "endless_line":
      return `Cannot read the application's line ${where}: more than ${silence.bytes} bytes without a line feed`;
    default:
      return silence satisfies never;
  }
}

function lastWords(stderr: string): string {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  return line === "" ? "; it said nothing on its standard error" : `; its last words were ${quoted(line)}`;
}
