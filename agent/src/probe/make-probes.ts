import { DEFAULT_CLIENT } from "@truebound/ntp";
import { FLOOR_SECONDS, type LeapCalendar, ppb, uncalibrated } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { AgentParts } from "../agent-parts.ts";
import { rulerRho } from "../bound/drift-rules.ts";
import { type IntervalSources, isSame } from "../interval-source/interval-sources.ts";
import { timescaleOf } from "../leap/source-timescale.ts";
import { NtsDialogue } from "./nts-dialogue.ts";
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
    const kept = old.find((probe) => probe.source.id === source.id && isSameNts(probe.source, source) && isSame(probe.source, source));
    const authenticatedOnly = policy.authenticated === "required";
    const declared = policy.declared?.includes(source.id) === true;
    const pollSeconds = paceOf(source, policy);
    kept?.retune(pollSeconds, trusted, sigma, authenticatedOnly, declared);
    kept?.relearn(timescale, calendar);
    if (kept !== undefined) return kept;
    const { precision, uncertainty } = instruments.transport;
    return new SourceProbe({
      source,
      drift,
      sigma,
      client: { ...DEFAULT_CLIENT, interleave },
      quality: { precision, uncertainty, rootsRoundedUp: source.rootsRoundedUp },
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

const isSameNts = ({ nts: a }: Source, { nts: b }: Source): boolean =>
  a?.mode === b?.mode && a?.kePort === b?.kePort && a?.pins?.join() === b?.pins?.join();
