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
  run: async ({ cases, parsers, seed }, log) => {
    const collect = collector();
    const targets = fuzzTargets.filter(({ name }) => parsers === null || parsers.some((word) => name.includes(word)));
    if (targets.length === 0) return { ok: false, lines: [`no parser is named by ${parsers?.join(",")}`] };
    const share = parsers === null ? Math.ceil(cases / targets.length) : cases;
    const tallies = targets.map((target) => {
      const tally = runTarget(target, share, seed, collect);
      log(`${tally.name}: ${count(tally.cases)} cases, ${perCase(tally)} µs each, ${(tally.processorS / 60).toFixed(1)} processor minutes`);
      return tally;
    });
    return { ok: tallies.every(isSound), lines: [inWords(tallies), ...tallies.flatMap(flawsInWords)] };
  },
};

const perCase = ({ seconds, cases }: FuzzTally): string => ((seconds * 1e6) / cases).toFixed(1);

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
