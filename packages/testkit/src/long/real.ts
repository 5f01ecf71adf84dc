import { type ChildProcess, spawn } from "node:child_process";
import { rungs } from "@truebound/agent";
import { chronydPath, startChronydServer } from "../bench/chronyd.ts";
import { type Judged, judgeExchanges } from "./judged-exchange.ts";
import { count, type Part } from "./part.ts";

/** What else this machine does meanwhile. */
const LOADS = ["idle", "both cores busy", "event loop blocked 5 ms of each 50"] as const;
type Load = (typeof LOADS)[number];

export interface RealTally extends Judged {
  readonly load: Load;
  readonly mode: string;
}

const KERNEL_RUNGS = ["kernel_interleaved", "kernel_basic"];
const KERNEL_SHARE = 0.4;
const LOWER_SHARE = 0.05;

/** Every rung against a real chronyd on loopback, under each load in turn. */
export async function measureReal(exchanges: number, log: (text: string) => void): Promise<RealTally[]> {
  const server = await startChronydServer();
  try {
    const tallies: RealTally[] = [];
    for (const load of LOADS) {
      const end = startLoad(load);
      try {
        for (const { mode, build } of rungs()) {
          const share = KERNEL_RUNGS.includes(mode) ? KERNEL_SHARE : LOWER_SHARE;
          const rung = build();
          tallies.push({ load, mode, ...(await judgeExchanges(rung, server.port, Math.ceil((exchanges * share) / LOADS.length))) });
          rung.close();
          log(inWords(tallies.at(-1) as RealTally));
        }
      } finally {
        end();
      }
    }
    return tallies;
  } finally {
    await server.stop();
  }
}

/** Returns what ends it. */
function startLoad(load: Load): () => void {
  if (load === "idle") return () => undefined;
  if (load === "both cores busy") {
    const spinning = [spin(), spin()];
    return () => {
      for (const child of spinning) child.kill("SIGKILL");
    };
  }
  const timer = setInterval(blockLoop, 50);
  return () => clearInterval(timer);
}

/** An hour at most, should nobody end it. */
const SPIN = "const end = performance.now() + 3.6e6; while (performance.now() < end);";
const spin = (): ChildProcess => spawn(process.execPath, ["-e", SPIN], { stdio: "ignore" });

function blockLoop(): void {
  const end = performance.now() + 5;
  while (performance.now() < end);
}

export const realPart: Part = {
  name: "real",
  startsOthers: true,
  about: "every rung against a real chronyd on loopback, idle and under load",
  run: async ({ real }, log) => {
    if (chronydPath() === null) return { ok: false, lines: ["chronyd not found: nothing was measured"] };
    const tallies = await measureReal(real, log);
    const sum = (of: (tally: RealTally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
    const missed = sum((tally) => tally.missed);
    const summary = `${count(sum(({ exchanges }) => exchanges))} exchanges, ${missed} intervals without the truth, ${sum(({ failed }) => failed)} gave nothing`;
    return { ok: missed === 0, lines: [summary, ...tallies.map((tally) => `  ${inWords(tally)}`)] };
  },
};

const inWords = ({ load, mode, exchanges, missed, failed, worstRatio, troubles }: RealTally): string =>
  `${load}, ${mode}: missed ${missed} of ${count(exchanges)}, ${failed} gave nothing${failed > 0 ? ` ${JSON.stringify(troubles)}` : ""}, at worst ${(worstRatio * 100).toFixed(0)} % of the half-width`;
