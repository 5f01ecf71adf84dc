import type { Spark } from "@truebound/wire";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { sparkWords } from "../format/spark-words.ts";
import { type SparkPicture, type Stretch, sparkPicture, worstErrors } from "./spark-layout.ts";

interface SparkLineProps {
  readonly spark: Spark;
  readonly limit_ns: string | null;
  readonly hours: number;
}

/** A worst error over the last hours: a step for each part, its limit as a dashed line, hatched where it is not known. */
export function SparkLine({ spark, limit_ns, hours }: SparkLineProps): JSX.Element {
  const errors = useMemo(() => worstErrors(spark), [spark]);
  const picture = useMemo(() => sparkPicture(errors, limit_ns === null ? null : Number(limit_ns)), [errors, limit_ns]);
  const words = sparkWords(errors, limit_ns, hours);
  return (
    <svg class="spark" role="img" aria-label={words}>
      <title>{words}</title>
      {picture.gaps.map((gap) => (
        <Gap key={gap.from} gap={gap} parts={picture.parts} />
      ))}
      <Steps picture={picture} />
      {picture.limit !== null && <line class="spark-limit" x1="0" x2="100%" y1={`${picture.limit}%`} y2={`${picture.limit}%`} />}
    </svg>
  );
}

const Gap = ({ gap: { from, to }, parts }: { readonly gap: Stretch; readonly parts: number }): JSX.Element => (
  <rect class="spark-gap" x={`${(from / parts) * 100}%`} width={`${((to - from) / parts) * 100}%`} y="0" height="100%" />
);

const Steps = ({ picture: { parts, area, line } }: { readonly picture: SparkPicture }): JSX.Element => (
  <svg aria-hidden="true" width="100%" height="100%" viewBox={`0 0 ${parts} 100`} preserveAspectRatio="none">
    <path class="spark-area" d={area} />
    <path class="spark-line" d={line} />
  </svg>
);
