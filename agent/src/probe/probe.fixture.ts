import { ppb, uncalibrated } from "@truebound/time";
import { plainAesSiv } from "../../../packages/ntp/src/nts/aes-siv.fixture.ts";
import type { Keys } from "./nts-keys.ts";
import { makeSource } from "./source.ts";
import { SourceProbe } from "./source-probe.ts";
import type { ProbeOptions } from "./source-terms.ts";

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

/** Keys with two cookies for a server of NTP at that address. */
export const keysAt = (address: string, over: Partial<Keys> = {}): Keys => ({
  kind: "keys",
  aead: plainAesSiv,
  c2s: new Uint8Array(32).fill(1),
  s2c: new Uint8Array(32).fill(2),
  cookies: [new Uint8Array(16), new Uint8Array(16)],
  endpoint: { address, port: 1123 },
  certificate: { validity: { notBefore: 100n, notAfter: 200n }, key: "k".repeat(43) },
  ...over,
});
