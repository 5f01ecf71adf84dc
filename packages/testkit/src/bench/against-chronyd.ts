import { setTimeout as pause } from "node:timers/promises";
import { type Evidence, makeSource, nonceSource, pollOnce, type Rung, refidOf, rungs, SourceProbe } from "@truebound/agent";
import {
  ConstraintWindow,
  constraints,
  contains,
  delay,
  divCeil,
  drift,
  type HostReading,
  halfWidth,
  intervalAtReceive,
  midpoint,
  offsetAt,
  ppb,
  UNKNOWN_SLEW,
  uncalibrated,
  widen,
} from "@truebound/time";
import { startChronydClient, startChronydServer } from "./chronyd.ts";
import { median, quantile } from "./statistics.ts";

/** One way of measuring, over many exchanges with a server that shares this machine's clock: every offset is an error. */
export interface RungResult {
  readonly mode: string;
  readonly exchanges: number;
  /** Intervals that do not hold the true offset of zero. */
  readonly missed: number;
  readonly failures: number;
  /** |midpoint| of single exchanges, µs. */
  readonly medianError: number;
  readonly p99Error: number;
  /** |midpoint| of the intersection of 64 consecutive exchanges, µs. */
  readonly median64: number;
  readonly medianHalfWidth: number;
  /** Half-width over its floor, delay/2 + E + clock read + rho·age. */
  readonly widthRatio: number;
}

export interface ChronydResult {
  readonly name: string;
  readonly samples: number;
  readonly medianError: number;
  readonly p99Error: number;
}

const RHO = ppb(200_000n);
const GROUP = 64;
const ROUNDS = 5;
/** chronyd's own clients poll this often; compared at the same pace, caches are as cold for one as for the other. */
const PACE_MS = 62.5;
const COMPARED_MODES = ["kernel_interleaved", "kernel_basic"];

interface Sample {
  readonly error: number;
  readonly halfWidth: number;
  readonly ratio: number;
  readonly held: boolean;
  readonly evidence: Evidence;
  readonly reading: HostReading;
}

export interface AgainstChronyd {
  /** Every rung, back to back: is the truth always inside? */
  readonly rungs: readonly RungResult[];
  /** The kernel rungs at chronyd's own pace, in the same seconds. */
  readonly paced: readonly RungResult[];
  readonly chronyd: readonly ChronydResult[];
}

/** Runs all rungs in turns against one chronyd, then those that compare beside chronyd's own clients of the same server. */
export async function measureAgainstChronyd(exchanges: number, compareS: number, log: (text: string) => void): Promise<AgainstChronyd> {
  const server = await startChronydServer();
  try {
    const built = rungs().map(({ build }) => build());
    const contained = await measureInTurns(built, server.port, exchanges, log);
    log(`beside chronyd's own clients for ${compareS} s`);
    const clients = { basic: startChronydClient(server.port, ""), interleaved: startChronydClient(server.port, "xleave") };
    const compared = built.filter(({ mode }) => COMPARED_MODES.includes(mode));
    const paced = await Promise.all(compared.map((rung) => measurePaced(rung, server.port, Math.ceil((compareS * 1000) / PACE_MS))));
    const chronyd = Object.entries(clients).map(([name, client]) => chronydResult(name, client.measurements()));
    await Promise.all([clients.basic.stop(), clients.interleaved.stop()]);
    for (const { transport } of built) transport.close();
    return { rungs: contained, paced, chronyd };
  } finally {
    await server.stop();
  }
}

async function measureInTurns(built: readonly Rung[], port: number, exchanges: number, log: (text: string) => void): Promise<RungResult[]> {
  const runs = built.map((rung) => ({ rung, samples: [] as Sample[], failures: 0 }));
  for (let round = 0; round < ROUNDS; round++)
    for (const run of runs) {
      run.failures += await measureRung(run.rung, port, Math.ceil(exchanges / ROUNDS), 0, run.samples);
      log(`round ${round + 1} of ${ROUNDS}, ${run.rung.mode}: ${run.samples.length} exchanges`);
    }
  return runs.map(({ rung, samples, failures }) => rungResult(rung.mode, samples, failures));
}

