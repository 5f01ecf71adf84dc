import { atMost, type HostBound, halfWidth, type Interval, offsetInWords, refidInWords, worstError } from "@truebound/time";
import type { Terms } from "@truebound/wire";
import { ntsOf, rootOf } from "../bound/present.ts";
import type { MeasuredSource, Measurement } from "./measure.ts";

/** How `truebound-agent check` says what it measured: JSON for programs, words for people, an exit code for Nagios. */
export interface Limits {
  /** ns; null = no limit. */
  readonly warn: bigint | null;
  readonly crit: bigint | null;
}

export const EXIT = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

/** On F votes or fewer nothing is promised: all of them may be the ones that lie. */
const promisesNothing = ({ votes, faults, status }: HostBound): boolean => status === "unverified" && votes <= faults;

/**
 * 0 if the worst error ≤ warn, 1 if ≤ crit, 2 above, 3 unknown. One limit alone stands for both; without limits 0 = there is
 * a bound. A bound on F votes or fewer is a warning at best.
 */
export function exitCode({ offset, fused }: Pick<Measurement, "offset" | "fused">, limits: Limits): number {
  const graded = gradeOf(offset, limits);
  return graded === EXIT.ok && promisesNothing(fused) ? EXIT.warning : graded;
}

function gradeOf(offset: Interval | null, { warn, crit }: Limits): number {
  if (offset === null) return EXIT.unknown;
  const worst = worstError(offset);
  const lower = warn ?? crit;
  const upper = crit ?? warn;
  if (lower === null || upper === null || worst <= lower) return EXIT.ok;
  return worst <= upper ? EXIT.warning : EXIT.critical;
}

const bound = (interval: Interval | null) => interval && { lo_ns: interval.lo.toString(), hi_ns: interval.hi.toString() };

/** A single look has no time between two looks in which the clock could be slewed. */
function termsOf(terms: Terms | null): Omit<Terms, "slew_ns"> | null {
  if (terms === null) return null;
  const { slew_ns: _, ...ofExchange } = terms;
  return ofExchange;
}

/** The stable shape of `check --json`. */
export function checkJson(result: Measurement): object {
  return {
    sources: result.sources.map(({ probe, offset, terms, state }) => ({
      id: probe.source.id,
      address: probe.address ?? probe.source.host,
      status: state,
      guaranteed: bound(offset),
      terms: termsOf(terms),
      stratum: probe.latest.packet?.stratum ?? null,
      refid: probe.latest.packet === null ? null : refidInWords(probe.latest.packet.refid, probe.latest.packet.stratum),
      leap: probe.latest.packet?.leap ?? null,
      stamp_mode: probe.binding?.upper.origin.sample.mode ?? null,
      local_reference: probe.localReference,
      ...ntsOf(probe),
      ...rootOf(probe),
      refusals: Object.fromEntries(probe.troubles),
    })),
    fused: {
      status: result.fused.status,
      reason: result.fused.reason,
      faults: result.fused.faults,
      guaranteed: bound(result.offset),
      /** True where UTC is only what the servers' own local clocks say. */
      local_reference: isLocalOnly(result.sources),
      worst_error_ns: result.offset && worstError(result.offset).toString(),
      terms: termsOf(result.terms),
    },
    assumptions: result.assumptions,
  };
}

/** The verdict first, with performance data behind the bar, as Nagios reads it; then each source. */
export function checkText(result: Measurement, limits: Limits): string {
  return [
    `${verdictLine(result, limits)}${performanceData(result.offset, limits)}`,
    assumptionLine(result),
    "",
    ...result.sources.flatMap(sourceLines),
  ].join("\n");
}

/** Nagios' `|'label'=value[unit];warn;crit`. Absent when unknown. */
function performanceData(offset: Interval | null, { warn, crit }: Limits): string {
  if (offset === null) return "";
  const limit = (value: bigint | null) => (value === null ? "" : seconds(value));
  return ` | worst_error=${seconds(worstError(offset))}s;${limit(warn)};${limit(crit)}`;
}

/** Nine decimals, exact. */
const seconds = (nanoseconds: bigint): string =>
  `${nanoseconds / 1_000_000_000n}.${(nanoseconds % 1_000_000_000n).toString().padStart(9, "0")}`;

