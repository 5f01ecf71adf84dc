import type { Assumptions, StampInterval } from "@truebound/wire";
import type { JSX } from "preact";
import { exactNs } from "../../../format/bound.ts";
import { codeWords } from "../../../format/code-words.ts";
import { ppbText, ppmText } from "../../../format/rate.ts";

type Records = StampInterval["evidence"];

const MOST = 16;

/** By which the log and the archive find it: epoch and sequence number. */
export const recordsText = (records: Records): string =>
  records.length === 0
    ? "none"
    : `${records.map(({ epoch, seq }) => `epoch ${epoch}, batch ${seq}`).join("; ")}${records.length === MOST ? "; there may be more" : ""}`;

export function assumptionsText({ rho_ppb, oscillator_ppb, faults, slew_ppm, slew_basis, stamp_mode }: Assumptions): string {
  const around = oscillator_ppb === null ? "" : ` around ${ppbText(oscillator_ppb)}`;
  return `drift of at most ${ppbText(rho_ppb)}${around}; at most ${faults} of the votes false; slews of at most ${ppmText(slew_ppm)} (${codeWords(slew_basis)}); stamps taken as ${codeWords(stamp_mode)}`;
}

interface BasisProps {
  readonly host: string;
  readonly records: Records;
  readonly assumptions: Assumptions | null;
  readonly assumes?: readonly string[];
  readonly app_error_ns: string;
}

/** What an answer rests on: records that prove it, and what has to be believed. */
export const Basis = ({ host, records, assumptions, assumes = [], app_error_ns }: BasisProps): JSX.Element => (
  <dl class="report-facts basis">
    <dt>Evidence of {host}</dt>
    <dd>{recordsText(records)}</dd>
    <dt>Assumed</dt>
    <dd>{[...(assumptions === null ? [] : [assumptionsText(assumptions)]), ...assumes].join("; ") || "nothing: there is no bound"}</dd>
    {app_error_ns !== "0" && (
      <>
        <dt>Error of the application</dt>
        <dd>{exactNs(app_error_ns)}, added at both ends</dd>
      </>
    )}
  </dl>
);
