import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { csvOf, jsonOf } from "./download-text.ts";

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Exactly the hosts that are on show, in their order. */
export const FleetDownloads = ({ hosts }: { readonly hosts: readonly HostSummary[] }): JSX.Element => (
  <span>
    <button type="button" class="chip" aria-label="Download these hosts as CSV" onClick={() => save("fleet.csv", "text/csv", csvOf(hosts))}>
      CSV
    </button>{" "}
    <button
      type="button"
      class="chip"
      aria-label="Download these hosts as JSON"
      onClick={() => save("fleet.json", "application/json", jsonOf(hosts))}
    >
      JSON
    </button>
  </span>
);
