import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { saveText } from "../parts/save-text.ts";
import { csvOf, jsonOf } from "./download-text.ts";

/** Exactly the hosts that are on show, in their order. */
export const FleetDownloads = ({ hosts }: { readonly hosts: readonly HostSummary[] }): JSX.Element => (
  <span>
    <button
      type="button"
      class="chip"
      aria-label="Download these hosts as CSV"
      onClick={() => saveText("fleet.csv", "text/csv", csvOf(hosts))}
    >
      CSV
    </button>{" "}
    <button
      type="button"
      class="chip"
      aria-label="Download these hosts as JSON"
      onClick={() => saveText("fleet.json", "application/json", jsonOf(hosts))}
    >
      JSON
    </button>
  </span>
);
