import { pino, stdTimeFunctions } from "pino";
import type { Log } from "../../log.ts";
import { terminalLine } from "./terminal-line.ts";

/** Lines for a person on a terminal, JSON for a machine elsewhere, both with the time in UTC. Always standard error: standard output is for answers. */
export const openLog = (terminal: boolean): Log => (terminal ? terminalLog() : jsonLog());

function jsonLog(): Log {
  const logger = pino(
    { base: null, timestamp: stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    info: (message, data) => logger.info(data ?? {}, message),
    warn: (message, data) => logger.warn(data ?? {}, message),
    error: (message, data) => logger.error(data ?? {}, message),
  };
}

function terminalLog(): Log {
  const write = (prefix: string) => (message: string, data?: Readonly<Record<string, unknown>>) =>
    void process.stderr.write(terminalLine(new Date(), prefix, message, data));
  return { info: write(""), warn: write("warning: "), error: write("error: ") };
}
