import { atMost, daysToExpiry, formatUtc, type LeapList, leapsOf, type UtcInstant, worstError } from "@truebound/time";
import type { Certainty, FindingKind } from "@truebound/wire";
import type { HostRecord } from "../../fleet/host-record.ts";
import { ownHost } from "../../fleet/own-clock.ts";
import { reasonInWords } from "../../fleet/status-words.ts";
import type { StoredConflict } from "../../peer/ports.ts";
import { type Truth, truth } from "../finding.ts";
import type { HostSeen } from "../host-facts.ts";
import { presenceOf } from "../host-facts.ts";

/** A finding that is about no single host. */
export interface FleetFinding {
  readonly finding: FindingKind;
  readonly subject: string;
  readonly truth: Truth;
  readonly certainty: Certainty;
  readonly words: string;
  /** The mesh's domain that it is about. */
  readonly domain?: string;
}

const DAY_NS = 86_400_000_000_000n;
const LEAP_AHEAD_NS = 28n * DAY_NS;
const EXPIRY_DAYS = 30;

/** By the clock of the database: a leap is listed months before. */
export function leapPending(list: LeapList, now: UtcInstant): FleetFinding {
  const next = leapsOf(list).find(({ utc_ns }) => utc_ns > now);
  const isNear = next !== undefined && next.utc_ns - now <= LEAP_AHEAD_NS;
  const when = next === undefined ? "" : formatUtc(next.utc_ns as UtcInstant).slice(0, 10);
  return {
    finding: "leap_pending",
    subject: "fleet:leap",
    truth: truth(isNear),
    certainty: "proved_inside",
    words: isNear
      ? `A leap second will be ${next.step > 0 ? "inserted" : "deleted"} before ${when} 00:00 UTC: name the timescales of all sources until then`
      : "No leap second is near",
  };
}

export function leapFileExpired(list: LeapList, now: UtcInstant): FleetFinding {
  const left = daysToExpiry(list, now);
  const day = formatUtc(list.expires).slice(0, 10);
  return {
    finding: "leap_file_expired",
    subject: "fleet:leap-list",
    truth: truth(left < EXPIRY_DAYS),
    certainty: "cannot_prove",
    words:
      left < 0
        ? `The leap list expired on ${day}: set TRUEBOUND_LEAP_FILE to a newer one`
        : `The leap list expires on ${day}, in ${left} days`,
  };
}

const SERVER_LIMIT_NS = 1_000_000_000n;

/** The host that runs on this very machine is the server's own clock. `bootId` null = the machine has none to know it by. */
export function serverClock(entries: readonly HostSeen[], bootId: string | null): FleetFinding {
  const own = bootId === null ? null : ownHost(entries, bootId);
  const said = (holds: Truth, certainty: Certainty, words: string): FleetFinding => ({
    finding: "server_clock_unproven",
    subject: "server:clock",
    truth: holds,
    certainty,
    words,
  });
  if (bootId === null) return said("unknown", "no_evidence", "This machine has no boot id to know its own agent by");
  if (own === null) return said("holds", "no_evidence", "No agent measures the clock of this server's machine");
  const { record } = own;
  const presence = presenceOf(own);
  if (presence === "unheard") return said("unknown", "no_evidence", `${record.name} measures this server's clock and was not heard yet`);
  if (presence === "silent") return said("holds", "no_evidence", `${record.name}, which measures this server's clock, is silent`);
  if (record.bound === null || (record.status !== "proven" && record.status !== "holdover"))
    return said(
      "holds",
      record.bound === null ? "no_evidence" : "cannot_prove",
      `Nothing proves this server's clock: ${record.name}, which measures it, ${unprovenWords(record)}`,
    );
  const worst = worstError(record.bound);
  return worst > SERVER_LIMIT_NS
    ? said("holds", "cannot_prove", `This server's clock, measured by ${record.name}, can be off by ${atMost(worst)}`)
    : said("over", "proved_inside", `This server's clock is proved within ${atMost(worst)} by ${record.name}`);
}

const unprovenWords = ({ status, reason }: HostRecord): string => {
  const why = reasonInWords(reason);
  return `has the status ${status.replaceAll("_", " ")}${why === null ? "" : ` (${why})`}`;
};

/** Conflicts that accuse nobody: they are the domain's. */
export function domainConflicts(
  conflicts: readonly StoredConflict[],
  nodeOf: (id: string) => { readonly domain: string; readonly name: string } | null,
): FleetFinding[] {
  const found = new Map<string, Set<string>>();
  for (const { endedAt, flagged, suspects } of conflicts) {
    if (endedAt !== null || flagged.length > 0) continue;
    const nodes = suspects.flatMap((id) => nodeOf(id) ?? []);
    const [first] = nodes;
    if (first === undefined) continue;
    const names = found.get(first.domain) ?? new Set();
    for (const { name } of nodes) names.add(name);
    found.set(first.domain, names);
  }
  return [...found].map(([domain, suspects]) => ({
    finding: "bounds_inconsistent",
    subject: `mesh:${domain}`,
    truth: "holds",
    certainty: "cannot_prove",
    words:
      suspects.size === 1
        ? `In the mesh ${domain} hosts measured what contradicts ${namesOf(suspects)}, and nobody can be accused of it alone`
        : `Of ${suspects.size} hosts of the mesh ${domain} some must be wrong, and no single one can be accused: ${namesOf(suspects)}`,
    domain,
  }));
}

const NAMES_SHOWN = 8;

function namesOf(suspects: ReadonlySet<string>): string {
  const names = [...suspects].sort();
  const more = names.length - NAMES_SHOWN;
  return more > 0 ? `${names.slice(0, NAMES_SHOWN).join(", ")} and ${more} more` : names.join(", ");
}
