import {
  granularityFinding,
  type LeapTable,
  type ManifestMember,
  type ManifestResult,
  readInstant,
  readProfile,
  type StampDeclaration,
  sayGround,
  selfReportGrounds,
  type UtcProfile,
} from "@truebound/audit";
import { absolute, BILLION } from "@truebound/time";
import type { Period } from "../audit/scopes.ts";
import type { SaidProfile } from "./plan.ts";
import type { LogStop } from "./ports.ts";

/** What stands beside a verdict, and is never mixed into it. */
export type Findings = ManifestResult["findings"];

/** Null for one that is no limit on divergence from UTC. */
export function utcProfileOf(said: SaidProfile): UtcProfile | null {
  const read = readProfile(said);
  return read.kind === "read" && read.profile.kind === "utc" ? read.profile : null;
}

/** What is known before any evidence is looked at. */
export function declaredFindings(said: SaidProfile, stamps: StampDeclaration, documents: readonly string[], host: string | null): Findings {
  const { id, status, verified, traceability } = said;
  const profile = utcProfileOf(said);
  const granularity = profile === null ? null : granularityFinding(profile, stamps);
  return [
    ...(status === "draft"
      ? [{ kind: "draft_profile", words: `${String(id)} is a draft: its text has not been read where it is law` }]
      : []),
    ...(verified === false
      ? [{ kind: "unverified_limit", words: `The number of ${String(id)} was not read in the words of whoever set it` }]
      : []),
    ...(granularity === null ? [] : [granularity]),
    ...(host !== null && documents.length === 0 && traceability !== "none" ? [noDocument(traceability === "required")] : []),
    ...(host === null ? [{ kind: "no_agent", words: "It is in the inventory, and no agent of that name reported" }] : []),
  ];
}

/** Of all pairs of some hosts. */
export const groupFindings = ({ id, verified }: SaidProfile, members: readonly ManifestMember[]): Findings => [
  ...(verified === false
    ? [{ kind: "unverified_limit", words: `The number of ${String(id)} was not read in the words of whoever set it` }]
    : []),
  ...(members.length < 2 ? [{ kind: "no_pair", words: "The scope has a single host, so there is no pair to be judged" }] : []),
  ...members
    .filter(({ host }) => host === null)
    .map(({ name }) => ({ kind: "no_agent", words: `${name} is in the inventory, and no agent of that name reported` })),
];

const noDocument = (isDemanded: boolean) => ({
  kind: "no_chain_document",
  words: `To do: no document shows the chain from this host to UTC${isDemanded ? "; the profile demands it, so no evidence counts" : ""}`,
});

/** What the log of a host leaves out of a period: a verifier cannot see it, it is in no bundle. */
export function logFindings(stop: LogStop | null, unlogged: number, period: Period): Findings {
  const left = unlogged === 1 ? "1 batch of the period does not count" : `${unlogged} batches of the period do not count`;
  if (stop !== null && (unlogged > 0 || (stop.since >= period.from && stop.since < period.to))) {
    const { epoch, seq, why } = stop;
    const words = `The log of this host stops before batch ${epoch}/${seq}, which is not what was received (${why}): nothing from there on counts, ${left} until somebody has looked (truebound log show)`;
    return [{ kind: "log_stopped", words }];
  }
  if (unlogged === 0) return [];
  return [
    { kind: "evidence_mismatch", words: `${left}: they, or others that came with them, are stored otherwise than they were received` },
  ];
}

/** What the evidence adds. */
export function derivedFindings({ episodes, sampled }: ManifestResult, said: SaidProfile, leaps: LeapTable): Findings {
  const profile = utcProfileOf(said);
  const at = (text: string): bigint => readInstant(text, leaps) ?? 0n;
  const placed = episodes.map(({ from, to, peak_proven_ns }) => ({ from: at(from), to: at(to), peakProven: BigInt(peak_proven_ns) }));
  const grounds = profile === null ? [] : selfReportGrounds(profile, placed);
  const mixUp = mixedUp(sampled.greatest_divergence_ns);
  return [
    ...grounds.map((ground) => ({ kind: "self_report", words: `To be told to the authority: ${sayGround(ground)}` })),
    ...(mixUp === null
      ? []
      : [
          {
            kind: "timescale_mix_up",
            words: `A divergence near ${mixUp} s looks like another timescale (a leap second, GPS or TAI), not like drift`,
          },
        ]),
  ];
}

/** UTC, GPS and TAI differ by so many seconds, and by one around a leap (6.11). */
const MIX_UPS = [1n, 18n, 19n, 37n];
const NEAR_NS = 50_000_000n;

const mixedUp = (greatest: string | null): bigint | null =>
  greatest === null ? null : (MIX_UPS.find((seconds) => absolute(BigInt(greatest) - seconds * BILLION) <= NEAR_NS) ?? null);
