import { endSaying } from "../command-line.ts";
import { heedSignals } from "./children.ts";
import { assumptions, chronyd, hull, links, meshWidths, peers, ptp, responder } from "./clock-parts.ts";
import { agentWeight, client, ntpTimeSync } from "./host-parts.ts";
import { PART_NAMES, USAGE, values } from "./options.ts";
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
 * `npm run bench`: every figure measured in this run, and every comparison a ratio inside it. `--write` puts what the assumptions
 * buy into the docs.
 */
const PARTS: Readonly<Record<(typeof PART_NAMES)[number], () => unknown>> = {
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
};
async function mesh(): Promise<void> {
  await meshWidths();
  await meshLoad();
}

heedSignals();
const wanted = PART_NAMES.filter((name) => values.only === undefined || values.only === name);
if (wanted.length === 0) endSaying(`Cannot take --only ${values.only}: there is no such part\n${USAGE}`, 2);
for (const name of wanted) await PARTS[name]();
process.exit(0);
