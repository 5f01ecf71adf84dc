import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rungs } from "@truebound/agent";
import { askForRuler, DEFAULT_CLIENT, FRESH_MEMORY, makeRequest } from "@truebound/ntp";
import { contains, halfWidth } from "@truebound/time";
import { measureRuler } from "../peers/ruler-exchange.ts";
import { end, endWithUs } from "./children.ts";
import { startChronydServer } from "./chronyd.ts";
import { measureRung, newRun, type RungResult, rungResult } from "./measured-exchange.ts";
import { processorSeconds } from "./processor-time.ts";
import { quantile } from "./statistics.ts";

/** One server, asked as fast as it answers, and measured by our own best client: its error is the server's. */
export interface ResponderResult {
  readonly server: string;
  readonly requests: number;
  /** Requests answered in a second of its processor. */
  readonly perSecond: number;
  readonly rungs: readonly RungResult[];
}

/** The same of a responder that also tells its ruler; two on one machine have one, so the true difference is zero. µs. */
export interface RulerResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly exchanges: number;
  readonly missed: number;
  readonly medianHalfWidth: number;
  /** What the reading owns to: it widens both sides. */
  readonly medianError: number;
  readonly p99Error: number;
}

const CHILD = fileURLToPath(new URL("../../dist/bench/responder-child.js", import.meta.url));
const REQUEST = makeRequest(FRESH_MEMORY, { transmit: 77n, receive: 78n }, DEFAULT_CLIENT).bytes;
/** Requests under way at once, so that none waits for the asker and none is thrown away. */
const UNDER_WAY = 64;

/** Ours and chronyd, each in a process of its own, in turns. */
export async function measureResponders(
  seconds: number,
  exchanges: number,
  log: (text: string) => void,
): Promise<{ readonly results: ResponderResult[]; readonly ruler: RulerResult }> {
  const child = endWithUs(fork(CHILD, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: [] }));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(message as number));
    child.once("exit", (code) => reject(new Error(`The responder ended with code ${code}`)));
  });
  const chronyd = await startChronydServer();
  try {
    const places = [
      { server: "truebound", port, pid: child.pid as number },
      { server: "chronyd", port: chronyd.port, pid: Number(readFileSync(join(chronyd.folder, "run/pid"), "utf8")) },
    ];
    const results: ResponderResult[] = [];
    for (const place of places) results.push(await measureOne(place, seconds, exchanges, log));
    return { results, ruler: await measureRulerOf(places[0] as Place, seconds, exchanges, log) };
  } finally {
    await end(child);
    await chronyd.stop();
  }
}

interface Place {
  readonly server: string;
  readonly port: number;
  readonly pid: number;
}

async function measureOne(
  { server, port, pid }: Place,
  seconds: number,
  exchanges: number,
  log: (text: string) => void,
): Promise<ResponderResult> {
  log(`${server}: ${exchanges} exchanges`);
  const measured: RungResult[] = [];
  for (const { mode, build } of rungs().slice(0, 2)) {
    const rung = build();
    const run = newRun();
    await measureRung(rung, { endpoint: { address: "127.0.0.1", port }, exchanges, paceMs: 1 }, run);
    rung.close();
    measured.push(rungResult(mode, run));
  }
  log(`${server}: asked without a pause for ${seconds} s`);
  const before = processorSeconds(pid);
  const requests = await flood(port, REQUEST, seconds);
  return { server, requests, perSecond: requests / (processorSeconds(pid) - before), rungs: measured };
}

async function measureRulerOf({ port, pid }: Place, seconds: number, wanted: number, log: (text: string) => void): Promise<RulerResult> {
  log(`truebound, asked for its ruler: ${wanted} exchanges`);
  const basic = rungs().find(({ mode }) => mode === "kernel_basic");
  if (basic === undefined) throw new Error("Cannot take the kernel's stamps here: koffi is not there");
  const rung = basic.build();
  const told = [];
  for (let turn = 0; turn < wanted; turn++)
    told.push(...[await measureRuler(rung, { address: "127.0.0.1", port })].filter((one) => one !== null));
  rung.close();
  log(`truebound, asked for its ruler without a pause for ${seconds} s`);
  const before = processorSeconds(pid);
  const requests = await flood(port, askForRuler(REQUEST), seconds);
  const errors = told.map(({ reading }) => Number(reading.error) / 1000);
  return {
    requests,
    perSecond: requests / (processorSeconds(pid) - before),
    exchanges: told.length,
    missed: told.filter(({ difference }) => !contains(difference, 0n)).length,
    medianHalfWidth: quantile(
      told.map(({ difference }) => Number(halfWidth(difference)) / 1000),
      0.5,
    ),
    medianError: quantile(errors, 0.5),
    p99Error: quantile(errors, 0.99),
  };
}

/** Answers got within so many seconds. What gets lost is made up for. */
function flood(port: number, request: Uint8Array, seconds: number): Promise<number> {
  const socket = createSocket("udp4");
  let answers = 0;
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    const ask = () => socket.send(request);
    socket.on("message", () => {
      answers += 1;
      ask();
    });
    socket.connect(port, "127.0.0.1", () => {
      for (let count = 0; count < UNDER_WAY; count++) ask();
    });
    const refill = setInterval(ask, 10);
    setTimeout(() => {
      clearInterval(refill);
      socket.close();
      resolve(answers);
    }, seconds * 1000);
  });
}