const assumptionLine = ({ assumptions }: Measurement): string =>
  `    assumed: the oscillator drifts at most ${assumptions.rho_ppb / 1000} ppm, at most ${assumptions.faults} of the votes are false, the clock is slewed at most ${assumptions.slew_ppm} ppm between readings`;

function sourceLines({ probe, offset, terms, state }: MeasuredSource): string[] {
  const name = probe.address === null || probe.source.host === probe.address ? probe.source.id : `${probe.source.id} (${probe.address})`;
  const refusals = [...probe.troubles].map(([reason, count]) => `${reason} ${count}×`).join(", ");
  const trouble = refusals === "" ? [] : [`    refused   ${refusals}`];
  if (offset === null || terms === null)
    return [`${name}: unknown, ${probe.answers ? "answered, but with nothing that is evidence" : state.replaceAll("_", " ")}`, ...trouble];
  const packet = probe.latest.packet;
  const parts = Object.entries(termsOf(terms) ?? {}).map(([term, value]) => `${term.replace("_ns", "")} ${atMost(BigInt(value))}`);
  return [
    `${name}: ${offsetInWords(offset)}`,
    `    interval  [${offset.lo}, ${offset.hi}] ns, reference minus local; half-width ${atMost(halfWidth(offset))}`,
    `    its wider side rests on an exchange of ${parts.join(", ")}`,
    `    server    ${packet === null ? "" : `stratum ${packet.stratum}, refid ${refidInWords(packet.refid, packet.stratum)}, leap ${packet.leap}`}${probe.localReference ? ", a local clock and no reference" : ""}; ${state.replaceAll("_", " ")}; stamps ${probe.binding?.upper.origin.sample.mode}`,
    ...ntsLine(probe),
    ...rootLine(probe),
    ...trouble,
  ];
}

/** Nothing of a server that is asked without NTS. */
function ntsLine(probe: MeasuredSource["probe"]): string[] {
  const { nts } = ntsOf(probe);
  if (nts === undefined) return [];
  if (!nts.authenticated) return ["    NTS       not authenticated: no keys were to be had, so it was asked without"];
  const dates = nts.dates === "confirmed" ? "its dates hold" : "its dates are not confirmed by anybody else";
  return [`    NTS       authenticated as ${nts.name}, by a certificate whose key is ${nts.key}; ${dates}`];
}

/** Nothing of a server of which nothing is declared. */
function rootLine(probe: MeasuredSource["probe"]): string[] {
  const { declaration } = rootOf(probe);
  if (declaration === undefined) return [];
  const { ns, signer, document, void: why } = declaration;
  const said = `${atMost(BigInt(ns))} by ${signer}, document sha256 ${document}`;
  return [
    why === null
      ? `    root      declared: ${said}`
      : `    root      advertised: what is declared (${said}) is void, for ${why.replaceAll("_", " ")}`,
  ];
}

/** Servers that follow nothing but their own clock cannot vouch for UTC, and the verdict must not sound as if they did. */
function isLocalOnly(sources: readonly MeasuredSource[]): boolean {
  const agreeing = sources.filter(({ state }) => state === "agrees");
  return agreeing.length > 0 && agreeing.every(({ probe }) => probe.localReference);
}

const LOCAL_ONLY = "; but UTC here is only what a server's own local clock says";

const doubtOf = (fused: HostBound): string =>
  promisesNothing(fused) ? `; but as many may lie (F = ${fused.faults}), so nothing is promised` : "";

function verdictLine(result: Measurement, limits: Limits): string {
  const { offset, fused, sources } = result;
  const because = fused.reason === null ? "" : ` (${fused.reason.replaceAll("_", " ")})`;
  const grade = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][exitCode(result, limits)];
  if (offset === null) return `${grade}: this clock cannot be bounded: ${fused.status}${because}`;
  const votes = `${fused.votes} ${fused.votes === 1 ? "vote" : "votes"}`;
  return `${grade}: this clock is ${offsetInWords(offset)}; ${fused.status}${because}, ${votes}${doubtOf(fused)}${isLocalOnly(sources) ? LOCAL_ONLY : ""}`;
}
