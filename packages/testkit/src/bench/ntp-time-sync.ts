import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import {
  chooseRung,
  type Endpoint,
  makeSource,
  nonceSource,
  OpinionChild,
  opinionProgram,
  pollOnce,
  type Rung,
  refidOf,
  SourceProbe,
  secondOpinion,
} from "@truebound/agent";
import {
  DEFAULT_RHO_PPB,
  type HostReading,
  halfWidth,
  type Interval,
  intervalAtReceive,
  midpoint,
  offsetAt,
  ppb,
  touches,
  UNKNOWN_SLEW,
  uncalibrated,
  widen,
} from "@truebound/time";
import { SeededRandom } from "../sim/random.ts";
import { runningTime } from "../sim/sim-clock.ts";
import { startReferenceServer } from "../udp/reference-server.ts";
import { startRelay } from "../udp/relay.ts";
import { startChronydServer } from "./chronyd.ts";
import { median } from "./statistics.ts";

/** Three ways to measure one server, side by side; ms. */
export interface SideBySide {
  readonly server: string;
  readonly path: string;
  readonly trueOffset: number;
  /** What ntp-time-sync itself says. */
  readonly own: number;
  /** Of the interval made of its stamps. */
  readonly throughIt: Measured;
  readonly engine: Measured;
}

export interface Measured {
  /** Median middle, and half-width. */
  readonly middle: number;
  readonly halfWidth: number;
  readonly exchanges: number;
  /** Intervals that do not hold the truth. */
  readonly missed: number;
}

const OFFSETS_MS = [0, 5, -5, 500, -500] as const;
const PATHS = [
  { name: "loopback", ms: 0 },
  { name: "20 ms each way", ms: 20 },
] as const;
const EACH = 40;
const OWN = 15;
const RATES = { rho: DEFAULT_RHO_PPB, slew: UNKNOWN_SLEW };

/** Against servers whose clock is wrong in a known way, and a real chronyd, which claims this machine's own. */
export async function measureNtpTimeSync(log: (text: string) => void): Promise<SideBySide[]> {
  const { rung } = await chooseRung(nonceSource());
  const measured: SideBySide[] = [];
  try {
    for (const { name, ms } of PATHS) {
      const chronyd = await startChronydServer();
      measured.push(
        await onPath({ address: "127.0.0.1", port: chronyd.port }, { server: "chronyd", path: name, ms, rung, truth: () => ZERO }, log),
      );
      await chronyd.stop();
      for (const offsetMs of OFFSETS_MS) {
        const truth = anchored(rung);
        const error = BigInt(offsetMs) * 1_000_000n;
        const server = await startReferenceServer({ address: "127.0.28.1", truth: truth.time, error: () => error });
        const at = (reading: HostReading) => truth.at(reading, error);
        measured.push(await onPath(server, { server: `simulated, ${offsetMs} ms`, path: name, ms, rung, truth: at }, log));
        server.close();
      }
    }
  } finally {
    rung.close();
  }
  return measured;
}

const ZERO: Interval = { lo: 0n, hi: 0n };

/** A running time that began at this machine's own REALTIME, and the true offset at a reading, as exactly as both are read. */
function anchored(rung: Rung) {
  const before = process.hrtime.bigint();
  const start = rung.clocks.read();
  const after = process.hrtime.bigint();
  const time = runningTime(start.realtime, before);
  const at = (reading: HostReading, error: bigint): Interval => {
    const elapsed = reading.monotonic - before;
    const utc = start.realtime + elapsed + error - reading.realtime;
    // Which of the many reads within the two looks counts is not known.
    return { lo: utc - (reading.rawEnd - reading.rawBefore), hi: utc + (after - before) };
  };
  return { time, at };
}

interface Way {
  readonly server: string;
  readonly path: string;
  readonly ms: number;
  readonly rung: Rung;
  readonly truth: (reading: HostReading) => Interval;
}

