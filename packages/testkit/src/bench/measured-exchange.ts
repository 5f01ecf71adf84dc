import { setTimeout as pause } from "node:timers/promises";
import { type Endpoint, type Evidence, makeSource, nonceSource, pollOnce, type Rung, refidOf, SourceProbe } from "@truebound/agent";
import {
  contains,
  delay,
  divCeil,
  drift,
  type HostReading,
  halfWidth,
  type Interval,
  intersect,
  intervalAtReceive,
  midpoint,
  offsetAt,
  ppb,
  UNKNOWN_SLEW,
  uncalibrated,
  widen,
} from "@truebound/time";
import { median, quantile } from "./statistics.ts";

/** One exchange with a server that shares this machine's clock: its offset is its error. µs. */
export interface MeasuredExchange {
  readonly error: number;
  readonly halfWidth: number;
  /** Half-width over its floor: delay/2 + E + clock read + rho·age. */
  readonly overFloor: number;
  /** False when the interval does not hold the true offset of zero. */
  readonly held: boolean;
  readonly evidence: Evidence;
  readonly reading: HostReading;
}

/** |midpoint| of what the source's window of 64 samples says right after an exchange, µs: G, and H within it; null = there is none. */
export interface Reported {
  readonly guaranteed: number | null;
  readonly tight: number | null;
}

export interface Run {
  readonly exchanges: MeasuredExchange[];
  readonly reported: Reported[];
  failures: number;
}

export const newRun = (): Run => ({ exchanges: [], reported: [], failures: 0 });

/** One way of measuring, over many exchanges; µs. */
export interface RungResult {
  readonly mode: string;
  readonly exchanges: number;
  readonly missed: number;
  readonly failures: number;
  /** |midpoint| of single exchanges. */
  readonly medianError: number;
  readonly p99Error: number;
  readonly medianHalfWidth: number;
  readonly p99HalfWidth: number;
  /** Median |midpoint| of the full window, guaranteed and tight; NaN = none was full. */
  readonly windowGuaranteed: number;
  readonly windowTight: number;
  readonly widthRatio: number;
}

export interface Plan {
  readonly endpoint: Endpoint;
  readonly exchanges: number;
  /** Between the end of one exchange and the next. */
  readonly paceMs: number;
}

export const RHO = ppb(200_000n);
const SIGMA = ppb(2000n);
/** What a window holds. */
const FULL = 64;

/** Measures one server by one rung, and adds to `run`. */
export async function measureRung(rung: Rung, { endpoint, exchanges, paceMs }: Plan, run: Run): Promise<void> {
  const probe = makeProbe(rung, endpoint);
  const instruments = { clocks: rung.clocks, transport: rung.transport, nonce: nonceSource() };
  let earlier: HostReading | null = null;
  let admitted = 0;
  for (let got = 0, tried = 0; got < exchanges && tried < exchanges * 2; tried++) {
    const evidence = await pollOnce(probe, instruments);
    const reading = rung.clocks.read();
    // On the interleaving rung only finished pairs count: a basic start or a provisional sample is another rung's business.
    const wanted = evidence.filter(({ sample }) => sample.reply === (rung.interleave ? "interleaved" : "basic"));
    for (const one of wanted) {
      const at = one.sample.reply === "interleaved" ? earlier : reading;
      if (at !== null) run.exchanges.push(judge(one, at, rung));
      got += 1;
    }
    admitted += evidence.length;
    if (admitted >= FULL && wanted.length > 0) run.reported.push(reportedBy(probe, reading, rung));
    if (evidence.length === 0) run.failures += 1;
    earlier = reading;
    if (paceMs > 0) await pause(paceMs);
  }
}

function makeProbe(rung: Rung, { address, port }: Endpoint): SourceProbe {
  const probe = new SourceProbe({
    source: { ...makeSource(address, port, "declared"), rootsRoundedUp: true },
    drift: uncalibrated(rhoOf(rung)),
    sigma: SIGMA,
    client: { interleave: rung.interleave, interleaveAfter: 1 },
    quality: { precision: rung.transport.precision, uncertainty: rung.transport.uncertainty, rootsRoundedUp: true },
    pollSeconds: 1,
    trusted: false,
    refidOf,
  });
  probe.resolved(address);
  return probe;
}

const rhoOf = (rung: Rung) => (rung.clocks.ruler === "raw" ? RHO : ppb(RHO + UNKNOWN_SLEW));

const microseconds = (interval: Interval): number => Math.abs(Number(midpoint(interval))) / 1000;

/** As the agent publishes them when this is its only source. */
function reportedBy(probe: SourceProbe, reading: HostReading, rung: Rung): Reported {
  const { interval, tight } = probe.facts(reading.rawAfter);
  const offset = interval && offsetAt(reading, interval, rhoOf(rung));
  const within = offset && tight && intersect(offset, offsetAt(reading, tight, rhoOf(rung)));
  return { guaranteed: offset && microseconds(offset), tight: within && microseconds(within) };
}

/** The interval of one exchange alone, carried to the reading that followed it. */
function judge(evidence: Evidence, reading: HostReading, rung: Rung): MeasuredExchange {
  const rho = rhoOf(rung);
  const { exchange } = evidence.sample;
  const own = intervalAtReceive(exchange, evidence.budget, rho);
  if (typeof own === "string") throw new Error(`Cannot judge an exchange that was accepted and is ${own}`);
  const age = reading.rawAfter > exchange.t4 ? reading.rawAfter - exchange.t4 : 0n;
  const offset = offsetAt(reading, widen(own, rho, age), rho);
  const path = delay(exchange) > 0n ? divCeil(delay(exchange), 2n) : 0n;
  // The read of REALTIME itself belongs to the stamp term of a rung: 50 ns by the kernel's clocks, 1.5 ms by the process's.
  const bracket = reading.rawAfter - reading.rawBefore;
  const read = divCeil(bracket, 2n) + drift(rho, bracket);
  // The two constraints have two ages: the upper one is as old as t1, the lower as t4.
  const ages = (drift(rho, age + (exchange.t4 - exchange.t1)) + drift(rho, age)) / 2n;
  const floor = path + evidence.budget.total + read + ages;
  return {
    error: microseconds(offset),
    halfWidth: Number(halfWidth(offset)) / 1000,
    overFloor: Number(halfWidth(offset)) / Number(floor),
    held: contains(offset, 0n),
    evidence,
    reading,
  };
}

export function rungResult(mode: string, { exchanges, reported, failures }: Run): RungResult {
  const errors = exchanges.map(({ error }) => error);
  const widths = exchanges.map((one) => one.halfWidth);
  return {
    mode,
    exchanges: exchanges.length,
    missed: exchanges.filter(({ held }) => !held).length,
    failures,
    medianError: median(errors),
    p99Error: quantile(errors, 0.99),
    medianHalfWidth: median(widths),
    p99HalfWidth: quantile(widths, 0.99),
    windowGuaranteed: median(reported.flatMap(({ guaranteed }) => guaranteed ?? [])),
    windowTight: median(reported.flatMap(({ tight }) => tight ?? [])),
    widthRatio: median(exchanges.map(({ overFloor }) => overFloor)),
  };
}
