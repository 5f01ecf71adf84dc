import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { count, type Part } from "../part.ts";
import { type FuzzTally, LONGEST_MS, runTarget } from "./run-target.ts";
import { fuzzTargets } from "./targets.ts";

/** R4: more than this may no parser leave behind. */
const MOST_HEAP_MIB = 20;

export const fuzzPart: Part = {
  name: "fuzz",
  about: "structured cases for every parser at its boundary",
  run: async ({ cases, seed }, log) => {
    const collect = collector();
    const share = Math.ceil(cases / fuzzTargets.length);
    const tallies = fuzzTargets.map((target) => {
      const tally = runTarget(target, share, seed, collect);
      log(`${tally.name}: ${count(tally.cases)} cases, ${((tally.seconds * 1e6) / tally.cases).toFixed(1)} µs each`);
      return tally;
    });
    return { ok: tallies.every(isSound), lines: [inWords(tallies), ...tallies.flatMap(flawsInWords)] };
  },
};

const isSound = ({ found, slow, heapMiB }: FuzzTally): boolean => found === 0 && slow === 0 && (heapMiB ?? 0) < MOST_HEAP_MIB;

function inWords(tallies: readonly FuzzTally[]): string {
  const sum = (of: (tally: FuzzTally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const heap = Math.max(...tallies.map(({ heapMiB }) => heapMiB ?? 0));
  return (
    `${count(sum(({ cases }) => cases))} cases through ${tallies.length} parsers in ${sum(({ seconds }) => seconds).toFixed(0)} s; ` +
    `${sum(({ found }) => found)} threw or gave what their type forbids, ${sum(({ slow }) => slow)} took over ${LONGEST_MS} ms, ` +
    `heap + ${heap.toFixed(1)} MiB at most`
  );
}

function flawsInWords(tally: FuzzTally): string[] {
  const { name, found, slow, slowestMs, findings } = tally;
  if (isSound(tally)) return [];
  return [
    `  ${name}: ${found} found, ${slow} slow (${slowestMs.toFixed(0)} ms), heap + ${tally.heapMiB?.toFixed(1) ?? "?"} MiB`,
    ...findings.map(({ case: number, what, input }) => `    case ${number}: ${what}: ${input}`),
  ];
}

/** V8 clears its heap for us only when asked in this way. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
