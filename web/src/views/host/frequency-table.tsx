import type { TermsPoint } from "@truebound/wire";
import type { JSX } from "preact";
import { clockRate, type RateRange } from "../../charts/frequency-config.ts";
import { codeWords } from "../../format/code-words.ts";
import { utcExact } from "../../format/instant.ts";
import { frequencyText } from "../../format/rate.ts";
import { ScrollBox } from "../parts/scroll-box.tsx";

/** The chart's figures, newest first. */
export const FrequencyTable = ({ points }: { readonly points: readonly TermsPoint[] }): JSX.Element => (
  <ScrollBox label="Frequency over time, as a table">
    <table class="plain">
      <caption>{points.length} batches, newest first; frequency error from least to greatest, positive = fast</caption>
      <thead>
        <tr>
          <th scope="col">Time (UTC)</th>
          <th scope="col">Status</th>
          <th scope="col" class="number">
            Oscillator
          </th>
          <th scope="col" class="number">
            Daemon adds
          </th>
          <th scope="col" class="number">
            Clock
          </th>
        </tr>
      </thead>
      <tbody>
        {points.toReversed().map(({ t, status, frequency }) => (
          <tr key={t}>
            <th scope="row">{utcExact(t)}</th>
            <td>{codeWords(status)}</td>
            <td class="number">{rangeText(frequency.oscillator)}</td>
            <td class="number">{rangeText(frequency.daemon_slew)}</td>
            <td class="number">{rangeText(clockRate(frequency))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollBox>
);

const rangeText = (range: RateRange): string => (range === null ? "not known" : frequencyText(range));
