import { askedFor } from "../command-line.ts";
import { chronydPath } from "./chronyd.ts";
import { showVerdict, verdict } from "./verdict.ts";

/** What can be measured, in the order in which it is. */
export const PART_NAMES = [
  "chronyd",
  "links",
  "assumptions",
  "hull",
  "responder",
  "ptp",
  "peers",
  "mesh",
  "start",
  "ingest",
  "drain",
  "overload",
  "reads",
  "alerts",
  "log",
  "alert-latency",
  "audit",
  "verify",
  "groups",
  "stamps",
  "reports",
  "ntp-time-sync",
  "agent",
  "client",
] as const;

export const USAGE = `npm run bench -- [--only PART] [--exchanges 10000] [--compare 30] [--assume 12] [--observe 45] [--load 15]
    [--hours 1] [--batches N] [--readings N] [--per-delivery N] [--days 4] [--write]
PART is one of ${PART_NAMES.join(", ")}; --compare, --assume, --observe and --load are seconds`;

/** What was asked for on the command line, and how it is answered. */
export const values = askedFor(
  {
    only: "text",
    exchanges: "text",
    compare: "text",
    assume: "text",
    observe: "text",
    warm: "text",
    beside: "text",
    load: "text",
    hours: "text",
    batches: "text",
    readings: "text",
    "per-delivery": "text",
    days: "text",
    write: "flag",
  },
  USAGE,
);
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
