import { type Evidence, makeSource, nonceSource, pollOnce, type Rung, refidOf, SourceProbe } from "@truebound/agent";
import { contains, halfWidth, intervalAtReceive, midpoint, offsetAt, ppb, UNKNOWN_SLEW, uncalibrated, widen } from "@truebound/time";

/** What came of many exchanges with a server that shares this machine's clock: the true offset is zero. */
export interface Judged {
  readonly exchanges: number;
  /** Intervals without the true offset. */
  readonly missed: number;
  /** Requests that nothing came of. */
  readonly failed: number;
  /** Why, by name. */
  readonly troubles: Readonly<Record<string, number>>;
  /** Greatest |middle| over half-width: 1 = the truth lay at an end. */
  readonly worstRatio: number;
}

const RHO = ppb(200_000n);
/** Exchanges with one probe before it begins anew, basic first. */
const CHUNK = 500;

/** Makes so many exchanges one after another, and holds the interval of each alone, at the next look at the clocks, against zero. */
export async function judgeExchanges(rung: Rung, port: number, wanted: number): Promise<Judged> {
  let [exchanges, missed, failed, worstRatio] = [0, 0, 0, 0];
  let probe = newProbe(rung, port);
  const probes = [probe];
  const instruments = { clocks: rung.clocks, transport: rung.transport, nonce: nonceSource() };
  for (let tried = 0; exchanges < wanted && tried < 2 * wanted; tried++) {
    if (tried % CHUNK === 0) {
      probe = newProbe(rung, port);
      probes.push(probe);
    }
    const evidence = await pollOnce(probe, instruments);
    const reading = rung.clocks.read();
    if (evidence.length === 0) failed += 1;
    // Of an interleaved reply's two samples the finished one counts: the other is a wider form of the next one.
    for (const one of evidence.filter(({ sample }) => sample.reply !== "provisional")) {
      const offset = offsetOf(one, reading, rung);
      exchanges += 1;
      if (!contains(offset, 0n)) missed += 1;
      worstRatio = Math.max(worstRatio, Math.abs(Number(midpoint(offset))) / Number(halfWidth(offset)));
    }
  }
  return { exchanges, missed, failed, worstRatio, troubles: troublesOf(probes) };
}

function troublesOf(probes: readonly SourceProbe[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [name, count] of probes.flatMap(({ troubles }) => [...troubles])) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

/** The bound on the offset that one exchange alone gives at a reading after it. */
function offsetOf({ sample: { exchange }, budget }: Evidence, reading: ReturnType<Rung["clocks"]["read"]>, { clocks }: Rung) {
  const rho = clocks.ruler === "raw" ? RHO : ppb(RHO + UNKNOWN_SLEW);
  const own = intervalAtReceive(exchange, budget, rho);
  if (typeof own === "string") throw new Error(`Cannot judge an exchange that was accepted and is ${own}`);
  const age = reading.rawAfter > exchange.t4 ? reading.rawAfter - exchange.t4 : 0n;
  return offsetAt(reading, widen(own, rho, age), rho);
}

/** chronyd rounds its root fields up. */
function newProbe(rung: Rung, port: number): SourceProbe {
  const { precision, uncertainty } = rung.transport;
  const probe = new SourceProbe({
    source: { ...makeSource("127.0.0.1", port, "declared"), rootsRoundedUp: true },
    drift: uncalibrated(RHO),
    sigma: ppb(2000n),
    client: { interleave: rung.interleave, interleaveAfter: 1 },
    quality: { precision, uncertainty, rootsRoundedUp: true },
    pollSeconds: 1,
    trusted: false,
    refidOf,
  });
  probe.resolved("127.0.0.1");
  return probe;
}
