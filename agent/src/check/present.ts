import { atMost, halfWidth, type Interval, offsetInWords, refidText, worstError } from "@truebound/time";
import type { MeasuredSource, Measurement } from "./measure.ts";

/** How `truebound-agent check` says what it measured: JSON for programs, words for people, an exit code for Nagios. */
export interface Limits {
  /** ns; null = no limit. */
  readonly warn: bigint | null;
  readonly crit: bigint | null;
}

export const EXIT = { ok: 0, warning: 1, critical: 2, unknown: 3 } as const;

/** 0 if the worst error ≤ warn, 1 if ≤ crit, 2 above, 3 unknown. One limit alone stands for both; without limits 0 = there is a bound. */
export function exitCode(offset: Interval | null, { warn, crit }: Limits): number {
  if (offset === null) return EXIT.unknown;
  const worst = worstError(offset);
  const lower = warn ?? crit;
  const upper = crit ?? warn;
  if (lower === null || upper === null || worst <= lower) return EXIT.ok;
  return worst <= upper ? EXIT.warning : EXIT.critical;
}

const bound = (interval: Interval | null) => interval && { lo_ns: interval.lo.toString(), hi_ns: interval.hi.toString() };

/** The stable shape of `check --json`. */
export function checkJson(result: Measurement): object {
  return {
    sources: result.sources.map(({ probe, offset, terms, state }) => ({
      id: probe.source.id,
      address: probe.address ?? probe.source.host,
      status: state,
      guaranteed: bound(offset),
      terms,
      stratum: probe.latest.packet?.stratum ?? null,
      refid: probe.latest.packet === null ? null : refidInWords(probe.latest.packet),
      leap: probe.latest.packet?.leap ?? null,
      stamp_mode: probe.binding?.upper.origin.sample.mode ?? null,
      local_reference: probe.localReference,
      refusals: Object.fromEntries(probe.troubles),
    })),
    fused: {
      status: result.fused.status,
      reason: result.fused.reason,
      faults: result.fused.faults,
      guaranteed: bound(result.offset),
      worst_error_ns: result.offset && worstError(result.offset).toString(),
      terms: result.terms,
    },
  };
}

/** A clock's code at stratum 1, else the dotted address (or hash) of the upstream. */
export function refidInWords({ stratum, refid }: { stratum: number; refid: number }): string {
  if (stratum <= 1) return refidText(refid);
  return [24, 16, 8, 0].map((shift) => (refid >>> shift) & 0xff).join(".");
}

export function checkText(result: Measurement, limits: Limits): string {
  return [...result.sources.flatMap(sourceLines), "", verdictLine(result, limits)].join("\n");
}

function sourceLines({ probe, offset, terms, state }: MeasuredSource): string[] {
  const name = probe.address === null || probe.source.host === probe.address ? probe.source.id : `${probe.source.id} (${probe.address})`;
  const refusals = [...probe.troubles].map(([reason, count]) => `${reason} ${count}×`).join(", ");
  const trouble = refusals === "" ? [] : [`    refused   ${refusals}`];
  if (offset === null || terms === null) return [`${name}: unknown, ${state.replaceAll("_", " ")}`, ...trouble];
  const packet = probe.latest.packet;
  const parts = Object.entries(terms).map(([term, value]) => `${term.replace("_ns", "")} ${atMost(BigInt(value))}`);
  return [
    `${name}: ${offsetInWords(offset)}`,
    `    interval  [${offset.lo}, ${offset.hi}] ns, reference minus local; half-width ${atMost(halfWidth(offset))}`,
    `    made of   ${parts.join(", ")}`,
    `    server    ${packet === null ? "" : `stratum ${packet.stratum}, refid ${refidInWords(packet)}, leap ${packet.leap}`}${probe.localReference ? ", a local clock and no reference" : ""}; ${state.replaceAll("_", " ")}; stamps ${probe.binding?.upper.origin.sample.mode}`,
    ...trouble,
  ];
}

function verdictLine({ offset, fused }: Measurement, limits: Limits): string {
  const because = fused.reason === null ? "" : ` (${fused.reason.replaceAll("_", " ")})`;
  const grade = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][exitCode(offset, limits)];
  if (offset === null) return `${grade}: this clock cannot be bounded: ${fused.status}${because}`;
  const assumed = `${fused.votes} ${fused.votes === 1 ? "vote" : "votes"}, at most ${fused.faults} false`;
  return `${grade}: this clock is ${offsetInWords(offset)}; ${fused.status}${because}, ${assumed}`;
}
