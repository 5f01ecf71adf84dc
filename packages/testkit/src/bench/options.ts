import { parseArgs } from "node:util";
import { chronydPath } from "./chronyd.ts";
import { showVerdict, verdict } from "./verdict.ts";

/** What was asked for on the command line, and how it is answered. */
export const { values } = parseArgs({
  options: {
    only: { type: "string" },
    exchanges: { type: "string" },
    compare: { type: "string" },
    assume: { type: "string" },
    observe: { type: "string" },
    warm: { type: "string" },
    beside: { type: "string" },
    load: { type: "string" },
    hours: { type: "string" },
    batches: { type: "string" },
    readings: { type: "string" },
    "per-delivery": { type: "string" },
    days: { type: "string" },
    write: { type: "boolean" },
  },
});
export const exchanges = Number(values.exchanges ?? "10000");
export const compareS = Number(values.compare ?? "30");
export const assumeS = Number(values.assume ?? "12");
export const observeS = Number(values.observe ?? "45");
export const warmS = Number(values.warm ?? "20");
export const loadS = Number(values.load ?? "15");
export const hours = Number(values.hours ?? "1");
export const log = (text: string) => process.stderr.write(`${text}\n`);
export const print = (text: string) => process.stdout.write(`${text}\n`);
export const judge = (...given: Parameters<typeof verdict>) => print(showVerdict(verdict(...given)));

export function isWithoutChronyd(): boolean {
  if (chronydPath() !== null) return false;
  print("\nskipped: chronyd not found");
  return true;
}
