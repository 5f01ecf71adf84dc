import type { ReportItem } from "@truebound/wire";
import type { JSX } from "preact";
import { Link } from "../../route/link.tsx";
import { reportPath } from "../../route/place.ts";
import { lastingQuery } from "../../route/query.ts";
import { Instant } from "../parts/exact.tsx";
import { VerdictsCell } from "./verdicts-cell.tsx";

interface ReportTableProps {
  readonly reports: readonly ReportItem[];
  readonly search: string;
}

export const ReportTable = ({ reports, search }: ReportTableProps): JSX.Element => (
  <table class="incidents incidents-quiet reports" aria-label="Reports">
    <thead>
      <tr>
        <th scope="col">Period</th>
        <th scope="col">Scopes and profiles</th>
        <th scope="col">Verdicts</th>
        <th scope="col">Standing</th>
        <th scope="col">Made</th>
        <th scope="col">Manifest</th>
      </tr>
    </thead>
    <tbody>
      {reports.map((report) => (
        <tr key={report.id}>
          <th scope="row" class="incident-title">
            <Link to={`${reportPath(report.id)}${lastingQuery(search)}`} class="row-link">
              <Instant at={report.from} /> to <Instant at={report.to} />
            </Link>
          </th>
          <td>{report.scope}</td>
          <td>
            <VerdictsCell verdicts={report.verdicts} />
          </td>
          <td>
            <Standing isFinal={report.final} /> {signedInShort(report)}
          </td>
          <td>
            <Instant at={report.created_at} />
          </td>
          <td>
            <code title={report.sha256}>{report.sha256.slice(0, 12)}</code>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const signedInShort = ({ signoffs }: ReportItem): string =>
  signoffs.length === 0 ? "unsigned" : signoffs.some(({ act }) => act === "countersign") ? "countersigned" : "signed";

/** Provisional = made before its period and horizon were over. */
export const Standing = ({ isFinal }: { readonly isFinal: boolean }): JSX.Element => (
  <span class={`tag ${isFinal ? "tag-final" : "tag-provisional"}`}>{isFinal ? "final" : "provisional"}</span>
);
