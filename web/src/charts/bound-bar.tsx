import type { Bound } from "@truebound/wire";
import type { JSX } from "preact";
import { boundText, exactBound, exactNs } from "../format/bound.ts";
import { limitText } from "../format/limit-words.ts";
import type { Look } from "../format/status-look.ts";
import { percent, type SymlogAxis } from "./symlog.ts";

interface BoundBarProps {
  readonly axis: SymlogAxis;
  readonly bound: Bound;
  readonly look: Look;
  /** The injected offset of a simulated clock; null where it is not to be shown. */
  readonly truth_ns?: string | null;
  /** A second bound to compare with, drawn behind. */
  readonly behind?: Bound | null;
  /** Drawn to both sides of zero. */
  readonly limit_ns?: string | null;
  /** What is bounded. */
  readonly of?: string;
}

const at = (axis: SymlogAxis, value_ns: string): number => percent(axis, Number(value_ns));
const css = (value: number): string => `${value.toFixed(3)}%`;

/** One interval around zero, between two end stops that stay visible however narrow it is. */
export function BoundBar({
  axis,
  bound,
  look,
  truth_ns = null,
  behind = null,
  limit_ns = null,
  of = "offset",
}: BoundBarProps): JSX.Element {
  const lo = at(axis, bound.lo_ns);
  const hi = at(axis, bound.hi_ns);
  const truth = (before: string): string => (truth_ns === null ? "" : `${before}injected truth ${exactNs(truth_ns)}`);
  return (
    <svg
      class={`bar look-${look}`}
      role="img"
      aria-label={`${of} ${boundText(bound)}${limit_ns === null ? "" : `, limit ${limitText(limit_ns)}`}${truth(", ")}`}
    >
      <title>{`${exactBound(bound)}${truth("\n")}${limit_ns === null ? "" : `\nlimit ±${exactNs(limit_ns).replace("+", "")}`}`}</title>
      {behind && <Behind axis={axis} bound={behind} />}
      {limit_ns !== null && <Limit axis={axis} limit_ns={limit_ns} />}
      <Leader lo={lo} hi={hi} />
      <rect class="bar-body" x={css(lo)} width={css(hi - lo)} y="30%" height="40%" />
      <Stop x={lo} bound={bound.lo_ns} axis={axis} />
      <Stop x={hi} bound={bound.hi_ns} axis={axis} />
      {truth_ns !== null && <Truth x={at(axis, truth_ns)} />}
    </svg>
  );
}

function Behind({ axis, bound }: { readonly axis: SymlogAxis; readonly bound: Bound }): JSX.Element {
  const lo = at(axis, bound.lo_ns);
  return <rect class="bar-behind" x={css(lo)} width={css(at(axis, bound.hi_ns) - lo)} y="0" height="100%" />;
}

/** What lies beyond a limit is shaded, so that the eye sees what the bound reaches into. */
function Limit({ axis, limit_ns }: { readonly axis: SymlogAxis; readonly limit_ns: string }): JSX.Element {
  const [low, high] = [percent(axis, -Number(limit_ns)), at(axis, limit_ns)];
  return (
    <g>
      <rect class="bar-out" x="0" width={css(low)} y="0" height="100%" />
      <rect class="bar-out" x={css(high)} width={css(100 - high)} y="0" height="100%" />
      <line class="bar-limit" x1={css(low)} x2={css(low)} y1="0" y2="100%" />
      <line class="bar-limit" x1={css(high)} x2={css(high)} y1="0" y2="100%" />
    </g>
  );
}

const ZERO = 50;

/** From zero to a bound that does not reach it, so that the eye sees how far off the clock is. */
function Leader({ lo, hi }: { readonly lo: number; readonly hi: number }): JSX.Element | null {
  if (lo <= ZERO && hi >= ZERO) return null;
  return <line class="bar-leader" x1={css(ZERO)} x2={css(lo > ZERO ? lo : hi)} y1="50%" y2="50%" />;
}

/** A stop is a line; an end that lies beyond the axis is an arrowhead instead. */
function Stop({ x, bound, axis }: { readonly x: number; readonly bound: string; readonly axis: SymlogAxis }): JSX.Element {
  const value = Number(bound);
  if (Math.abs(value) <= axis.max_ns) return <line class="bar-stop" x1={css(x)} x2={css(x)} y1="16%" y2="84%" />;
  return (
    <svg x={css(x)} y="50%" class="overflow" aria-hidden="true">
      <path class="bar-beyond" d={value > 0 ? "M-7-6 1 0-7 6z" : "M7-6-1 0 7 6z"} />
    </svg>
  );
}

/** A plumb line whose bob hangs below the bar, so that it hides nothing of a narrow one. */
const Truth = ({ x }: { readonly x: number }): JSX.Element => (
  <svg x={css(x)} y="100%" class="overflow" aria-hidden="true">
    <line class="truth-line" y1="-30" y2="0" />
    <path class="truth" d="M0-8 4.5-3 0 2-4.5-3z" />
  </svg>
);
