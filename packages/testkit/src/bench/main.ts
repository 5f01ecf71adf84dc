import { heedSignals } from "./children.ts";
import { assumptions, chronyd, hull, links, meshWidths, peers, ptp, responder } from "./clock-parts.ts";
import { agentWeight, client, ntpTimeSync } from "./host-parts.ts";
import { log, values } from "./options.ts";
import {
  alertLatency,
  alerts,
  audit,
  drain,
  evidenceLog,
  groups,
  ingest,
  meshLoad,
  overload,
  reads,
  reports,
  stamps,
  start,
  verify,
} from "./service-parts.ts";

/**
 * `npm run bench -- [--only PART] [--exchanges N] [--compare SECONDS] [--assume SECONDS] [--observe SECONDS] [--load SECONDS] [--hours HOURS] [--batches N] [--per-delivery N] [--days DAYS] [--write]`: every
 * figure measured in this run, and every comparison a ratio inside it. `--write` puts what the assumptions buy into the docs.
 */
const PARTS = {
  chronyd,
  links,
  assumptions,
  hull,
  responder,
  ptp,
  peers,
  mesh,
  start,
  ingest,
  drain,
  overload,
  reads,
  alerts,
  log: evidenceLog,
  "alert-latency": alertLatency,
  audit,
  verify,
  groups,
  stamps,
  reports,
  "ntp-time-sync": ntpTimeSync,
  agent: agentWeight,
  client,
} as const;
async function mesh(): Promise<void> {
  await meshWidths();
  await meshLoad();
}

heedSignals();
const known = Object.entries(PARTS);
const wanted = known.filter(([name]) => values.only === undefined || values.only === name);
if (wanted.length === 0) {
  log(`Cannot run only "${values.only}": name one of ${known.map(([name]) => name).join(", ")}`);
  process.exit(2);
}
for (const [, measure] of wanted) await measure();
process.exit(0);
