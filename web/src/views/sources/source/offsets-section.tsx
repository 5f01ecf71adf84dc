import type { SourceOffsets } from "@truebound/wire";
import type { JSX } from "preact";
import { SpreadBar } from "../../../charts/spread-bar.tsx";
import { axisOver } from "../../../charts/spread-layout.ts";
import { gridBackground } from "../../../charts/symlog-grid.ts";
import { SymlogScale } from "../../../charts/symlog-scale.tsx";
import { exactBound } from "../../../format/bound.ts";
import { countWords } from "../../../format/count-words.ts";
import { offsetWords } from "../../../format/offset-words.ts";
import { sourceVerdictLook } from "../../../format/source-verdict-look.ts";

interface OffsetsSectionProps {
  readonly offsets: SourceOffsets | null;
  readonly verdict: string;
}

/** Where its clock lies, by what each user proves of its own: a picture, and every end in figures. */
export const OffsetsSection = ({ offsets, verdict }: OffsetsSectionProps): JSX.Element => (
  <section aria-labelledby="offsets-title">
    <div class="section-head">
      <h2 id="offsets-title">Its offset from UTC</h2>
      <p>{offsets === null ? "" : `by ${countWords(offsets.hosts, "host")}, as long as the hosts' bounds hold`}</p>
    </div>
    {offsets === null ? (
      <p class="none">No host that is heard has a bound to hold it against, so nothing can be told of its offset.</p>
    ) : (
      <Spread offsets={offsets} verdict={verdict} />
    )}
  </section>
);

function Spread({ offsets, verdict }: { readonly offsets: SourceOffsets; readonly verdict: string }): JSX.Element {
  const axis = axisOver([offsets.hull]);
  return (
    <div class="spread-box" style={{ "--grid": gridBackground(axis) }}>
      <p class="axis-title">
        <span>◂ ahead of UTC</span> <span>behind UTC ▸</span>
      </p>
      <SymlogScale axis={axis} />
      <div class="axis">
        <SpreadBar axis={axis} offsets={offsets} look={sourceVerdictLook(verdict).look} />
      </div>
      <SpreadFigures offsets={offsets} />
    </div>
  );
}

const ROWS = [
  { name: "all hosts", of: "hull", key: "a line between two stops" },
  { name: "5 % lie below", of: "p05", key: "the left of the bar" },
  { name: "median", of: "p50", key: "the dark block" },
  { name: "95 % lie below", of: "p95", key: "the right of the bar" },
] as const;

const SpreadFigures = ({ offsets }: { readonly offsets: SourceOffsets }): JSX.Element => (
  <table class="spread-figures">
    <thead>
      <tr>
        <th scope="col">Of the offsets</th>
        <th scope="col">lies between, exactly</th>
        <th scope="col">in words</th>
        <th scope="col">drawn as</th>
      </tr>
    </thead>
    <tbody>
      {ROWS.map(({ name, of, key }) => (
        <tr key={of}>
          <th scope="row">{name}</th>
          <td>{exactBound(offsets[of])}</td>
          <td>{offsetWords(offsets[of])}</td>
          <td class="muted">{key}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
