import { suspendBetween } from "@truebound/time";
import type { IntervalSource } from "../interval-source/ports.ts";
import type { Clocks, Delivery, RandomNonce, Transport } from "./ports.ts";
import { type KeyHolder, type KeyInstruments, renewKeys } from "./renew-keys.ts";
import { NTP_PORT } from "./source.ts";
import type { SourceProbe } from "./source-probe.ts";
import type { Evidence } from "./source-window.ts";

export interface Instruments extends KeyInstruments {
  readonly clocks: Clocks;
  readonly transport: Transport;
  readonly nonce: RandomNonce;
}

export const REPLY_TIMEOUT_MS = 1000;

/** One end of a dialogue with somebody who tells a clock. */
export type Dialogue = Pick<SourceProbe, "source" | "address" | "era" | "begin" | "consider" | "finish"> &
  Partial<KeyHolder & Pick<SourceProbe, "port" | "intervals" | "listen" | "hear">>;

/**
 * One request and what came of it. An exchange that slept through a suspend proves nothing: RAW did not count the sleep. Nor
 * does one during which the ruler became another one.
 */
export async function pollOnce(probe: Dialogue, instruments: Instruments): Promise<Evidence[]> {
  if (isOfIntervals(probe)) return takeOnce(probe, probe.intervals, instruments);
  const { clocks, transport, nonce } = instruments;
  if (holdsKeys(probe)) await renewKeys(probe, instruments, performance.now() / 1000);
  const { bytes, outstanding } = probe.begin({ transmit: nonce(), receive: nonce() }, nonce);
  const { address, era } = probe;
  if (address === null) return probe.finish(outstanding, { kind: "failed", reason: "unresolved" });
  if (outstanding.muted !== undefined) return probe.finish(outstanding, { kind: "failed", reason: outstanding.muted });
  const before = clocks.read();
  const endpoint = { address, port: (probe.port ?? probe.source.port) || NTP_PORT };
  const delivery = await transport.exchange(endpoint, bytes, REPLY_TIMEOUT_MS, (reply) => probe.consider(outstanding, reply));
  const slept = suspendBetween(before, clocks.read()) > 0n;
  if (probe.address !== address) return probe.finish(outstanding, { kind: "failed", reason: "address_changed" });
  const disrupted: Delivery = { kind: "failed", reason: slept ? "suspended" : "disrupted" };
  const outcome: Delivery = slept || probe.era !== era ? disrupted : delivery;
  return probe.finish(outstanding, outcome);
}

/** One look at a source that gives intervals of itself. */
async function takeOnce(probe: Listening, intervals: IntervalSource, { clocks }: Instruments): Promise<Evidence[]> {
  const before = clocks.read();
  const since = probe.listen(before.rawBefore);
  const { era } = probe;
  const taken = await intervals.take();
  const after = clocks.read();
  if (suspendBetween(before, after) > 0n || probe.era !== era)
    return probe.hear({ kind: "refused", reason: "kind_disrupted" }, since, after.rawAfter);
  return probe.hear(taken, since, after.rawAfter);
}

type Listening = Pick<SourceProbe, "era" | "listen" | "hear">;

const isOfIntervals = (probe: Dialogue): probe is Dialogue & Listening & { readonly intervals: IntervalSource } =>
  probe.intervals !== undefined && probe.intervals !== null;

/** Peers have no keys: what they say is held against their enrolment by the server. */
const holdsKeys = (probe: Dialogue): probe is Dialogue & KeyHolder => probe.nts !== undefined && probe.nts !== null;
