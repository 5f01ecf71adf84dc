import { atMost, offsetInWords, refidInWords } from "@truebound/time";
import type { BatchSource, FindingKind } from "@truebound/wire";
import { ROOT_VOID_WORDS } from "../fleet/declaration-words.ts";
import { eventInWords } from "../fleet/event-words.ts";
import type { HostRecord } from "../fleet/host-record.ts";
import { sourceInWords } from "../fleet/source-view.ts";
import { reasonInWords } from "../fleet/status-words.ts";
import type { RuleInForce } from "./finding.ts";
import { commonUpstream } from "./findings/clock.ts";
import type { EventNews } from "./findings/event.ts";
import { timeLeft } from "./findings/limit.ts";

/** What is the matter, to follow "12 of 14 hosts with rack=r1:". */
export const FINDING_WORDS: Readonly<Record<FindingKind, string>> = {
  proved_outside_limit: "proved outside the limit",
  bound_exceeds_limit: "the bound reaches past the limit",
  cannot_prove_limit: "nothing can be proved of the limit",
  near_limit: "near the limit",
  will_exceed_in: "without sources, soon past the limit",
  not_proved_inside: "not proved inside the limit",
  offset_exceeds: "the offset is beyond the limit",
  frequency_exceeds: "the oscillator strays too far",
  no_majority: "no majority of the sources agrees",
  source_lost: "a source is lost",
  falseticker: "a source is called false",
  declared_source_contradicts: "declared evidence contradicts the bound",
  grandmaster_lost_reference: "a grandmaster lost its reference",
  mixed_timescales: "the sources keep different timescales",
  shared_upstream: "the sources rest on one upstream",
  clock_stepped: "the clock was stepped",
  disrupted: "disrupted and not measured since",
  drift_assumption_broken: "the oscillator left what is assumed of it",
  root_declaration_void: "what is declared of a source does not count",
  bounds_inconsistent: "what hosts measured of each other accuses it",
  daemon_bound_violated: "the daemon's claim contradicts what is proved",
  daemon_dead: "the daemon is dead",
  daemon_in_minority_camp: "the daemon keeps to a minority of the sources",
  unsynchronised_source_in_use: "the daemon follows what is not synchronised",
  host_silent: "silent",
  host_late: "late",
  leap_pending: "a leap second is near",
  leap_file_expired: "the leap list expires",
  spool_degraded: "the spool cannot be written",
  clone_suspected: "somebody else reports by its key",
  server_clock_unproven: "the server's clock is not proved",
  log_mismatch: "evidence is not what was received",
  log_scrub_overdue: "the log was not read again for a day",
  traceability_review_due: "a yearly review is due",
};

/** One alert in a sentence. `event` = what it began with, where it began with one. */
export function alertInWords(inForce: RuleInForce, record: HostRecord, source: BatchSource | null, event: EventNews | null): string {
  if (source !== null) return `${record.name}: the source ${sourceName(source)} ${sourceInWords(source, record.bound)}`;
  if (event !== null) return `${record.name}: ${eventInWords(event)}`;
  return `${record.name} ${hostWords(inForce, record)}`;
}

/** As its host calls it, with its address where it has one. */
const sourceName = ({ id, address }: Pick<BatchSource, "id" | "address">): string =>
  address === null || id.includes(address) ? id : `${id} (${address})`;

function hostWords({ rule, finding, limit }: RuleInForce, record: HostRecord): string {
  const within = `its limit of ${atMost(BigInt(limit))}`;
  switch (finding) {
    case "proved_outside_limit":
      return `is ${stateOf(record)}: proved beyond ${within}`;
    case "offset_exceeds":
      return `is ${nearestIn(record)}: beyond ${within}`;
    case "bound_exceeds_limit":
      return `is ${stateOf(record)}: the bound reaches past ${within}`;
    case "near_limit":
      return `is ${stateOf(record)}: more than ${rule.share_pct ?? 80} % of ${within}`;
    case "will_exceed_in":
      return `has no sources and is ${stateOf(record)}: ${foretold(record, limit)}`;
    case "cannot_prove_limit":
    case "not_proved_inside":
      return `cannot prove that it keeps ${within}: ${stateOf(record)}`;
    case "root_declaration_void":
      return `has sources whose declared root does not count: ${voidsIn(record)}`;
    case "shared_upstream":
      return `has sources that rest on one upstream${upstreamInWords(record)}, and ${record.votes ?? "no"} votes are too few without them`;
    default:
      // How well the offset is known now says nothing of these, and is old by the time that it is read.
      return PLAIN[finding] ?? FINDING_WORDS[finding];
  }
}

const PLAIN: Partial<Readonly<Record<FindingKind, string>>> = {
  frequency_exceeds: "has an oscillator that strays farther than its rule allows",
  no_majority: "hears no majority of sources that agree",
  disrupted: "was disrupted and has not been measured since",
  drift_assumption_broken: "has an oscillator that left what is assumed of its drift",
  bounds_inconsistent: "is accused by what hosts measured of each other: its bound cannot be true",
  daemon_bound_violated: "has a daemon whose claim contradicts what is proved of its clock",
  daemon_dead: "has a daemon that ran and does not any more, or does not answer",
  daemon_in_minority_camp: "has a daemon that keeps to a minority of its sources",
  unsynchronised_source_in_use: "has a daemon that follows its own clock, or a server that is not synchronised",
  clock_stepped: "had its clock stepped",
  mixed_timescales: "has sources that keep different timescales",
  spool_degraded: "cannot write its spool",
  host_silent: "is silent",
  host_late: "is late",
  clone_suspected: "has a twin: somebody else reports by its key, most likely a copy of it",
};

/** Each by its name and why. */
const voidsIn = ({ sources }: HostRecord): string =>
  sources.flatMap((one) => (one.declaration?.void ? [`${sourceName(one)}, ${ROOT_VOID_WORDS[one.declaration.void]}`] : [])).join("; ");

function foretold(record: HostRecord, limit: number): string {
  const left = timeLeft(record, limit);
  const within = `its limit of ${atMost(BigInt(limit))}`;
  return typeof left === "bigint" && left > 0n
    ? `past ${within} in ${Number(left / 1_000_000_000n)} s if nothing is heard`
    : `past ${within} by now, perhaps`;
}

const stateOf = (record: HostRecord): string => {
  const present = record.bound === null ? "without a bound" : offsetInWords(record.bound);
  return `${present}${doubt(record)}`;
};

/** By the bound that this finding goes by, and by its name. */
function nearestIn(record: HostRecord): string {
  const { bound, tight } = record;
  const nearest = tight ?? bound;
  if (nearest === null) return stateOf(record);
  return `${offsetInWords(nearest)}, by its ${tight === null ? "guaranteed" : "tight"} bound${doubt(record)}`;
}

const doubt = ({ status, reason }: HostRecord): string => {
  const words = reasonInWords(reason);
  return status === "proven" ? "" : ` (${status.replaceAll("_", " ")}${words === null ? "" : `: ${words}`})`;
};

function upstreamInWords(record: HostRecord): string {
  const refid = commonUpstream(record);
  return refid === null ? "" : ` (${refidInWords(refid, 2)})`;
}