async function measurePaced(rung: Rung, port: number, count: number): Promise<RungResult> {
  const samples: Sample[] = [];
  const failures = await measureRung(rung, port, count, PACE_MS, samples);
  return rungResult(rung.mode, samples, failures);
}

async function measureRung(rung: Rung, port: number, count: number, paceMs: number, samples: Sample[]): Promise<number> {
  const probe = new SourceProbe({
    source: { ...makeSource("127.0.0.1", port, "declared"), rootsRoundedUp: true },
    drift: uncalibrated(RHO),
    sigma: ppb(2000n),
    client: { interleave: rung.interleave, interleaveAfter: 1 },
    quality: { precision: rung.transport.precision, uncertainty: rung.transport.uncertainty, rootsRoundedUp: true },
    pollSeconds: 1,
    trusted: false,
    refidOf,
  });
  probe.resolved("127.0.0.1");
  const instruments = { clocks: rung.clocks, transport: rung.transport, nonce: nonceSource() };
  let earlier: HostReading | null = null;
  let failures = 0;
  for (let got = 0, tried = 0; got < count && tried < count * 2; tried++) {
    const evidence = await pollOnce(probe, instruments);
    const reading = rung.clocks.read();
    // On the interleaving rung only finished pairs count: a basic start or a provisional sample is another rung's business.
    const wanted = evidence.filter(({ sample }) => (rung.interleave ? sample.reply === "interleaved" : sample.reply === "basic"));
    for (const one of wanted) {
      const at = one.sample.reply === "interleaved" ? earlier : reading;
      if (at !== null) samples.push(judge(one, at, rung));
      got += 1;
    }
    if (evidence.length === 0) failures += 1;
    earlier = reading;
    if (paceMs > 0) await pause(paceMs);
  }
  return failures;
}

/** The interval of one exchange alone, carried to the reading that followed it. */
function judge(evidence: Evidence, reading: HostReading, rung: Rung): Sample {
  const rho = rung.clocks.ruler === "raw" ? RHO : ppb(RHO + UNKNOWN_SLEW);
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
    error: Math.abs(Number(midpoint(offset))) / 1000,
    halfWidth: Number(halfWidth(offset)) / 1000,
    ratio: Number(halfWidth(offset)) / Number(floor),
    held: contains(offset, 0n),
    evidence,
    reading,
  };
}

function rungResult(mode: string, samples: readonly Sample[], failures: number): RungResult {
  const errors = samples.map(({ error }) => error);
  return {
    mode,
    exchanges: samples.length,
    missed: samples.filter(({ held }) => !held).length,
    failures,
    medianError: median(errors),
    p99Error: quantile(errors, 0.99),
    median64: median(groups(samples).map(midpointOf)),
    medianHalfWidth: median(samples.map(({ halfWidth }) => halfWidth)),
    widthRatio: median(samples.map(({ ratio }) => ratio)),
  };
}

const groups = (samples: readonly Sample[]): Sample[][] =>
  Array.from({ length: Math.floor(samples.length / GROUP) }, (_, index) => samples.slice(index * GROUP, (index + 1) * GROUP));

/** |midpoint| of the drift-widened intersection of a group at its last reading, µs. */
function midpointOf(group: readonly Sample[]): number {
  const window = new ConstraintWindow<undefined>(uncalibrated(RHO));
  for (const { evidence } of group) {
    const sides = constraints(evidence.sample.exchange, evidence.budget, RHO);
    if (typeof sides !== "string") window.add(sides, undefined);
  }
  const { reading } = group.at(-1) as Sample;
  const bound = window.boundAt(reading.rawAfter);
  return bound.kind === "bound" ? Math.abs(Number(midpoint(offsetAt(reading, bound.interval, RHO)))) / 1000 : Number.NaN;
}

function chronydResult(name: string, measurements: readonly { offset: number }[]): ChronydResult {
  const errors = measurements.map(({ offset }) => Math.abs(offset) * 1e6);
  return { name, samples: errors.length, medianError: median(errors), p99Error: quantile(errors, 0.99) };
}
