import { ppb, uncalibrated } from "@truebound/time";
import { makeSource } from "./source.ts";
import { type ProbeOptions, SourceProbe } from "./source-probe.ts";

/** A probe of an operator's source every 16 s, without interleaving; a test says what is different. Its name is not looked up yet. */
export const aProbe = (more: Partial<ProbeOptions> = {}): SourceProbe =>
  new SourceProbe({
    source: makeSource("ntp.example.net", 123, "declared"),
    drift: uncalibrated(ppb(200_000n)),
    sigma: ppb(2000n),
    client: { interleave: false, interleaveAfter: 8 },
    quality: { precision: -24, uncertainty: 0n, rootsRoundedUp: true },
    pollSeconds: 16,
    trusted: false,
    refidOf: () => 1,
    ...more,
  });
