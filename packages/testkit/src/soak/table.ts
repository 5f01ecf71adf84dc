import { textTable } from "../bench/text-table.ts";
import { judgeSlope, type Slope, type SlopeVerdict } from "./slope.ts";
import type { SoakResult } from "./soak.ts";

/** R50. */
const MIB_PER_HOUR = 1;
const LOOP_P99_MS = 50;

/** `true` = no line of it is broken; what is undecided is said and is not. */
export interface SoakTable {
  readonly text: string;
  readonly holds: boolean;
}

export function soakTable(result: SoakResult): SoakTable {
  const { memory, memoryMib, heap, heapAtRest, files, connections, loop, gaps } = result;
  const grown = ([before, after]: readonly [number, number]) => after - before;
  const verdict = (holds: boolean): SlopeVerdict => (holds ? "holds" : "broken");
  const rows: [string, string, string, SlopeVerdict | ""][] = [
    [
      `memory of the server (${memoryMib.toFixed(0)} MiB at the end)`,
      slopeWords(memory),
      `< ${MIB_PER_HOUR} MiB/h`,
      judgeSlope(memory, MIB_PER_HOUR),
    ],
    ["its heap after collections", slopeWords(heap), `< ${MIB_PER_HOUR} MiB/h`, judgeSlope(heap, MIB_PER_HOUR)],
    [
      `its heap with nobody connected (${heapAtRest[1].toFixed(1)} MiB at the end)`,
      `${signed(Number(grown(heapAtRest).toFixed(1)))} MiB in ${(result.seconds / 60).toFixed(0)} min`,
      "",
      "",
    ],
    ["file descriptors", signed(grown(files)), "+0", verdict(grown(files) <= 0)],
    ["connections to the database", signed(grown(connections)), "+0", verdict(grown(connections) <= 0)],
    [
      "delay of the event loop, p99",
      `${loop.p99.toFixed(1)} ms (p50 ${loop.p50.toFixed(1)}, longest ${loop.max.toFixed(0)})`,
      `< ${LOOP_P99_MS} ms`,
      verdict(loop.p99 < LOOP_P99_MS),
    ],
    ["gaps that no fault explains", String(gaps.length), "0", verdict(gaps.length === 0)],
  ];
  return { text: textTable(["what", "measured", "limit", ""], rows), holds: rows.every(([, , , said]) => said !== "broken") };
}

const slopeWords = (slope: Slope | null): string =>
  slope === null ? "too short to tell" : `${slope.perHour.toFixed(1)} ± ${slope.within.toFixed(1)} MiB/h`;
const signed = (count: number): string => (count > 0 ? `+${count}` : String(count));