async function onPath(direct: Endpoint, { server, path, ms, rung, truth }: Way, log: (text: string) => void): Promise<SideBySide> {
  const relay = ms === 0 ? null : await startRelay("127.0.0.1", direct, { thereMs: ms, backMs: ms }, new SeededRandom(7));
  const endpoint = relay === null ? direct : { address: relay.address, port: relay.port };
  log(`${server}, ${path}`);
  const throughIt = await throughItsStamps(endpoint, rung, truth);
  const engine = await byTheEngine(endpoint, rung, truth);
  const own = median(await ownAnswers(endpoint));
  relay?.close();
  const trueOffset = Number(midpoint(truth(rung.clocks.read()))) / 1e6;
  return { server, path, trueOffset, own, throughIt, engine };
}

interface Judged {
  readonly offset: Interval;
  readonly held: boolean;
}

async function throughItsStamps({ address, port }: Endpoint, rung: Rung, truth: Way["truth"]): Promise<Measured> {
  const child = new OpinionChild();
  const judged: Judged[] = [];
  for (let taken = 0; taken < EACH; taken++) {
    const before = rung.clocks.read();
    const answer = await child.ask(address, port);
    const after = rung.clocks.read();
    const { offset, troubles } = secondOpinion("bench", [{ answer, before, after }], after, RATES);
    if (offset === null) throw new Error(`Cannot judge an exchange of ntp-time-sync: ${JSON.stringify(troubles)}`);
    judged.push({ offset, held: touches(offset, truth(after)) });
  }
  child.close();
  return summary(judged);
}

async function byTheEngine({ address, port }: Endpoint, rung: Rung, truth: Way["truth"]): Promise<Measured> {
  const probe = new SourceProbe({
    source: makeSource(address, port, "declared"),
    drift: uncalibrated(DEFAULT_RHO_PPB),
    sigma: ppb(2000n),
    client: { interleave: false, interleaveAfter: 1 },
    quality: { precision: rung.transport.precision, uncertainty: rung.transport.uncertainty, rootsRoundedUp: false },
    pollSeconds: 1,
    trusted: false,
    refidOf,
  });
  probe.resolved(address);
  const judged: Judged[] = [];
  const instruments = { clocks: rung.clocks, transport: rung.transport, nonce: nonceSource() };
  for (let taken = 0; taken < EACH; taken++)
    for (const { sample, budget } of await pollOnce(probe, instruments)) {
      const reading = rung.clocks.read();
      const bound = intervalAtReceive(sample.exchange, budget, DEFAULT_RHO_PPB);
      if (typeof bound === "string") throw new Error(`Cannot judge an exchange that was accepted and is ${bound}`);
      const offset = offsetAt(reading, widen(bound, DEFAULT_RHO_PPB, reading.rawAfter - sample.exchange.t4), DEFAULT_RHO_PPB);
      judged.push({ offset, held: touches(offset, truth(reading)) });
    }
  return summary(judged);
}

function summary(judged: readonly Judged[]): Measured {
  return {
    middle: median(judged.map(({ offset }) => Number(midpoint(offset)) / 1e6)),
    halfWidth: median(judged.map(({ offset }) => Number(halfWidth(offset)) / 1e6)),
    exchanges: judged.length,
    missed: judged.filter(({ held }) => !held).length,
  };
}

/** By the library's own formula, each of one sample, by the program that runs it. */
async function ownAnswers({ address, port }: Endpoint): Promise<number[]> {
  const program = opinionProgram();
  if (program === null) throw new Error("Cannot run ntp-time-sync: its package is not installed");
  const child: ChildProcess = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "ignore"], env: {} });
  const answers: number[] = [];
  for (let id = 1; id <= OWN; id++) child.stdin?.write(`${JSON.stringify({ id, ask: "own_answer", host: address, port })}\n`);
  child.stdin?.end();
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const { offset_ms } = JSON.parse(line) as { readonly offset_ms?: number };
    if (offset_ms !== undefined) answers.push(offset_ms);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return answers;
}
