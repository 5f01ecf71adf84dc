import type { JSX } from "preact";
import { Fragment } from "preact";
import type { LaneRun } from "./verdict-lane.ts";

/** Height of a lane and, below it, of its strip of hours and exemptions, CSS px. */
const LANE = 28;
const STRIP = 8;
/** Its height tells as well as its colour and its pattern: [top, height] of the lane. */
const SHAPES: Readonly<Record<string, readonly [number, number]>> = {
  VIOLATION: [0, 28],
  CONFLICT: [3, 25],
  UNPROVEN: [12, 16],
  NO_EVIDENCE: [16, 11],
  COMPLIANT: [6, 22],
};
const UNKNOWN_SHAPE = [20, 8] as const;
/** A pixel is too little to be seen among a thousand. */
const LEAST_BREACH = 3;

interface LanePictureProps {
  readonly columns: number;
  readonly runs: readonly LaneRun[];
  readonly closed: readonly LaneRun[];
  readonly exempt: readonly LaneRun[];
  /** A column to point at; null = none. */
  readonly at: number | null;
}

/** Verdicts over the period, a pixel a column. Words stand beside it. */
export const LanePicture = ({ columns, runs, closed, exempt, at }: LanePictureProps): JSX.Element => (
  <svg class="lane-picture" width={columns} height={LANE + STRIP} viewBox={`0 0 ${columns} ${LANE + STRIP}`} aria-hidden="true">
    <line class="lane-ground" x1="0" x2={columns} y1={LANE} y2={LANE} />
    {runs.map((run) => (
      <Run key={run.from} run={run} />
    ))}
    {closed.map(({ from, to }) => (
      <Fragment key={from}>
        <rect class="lane-closed" x={from} y="0" width={to - from} height={LANE} />
        <rect class="lane-closed-strip" x={from} y={LANE + 3} width={to - from} height="3" />
      </Fragment>
    ))}
    {exempt.map(({ from, to, what }) => (
      <path
        key={from}
        class={`lane-exempt lane-exempt-${what}`}
        d={`M${from} ${LANE + 1}v${STRIP - 2}H${Math.max(to, from + LEAST_BREACH)}v-${STRIP - 2}`}
      />
    ))}
    {at !== null && <line class="lane-at" x1={at + 0.5} x2={at + 0.5} y1="0" y2={LANE + STRIP} />}
  </svg>
);

function Run({ run: { from, to, what } }: { readonly run: LaneRun }): JSX.Element {
  const [top, height] = SHAPES[what] ?? UNKNOWN_SHAPE;
  const width = what === "VIOLATION" ? Math.max(LEAST_BREACH, to - from) : to - from;
  return <rect class={`lane-run lane-${what}`} x={from} y={top} width={width} height={height} />;
}

/** What a lane draws of one verdict, for the legend. */
export const LaneSample = ({ what }: { readonly what: string }): JSX.Element => (
  <svg class="lane-sample" width="18" height={LANE} viewBox={`0 0 18 ${LANE}`} aria-hidden="true">
    <Run run={{ from: 0, to: 18, what }} />
  </svg>
);

/** Fill patterns that lanes refer to by name; put once beside them. */
export const LanePatterns = (): JSX.Element => (
  <svg class="hatches" width="0" height="0" aria-hidden="true">
    <defs>
      <pattern id="lane-cross" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" class="lane-cross-ground" />
        <path d="M0 0l6 6M6 0l-6 6" class="lane-cross-line" />
      </pattern>
      <pattern id="lane-dots" width="5" height="5" patternUnits="userSpaceOnUse">
        <circle cx="1.5" cy="1.5" r="0.9" class="lane-dot" />
      </pattern>
    </defs>
  </svg>
);
