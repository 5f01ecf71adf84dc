import { parseSource, refidOf, rulerRho, SourceProbe } from "@truebound/agent";
import { type LeapCalendar, ppb, uncalibrated } from "@truebound/time";
import type { Policy } from "@truebound/wire";
import type { SimSource } from "./sim-source.ts";

/** The agent's own probe of a simulated source, under a policy. */
export function simProbe(source: SimSource, policy: Policy, calendar: LeapCalendar): SourceProbe {
  const spec = parseSource(source.address);
  if (typeof spec === "string") throw new Error(spec);
  const probe = new SourceProbe({
    source: spec,
    drift: uncalibrated(rulerRho(policy, "raw")),
    sigma: ppb(BigInt(policy.sigma_ppb)),
    client: { interleave: true, interleaveAfter: 8 },
    quality: { precision: -24, uncertainty: 0n, rootsRoundedUp: false },
    pollSeconds: policy.probe_interval_s,
    trusted: policy.trusted.includes(spec.id),
    refidOf,
    timescale: source.declared ?? "unknown",
    calendar,
  });
  probe.resolved(spec.host);
  return probe;
}
