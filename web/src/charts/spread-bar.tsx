import type { SourceOffsets } from "@truebound/wire";
import type { JSX } from "preact";
import { boundText, exactBound } from "../format/bound.ts";
import { countWords } from "../format/count-words.ts";
import type { Look } from "../format/status-look.ts";
import { type Stretch, spreadOf } from "./spread-layout.ts";
import type { SymlogAxis } from "./symlog.ts";

interface SpreadBarProps {
  readonly axis: SymlogAxis;
  readonly offsets: SourceOffsets;
  readonly look: Look;
}

const css = (value: number): string => `${value.toFixed(3)}%`;

/** What all users together say of one source: a line to the farthest ends, a bar for the middle nine tenths, a block for the median. */
export function SpreadBar({ axis, offsets, look }: SpreadBarProps): JSX.Element {
  const { hull, most, median } = spreadOf(axis, offsets);
  const words = `offset by ${countWords(offsets.hosts, "host")}: ${boundText(offsets.hull)}, median ${boundText(offsets.p50)}`;
  return (
    <svg class={`bar spread look-${look}`} role="img" aria-label={words}>
      <title>{`all: ${exactBound(offsets.hull)}\nmedian: ${exactBound(offsets.p50)}`}</title>
      <line class="spread-hull" x1={css(hull.from)} x2={css(hull.to)} y1="50%" y2="50%" />
      <Block class="bar-body" stretch={most} y="30%" height="40%" />
      <Block class="spread-median" stretch={median} y="38%" height="24%" />
      {[hull.from, hull.to].map((x) => (
        <line key={x} class="bar-stop" x1={css(x)} x2={css(x)} y1="22%" y2="78%" />
      ))}
    </svg>
  );
}

/** However narrow, it stays to be seen. */
const Block = ({
  stretch,
  ...rest
}: {
  readonly stretch: Stretch;
  readonly class: string;
  readonly y: string;
  readonly height: string;
}) => <rect {...rest} x={css(stretch.from)} width={css(Math.max(0.4, stretch.to - stretch.from))} />;
