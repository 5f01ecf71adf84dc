import type { Series, SeriesPoint } from "@truebound/wire";
import type { JSX } from "preact";
import { exactNs } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { utcExact } from "../../format/instant.ts";
import { ScrollBox } from "../parts/scroll-box.tsx";

const ROWS_MAX = 300;

/** The chart's figures, newest first, every nanosecond. */
export function BandTable({ series, isTruthShown }: { readonly series: Series; readonly isTruthShown: boolean }): JSX.Element {
  const hasTight = series.points.some(({ tight_lo_ns }) => typeof tight_lo_ns === "string");
  const hasClaim = series.points.some(({ claim_lo_ns }) => claim_lo_ns !== undefined);
  const newest = series.points.toReversed().slice(0, ROWS_MAX);
  return (
    <ScrollBox label="Guaranteed bound over time, as a table">
      <table class="plain">
        <caption>
          {newest.length === series.points.length
            ? `${newest.length} points`
            : `The newest ${newest.length} of ${series.points.length} points`}
          , newest first; offset, positive = host is behind UTC
        </caption>
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col">Status</th>
            <th scope="col" class="number">
              Lower end
            </th>
            <th scope="col" class="number">
              Midpoint
            </th>
            <th scope="col" class="number">
              Upper end
            </th>
            {hasTight && (
              <>
                <th scope="col" class="number">
                  Tight, lower
                </th>
                <th scope="col" class="number">
                  Tight, upper
                </th>
              </>
            )}
            {hasClaim && (
              <>
                <th scope="col" class="number">
                  Daemon’s claim, lower
                </th>
                <th scope="col" class="number">
                  Daemon’s claim, upper
                </th>
              </>
            )}
            {isTruthShown && (
              <th scope="col" class="number">
                Injected
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {newest.map((point) => (
            <PointRow key={point.t} point={point} hasTight={hasTight} hasClaim={hasClaim} isTruthShown={isTruthShown} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

interface PointRowProps {
  readonly point: SeriesPoint;
  readonly hasTight: boolean;
  readonly hasClaim: boolean;
  readonly isTruthShown: boolean;
}

const PointRow = ({ point, hasTight, hasClaim, isTruthShown }: PointRowProps): JSX.Element => (
  <tr>
    <th scope="row">{utcExact(point.t)}</th>
    <td>
      {codeWords(point.status)}
      {point.reason !== undefined && `: ${codeWords(point.reason)}`}
    </td>
    <Figure value={point.lo_ns} />
    <Figure value={point.mid_ns} />
    <Figure value={point.hi_ns} />
    {hasTight && <Figure value={point.tight_lo_ns ?? null} />}
    {hasTight && <Figure value={point.tight_hi_ns ?? null} />}
    {hasClaim && <Figure value={point.claim_lo_ns ?? null} />}
    {hasClaim && (
      <td class="number">
        {point.claim_hi_ns === undefined ? "none" : exactNs(point.claim_hi_ns)}
        {point.claim_excluded === true && <strong class="excluded">excludes what was measured</strong>}
      </td>
    )}
    {isTruthShown && <Figure value={point.injected_ns ?? null} />}
  </tr>
);

const Figure = ({ value }: { readonly value: string | null }): JSX.Element => (
  <td class="number">{value === null ? "none" : exactNs(value)}</td>
);
