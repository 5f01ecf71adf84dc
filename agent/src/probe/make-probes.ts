import { DEFAULT_CLIENT } from "@truebound/ntp";
import { FLOOR_SECONDS, type LeapCalendar, ppb, uncalibrated } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { AgentParts } from "../agent-parts.ts";
import { rulerRho } from "../bound/drift-rules.ts";
import { type IntervalSources, isSame } from "../interval-source/interval-sources.ts";
import { timescaleOf } from "../leap/source-timescale.ts";
import { isSameDeclaration } from "./declared-root.ts";
import { NtsDialogue } from "./nts-dialogue.ts";
import { qualityOf } from "./samples.ts";
import type { Source } from "./source.ts";
import { SourceProbe } from "./source-probe.ts";

export type ProbeParts = Pick<AgentParts, "instruments" | "interleave" | "refidOf"> & { readonly intervals: IntervalSources };

/** Probes of these sources under this policy: those that there are keep their evidence. */
export function makeProbes(
  { instruments, interleave, refidOf, intervals: open }: ProbeParts,
  sources: readonly Source[],
  policy: Policy,
  calendar: LeapCalendar,
  old: readonly SourceProbe[],
): SourceProbe[] {
  const drift = uncalibrated(rulerRho(policy, instruments.clocks.ruler));
  const sigma = ppb(BigInt(policy.sigma_ppb));
  return sources.map((source) => {
    const trusted = policy.trusted.includes(source.id) || policy.trusted.includes(source.host);
    // What intervals are on is said: UTC.
    const timescale = source.kind === undefined ? timescaleOf(source, policy.timescales ?? {}) : "utc";
    const intervals = open.of(source);
    const kept = old.find((probe) => probe.source.id === source.id && isAskedAlike(probe.source, source) && isSame(probe.source, source));
    const authenticatedOnly = policy.authenticated === "required";
    const declared = policy.declared?.includes(source.id) === true;
    const pollSeconds = paceOf(source, policy);
    kept?.retune(pollSeconds, trusted, sigma, authenticatedOnly, declared);
    kept?.relearn(timescale, calendar);
    if (kept !== undefined) return kept;
    return new SourceProbe({
      source,
      drift,
      sigma,
      client: { ...DEFAULT_CLIENT, interleave },
      quality: qualityOf(instruments.transport, source),
      pollSeconds,
      trusted,
      refidOf,
      timescale,
      calendar,
      authenticatedOnly,
      ...(intervals === undefined ? {} : { intervals, declared }),
      ...(source.nts === undefined ? {} : { nts: new NtsDialogue(source.nts, source.host) }),
    });
  });
}

/** A second opinion counts nothing, so nobody is asked for one more often than the public is. */
const paceOf = ({ kind }: Source, { probe_interval_s }: Policy): number =>
  kind === "opinion" ? Math.max(probe_interval_s, FLOOR_SECONDS.pool) : probe_interval_s;

/** What it proved rests on what was known of it, and on how it was asked. */
const isAskedAlike = (a: Source, b: Source): boolean =>
  a.nts?.mode === b.nts?.mode &&
  a.nts?.kePort === b.nts?.kePort &&
  a.nts?.pins?.join() === b.nts?.pins?.join() &&
  a.rootsRoundedUp === b.rootsRoundedUp &&
  isSameDeclaration(a.declared, b.declared);
