import type { HostSummary } from "@truebound/wire";

const COLUMNS = [
  "id",
  "name",
  "labels",
  "liveness",
  "status",
  "reason",
  "as_of",
  "lo_ns",
  "hi_ns",
  "tight_lo_ns",
  "tight_hi_ns",
  "worst_error_ns",
  "last_received_at",
  "words",
] as const;

/** As the API says it; what is unknown is empty, and never 0. */
const cellsOf = (host: HostSummary): Readonly<Record<(typeof COLUMNS)[number], string | null>> => ({
  ...host,
  name: asText(host.name),
  labels: asText(
    Object.entries(host.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
  ),
  words: asText(host.words),
  lo_ns: host.guaranteed?.lo_ns ?? null,
  hi_ns: host.guaranteed?.hi_ns ?? null,
  tight_lo_ns: host.tight?.lo_ns ?? null,
  tight_hi_ns: host.tight?.hi_ns ?? null,
});

/** A name of an agent's choosing must not become a formula in a spreadsheet. */
const asText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const quoted = (cell: string | null): string => (cell === null ? "" : /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function csvOf(hosts: readonly HostSummary[]): string {
  const lines = hosts.map((host) => {
    const cells = cellsOf(host);
    return COLUMNS.map((column) => quoted(cells[column])).join(",");
  });
  return `${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

export const jsonOf = (hosts: readonly HostSummary[]): string => JSON.stringify({ items: hosts, next: null }, null, 1);
