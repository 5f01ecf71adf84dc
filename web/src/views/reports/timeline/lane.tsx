import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { untouched, verdictLane, WORST_FIRST } from "../../../charts/verdict-lane.ts";
import { LanePicture } from "../../../charts/verdict-lane-picture.tsx";
import { utcExact } from "../../../format/instant.ts";
import type { Result } from "../manifest.ts";
import { heldExemption } from "./held-exemption.ts";
import { stepped } from "./lane-keys.ts";
import { totalsWords, verdictWord, whyOf } from "./span-words.ts";

interface LaneProps {
  readonly result: Result;
  readonly edges: readonly string[];
}

/** One result over the period. A pointer, or the keys once it has the focus, tell each stretch in words. */
export function Lane({ result, edges }: LaneProps): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const columns = edges.length - 1;
  const lane = useMemo(() => drawnOf(result, edges), [result, edges]);
  const said = at === null ? null : saidAt(result, lane, Math.min(at, columns - 1));
  return (
    <div class="lane">
      <div
        class="lane-field"
        role="slider"
        tabIndex={0}
        aria-label={`Verdicts of ${result.name}, ${result.profile}, over the period`}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={columns - 1}
        aria-valuenow={at ?? 0}
        aria-valuetext={said ?? totalsWords(result)}
        onPointerMove={(event) => setAt(columnOf(event, columns))}
        onPointerDown={(event) => setAt(columnOf(event, columns))}
        onPointerLeave={() => setAt(null)}
        onFocus={() => setAt((before) => before ?? worstColumn(lane.runs))}
        onBlur={() => setAt(null)}
        onKeyDown={(event) => {
          const next = event.key === "Escape" ? null : stepped(lane.runs, at, event.key);
          if (next === undefined) return;
          event.preventDefault();
          setAt(next);
        }}
      >
        <LanePicture columns={columns} {...lane} at={at} />
      </div>
      <p class="lane-said">{said ?? totalsWords(result)}</p>
    </div>
  );
}

interface Pointed {
  readonly currentTarget: HTMLElement;
  readonly clientX: number;
}

type Drawn = ReturnType<typeof drawnOf>;

function drawnOf(result: Result, edges: readonly string[]) {
  const held = result.exemptions.flatMap((one) => heldExemption(one) ?? []);
  return {
    ...verdictLane(result.spans, edges),
    closed: untouched(
      result.schedule.map(([from, to]) => [from, to, "open"]),
      edges,
    ),
    exempt: verdictLane(
      held.map(({ from, to, isLate }) => [from, to, isLate ? "late" : "held"]),
      edges,
    ).runs,
  };
}

function columnOf({ currentTarget, clientX }: Pointed, columns: number): number {
  const { left } = currentTarget.getBoundingClientRect();
  return Math.max(0, Math.min(columns - 1, Math.floor(clientX - left)));
}

/** Where the keys begin: at the worst that there is. */
const worstColumn = (runs: Drawn["runs"]): number =>
  WORST_FIRST.flatMap((verdict) => runs.find(({ what }) => what === verdict)?.from ?? []).at(0) ?? 0;

/** What lies under a column: the worst of it, exact, and why. */
function saidAt(result: Result, { worst, touching }: Drawn, column: number): string | null {
  const span = result.spans[worst[column] ?? -1];
  if (span === undefined) return null;
  const [from, to, verdict] = span;
  const others = (touching[column] ?? 1) - 1;
  const why = whyOf(result, span);
  return `${utcExact(from)} to ${utcExact(to)}: ${verdictWord(verdict)}${why.length === 0 ? "" : `; ${why.join("; ")}`}${others > 0 ? ` (the worst of ${others + 1} stretches in this pixel)` : ""}`;
}
