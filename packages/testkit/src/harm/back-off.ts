import { setTimeout as pause } from "node:timers/promises";
import { chooseRung, makeSource, nonceSource, pollOnce, refidOf, SourceProbe } from "@truebound/agent";
import { DEFAULT_CLIENT } from "@truebound/ntp";
import { ppb, uncalibrated } from "@truebound/time";

/** One poll of a source that is polled at the pace it allows. */
export interface Turn {
  readonly atSeconds: number;
  readonly outcome: string;
  /** Seconds until the next poll. */
  readonly pause: number;
}

/** Polls as the agent does, at `pollSeconds` after each poll, from one a second on. */
export async function playBackOff(server: { address: string; port: number }, seconds: number): Promise<Turn[]> {
  const nonce = nonceSource();
  const { rung } = await chooseRung(nonce);
  const { precision, uncertainty } = rung.transport;
  const probe = new SourceProbe({
    source: makeSource(server.address, server.port, "declared"),
    drift: uncalibrated(ppb(200_000n)),
    sigma: ppb(2000n),
    client: { ...DEFAULT_CLIENT, interleave: rung.interleave },
    quality: { precision, uncertainty, rootsRoundedUp: false },
    pollSeconds: 1,
    trusted: false,
    refidOf,
  });
  probe.resolved(server.address);
  const turns: Turn[] = [];
  const begun = performance.now();
  for (let at = 0; at < seconds; at = (performance.now() - begun) / 1000) {
    const before = new Map(probe.troubles);
    const evidence = await pollOnce(probe, { clocks: rung.clocks, transport: rung.transport, nonce });
    const trouble = [...probe.troubles].find(([name, count]) => count > (before.get(name) ?? 0))?.[0] ?? "nothing";
    turns.push({ atSeconds: Math.round(at * 10) / 10, outcome: evidence.length > 0 ? "reply" : trouble, pause: probe.pollSeconds });
    await pause(probe.pollSeconds * 1000);
  }
  rung.transport.close();
  return turns;
}
