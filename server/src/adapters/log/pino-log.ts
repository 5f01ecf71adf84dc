import { pino } from "pino";
import type { Log } from "../../log.ts";

/** Lines for a person on a terminal, JSON for a machine elsewhere. Always standard error: standard output is for answers. */
export const openLog = (terminal: boolean): Log => (terminal ? terminalLog() : jsonLog());

function jsonLog(): Log {
  const logger = pino({ base: null, formatters: { level: (label) => ({ level: label }) } }, pino.destination({ dest: 2, sync: true }));
  return {
    info: (message, data) => logger.info(data ?? {}, message),
    warn: (message, data) => logger.warn(data ?? {}, message),
    error: (message, data) => logger.error(data ?? {}, message),
  };
}

function terminalLog(): Log {
  const write = (prefix: string) => (message: string, data?: Readonly<Record<string, unknown>>) => {
    const more = Object.entries(data ?? {}).map(([name, value]) => ` ${name}=${printable(String(value))}`);
    process.stderr.write(`${prefix}${printable(message)}${more.join("")}\n`);
  };
  return { info: write(""), warn: write("warning: "), error: write("error: ") };
}

/** What hosts chose may stand in a message: no control character of theirs reaches a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}+/gu, " ");
