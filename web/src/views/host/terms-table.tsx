import type { HostDetail, TermsPoint } from "@truebound/wire";
import type { JSX } from "preact";
import { STACKED } from "../../charts/terms-config.ts";
import { exactNs } from "../../format/bound.ts";
import { codeWords } from "../../format/code-words.ts";
import { utcExact } from "../../format/instant.ts";
import { frequencyText } from "../../format/rate.ts";
import { ScrollBox } from "../parts/scroll-box.tsx";

interface TermsTableProps {
  readonly host: HostDetail;
  readonly points: readonly TermsPoint[];
}

/** Newest first, with the batch that each figure is of. */
export const TermsTable = ({ host, points }: TermsTableProps): JSX.Element => (
  <>
    <ScrollBox label="What the width was made of, as a table">
      <table class="plain">
        <caption>
          {points.length} batches, newest first; parts of the bound’s wider side, and the oscillator’s frequency error, positive = fast
        </caption>
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col">Status</th>
            {STACKED.map((name) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
            <th scope="col" class="number">
              Oscillator
            </th>
            <th scope="col">Batch</th>
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <TermsRow key={point.t} host={host} point={point} />
          ))}
        </tbody>
      </table>
    </ScrollBox>
    <p class="band-note">
      A batch is named by its epoch and its number in the host’s chain; its link gives the bound then, and all batches that it rests on. To
      give somebody the signed evidence itself: <code>truebound report create --host {host.name}</code> with the stretch as{" "}
      <code>--from</code> and <code>--to</code> makes a bundle that anybody can verify without this server.
    </p>
  </>
);

const TermsRow = ({
  host,
  point: { t, status, terms, frequency, evidence },
}: {
  readonly host: HostDetail;
  readonly point: TermsPoint;
}) => (
  <tr>
    <th scope="row">{utcExact(t)}</th>
    <td>{codeWords(status)}</td>
    {STACKED.map((name) => (
      <td key={name} class="number">
        {terms === null ? "none" : exactNs(terms[`${name}_ns`]).replace("+", "")}
      </td>
    ))}
    <td class="number">{frequency.oscillator === null ? "not known" : frequencyText(frequency.oscillator)}</td>
    <td>
      <a href={`/api/v1/hosts/${host.id}/interval?at=${encodeURIComponent(t)}`}>
        {evidence.epoch}.{evidence.seq}
      </a>
    </td>
  </tr>
);
