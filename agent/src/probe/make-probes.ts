import { DEFAULT_CLIENT } from "@truebound/ntp";
import { type LeapCalendar, ppb, uncalibrated } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { AgentParts } from "../agent-parts.ts";
import { rulerRho } from "../bound/drift-rules.ts";
import { timescaleOf } from "../leap/source-timescale.ts";
import { isSameDeclaration } from "./declared-root.ts";
import { NtsDialogue } from "./nts-dialogue.ts";
import { qualityOf } from "./samples.ts";
import type { Source } from "./source.ts";
import { SourceProbe } from "./source-probe.ts";

export type ProbeParts = Pick<AgentParts, "instruments" | "interleave" | "refidOf">;

/** Probes of these sources under this policy: those that there are keep their evidence. */
export function makeProbes(
  { instruments, interleave, refidOf }: ProbeParts,
  sources: readonly Source[],
  policy: Policy,
  calendar: LeapCalendar,
  old: readonly SourceProbe[],
): SourceProbe[] {
  const drift = uncalibrated(rulerRho(policy, instruments.clocks.ruler));
  const sigma = ppb(BigInt(policy.sigma_ppb));
  return sources.map((source) => {
    const trusted = policy.trusted.includes(source.id) || policy.trusted.includes(source.host);
    const timescale = timescaleOf(source, policy.timescales ?? {});
    const kept = old.find((probe) => probe.source.id === source.id && isAskedAlike(probe.source, source));
    const authenticatedOnly = policy.authenticated === "required";
    kept?.retune(policy.probe_interval_s, trusted, sigma, authenticatedOnly);
    kept?.relearn(timescale, calendar);
    if (kept !== undefined) return kept;
    return new SourceProbe({
      source,
      drift,
      sigma,
      client: { ...DEFAULT_CLIENT, interleave },
      quality: qualityOf(instruments.transport, source),
      pollSeconds: policy.probe_interval_s,
      trusted,
      refidOf,
      timescale,
      calendar,
      authenticatedOnly,
      ...(source.nts === undefined ? {} : { nts: new NtsDialogue(source.nts, source.host) }),
    });
  });
}

/** What it proved rests on what was known of it, and on how it was asked. */
const isAskedAlike = (a: Source, b: Source): boolean =>
  a.nts?.mode === b.nts?.mode &&
  a.nts?.kePort === b.nts?.kePort &&
  a.rootsRoundedUp === b.rootsRoundedUp &&
  isSameDeclaration(a.declared, b.declared);
