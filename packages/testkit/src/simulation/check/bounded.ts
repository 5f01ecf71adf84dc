import type { Run } from "../run.ts";
import { type Check, said } from "./violation.ts";

const CHECK = "bounded";
/** A host under trouble that never ends would be asked for more; this is far beyond what any backlog takes. */
const MOST_TRIES_A_MINUTE = 180;
const MINUTE = 60_000_000_000n;

/** Nothing grows without end, nobody tries without pause, and no part of the product fails in a way that it does not expect. */
export const bounded: Check = (run) => said(CHECK, [...run.records.bugs.slice(0, 3), ...spools(run), ...haste(run), ...restless(run)]);

/** Each file says what it followed in up to three epochs before. */
const WORDS_OF_A_FILE = 3 * 100;

/** What is written may be there, and a file more, while the oldest goes. */
function spools({ hosts, records }: Run): string[] {
  return hosts.flatMap(({ plan: { name, spoolLimits } }) => {
    const bytes = records.spoolBytes.get(name) ?? 0;
    const { totalBytes, segmentBytes } = spoolLimits;
    const words = WORDS_OF_A_FILE * Math.ceil(totalBytes / segmentBytes);
    const most = totalBytes + 2 * Math.max(segmentBytes, records.writtenBytes.get(name) ?? 0) + words;
    return bytes > most ? [`${name}: its spool grew to ${bytes} bytes, with a bound of ${spoolLimits.totalBytes}`] : [];
  });
}

function haste({ records }: Run): string[] {
  return [...records.tries].flatMap(([host, tries]) => {
    const busiest = tries.reduce((most, at) => Math.max(most, tries.filter((other) => other >= at && other < at + MINUTE).length), 0);
    return busiest > MOST_TRIES_A_MINUTE ? [`${host} tried ${busiest} deliveries within a minute`] : [];
  });
}

/** What waits at the end is what every part does from time to time. */
function restless({ waiting, world }: Run): string[] {
  const most = 60 * (world.hosts.length + world.servers);
  return waiting > most ? [`${waiting} turns wait at the end`] : [];
}
