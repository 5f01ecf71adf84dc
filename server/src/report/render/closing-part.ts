import type { ManifestHost, ReportManifest } from "@truebound/audit";
import { type Block, type Cell, type Part, table } from "./blocks.ts";
import { duration, grouped, instant, instantUtc, percent, some, yesNo } from "./words.ts";

/** What the report rests on, and the full text of what it was held against. */
export const closingPart = (manifest: ReportManifest): Part => ({
  title: "What it rests on",
  anchor: "basis",
  isNewPage: true,
  blocks: [
    { kind: "heading", text: "Assumptions" },
    { kind: "list", items: manifest.assumptions },
    { kind: "heading", text: "What it cannot show" },
    { kind: "list", items: manifest.limits },
    ...scopes(manifest),
    ...documents(manifest),
    ...inventory(manifest),
    ...manifest.profiles.flatMap(profile),
    ...hosts(manifest),
    ...provenance(manifest),
  ],
});

function scopes({ scopes: all }: ReportManifest): Block[] {
  if (all.length === 0) return [];
  return [
    { kind: "heading", text: "Scopes" },
    table(
      [
        { title: "Scope", width: 0.14 },
        { title: "Profile", width: 0.16 },
        { title: "Hosts", width: 0.16 },
        { title: "Calendar", width: 0.12 },
        { title: "Stamp point, application error", width: 0.24 },
        { title: "Unverified count", width: 0.09 },
        { title: "Policy", width: 0.09 },
      ],
      all.map((one): Cell[] => [
        one.name,
        one.profile,
        labels(one.hosts) || "all",
        one.calendar ?? "always",
        `${one.stamp_point ?? "not declared"}, ${duration(one.app_error_ns)}`,
        yesNo(one.counts_unverified),
        one.minimum_proven_ppm === null ? "none" : percent(one.minimum_proven_ppm),
      ]),
    ),
  ];
}

const labels = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");

function documents({ chain_documents }: ReportManifest): Block[] {
  if (chain_documents.length === 0) return [];
  return [
    { kind: "heading", text: "Documents of the chain to UTC(k)" },
    table(
      [
        { title: "Document", width: 0.26 },
        { title: "Valid from, UTC", width: 0.15 },
        { title: "Reviewed, UTC", width: 0.15 },
        { title: "Hosts", width: 0.07, align: "right" },
        { title: "SHA-256", width: 0.37 },
      ],
      chain_documents.map((one) => [
        `${one.id}: ${one.title} (${one.kind})`,
        instant(one.valid_from),
        one.reviewed_at === null ? "not yet" : instant(one.reviewed_at),
        grouped(one.hosts),
        one.sha256,
      ]),
    ),
  ];
}

function inventory({ inventory: list }: ReportManifest): Block[] {
  if (list === null) return [];
  return [
    { kind: "heading", text: "Inventory" },
    {
      kind: "facts",
      facts: [
        ["Source", `${list.source} (${list.kind})`],
        ["Imported", instantUtc(list.imported_at)],
        ["Listed", grouped(list.listed)],
        ["SHA-256", list.sha256],
      ],
    },
    ...names("Listed, without an agent", list.missing),
    ...names("Listed, and not in this report", list.outside ?? []),
    ...names("In scope, not listed", list.unlisted),
  ];
}

/** A paragraph for some of them, so that a long list runs over pages. */
const NAMES_AT_ONCE = 25;

function names(title: string, all: readonly string[]): Block[] {
  if (all.length === 0) return [{ kind: "text", text: `${title}: none.` }];
  const paragraphs: Block[] = [];
  for (let at = 0; at < all.length; at += NAMES_AT_ONCE)
    paragraphs.push({ kind: "text", text: all.slice(at, at + NAMES_AT_ONCE).join(", ") });
  return [{ kind: "heading", text: title }, ...paragraphs];
}

function profile({ profile: text, sha256 }: ReportManifest["profiles"][number]): Block[] {
  const fields = Object.entries(text).map(([name, value]): readonly [string, string] => [name, sayField(name, value)]);
  return [
    { kind: "heading", text: `Profile ${String(text.id)}, in full` },
    { kind: "facts", facts: [...fields, ["SHA-256", sha256]] },
  ];
}

/** As it is hashed, so that nobody has to trust a translation; nanoseconds are said in units beside it. */
function sayField(name: string, value: unknown): string {
  if (typeof value === "string") return name.endsWith("_ns") ? `${value} (${duration(value)})` : value;
  return JSON.stringify(value);
}

function hosts({ hosts: all }: ReportManifest): Block[] {
  if (all.length === 0) return [];
  return [
    { kind: "heading", text: "Hosts, their enrolment in the log, and their chains" },
    table(
      [
        { title: "Host", width: 0.2 },
        { title: "Id", width: 0.28 },
        { title: "Enrolled, UTC", width: 0.18 },
        { title: "Leaf", width: 0.12 },
        { title: "Epoch: first to last report, what is lost", width: 0.22 },
      ],
      all.map((one) => [
        one.name,
        one.id,
        `${instant(one.enrolled_at)}${one.retired_at === null ? "" : `, retired ${instant(one.retired_at)}`}`,
        `${one.leaf.shard} / ${grouped(one.leaf.index)}`,
        one.chains.map(chain).join("; ") || "no report",
      ]),
    ),
  ];
}

const MOST_RUNS = 12;

function chain({ epoch, first_seq, last_seq, lost, unreadable }: ManifestHost["chains"][number]): string {
  const gone = lost.map(([from, to]) => (from === to ? grouped(from) : `${grouped(from)} to ${grouped(to)}`));
  const words = [
    ...(gone.length > 0 ? [`lost ${some(gone, MOST_RUNS)}`] : []),
    ...(unreadable > 0 ? [`unreadable ${grouped(unreadable)}`] : []),
  ];
  return [`${epoch}: ${grouped(first_seq)} to ${grouped(last_seq)}`, ...words].join(", ");
}

function previousInWords(previous: ReportManifest["previous"], left: ReportManifest["previous_left"]): string {
  if (left !== undefined) return `${left.id}, ${left.sha256}; nothing ties this report to it`;
  return previous === null ? "none" : `${previous.id}, ${previous.sha256}`;
}

function provenance({ issuer, log, previous, previous_left: left, leap_table, results_sha256, format }: ReportManifest): Block[] {
  return [
    { kind: "heading", text: "Provenance" },
    {
      kind: "facts",
      facts: [
        ["Issuer", issuer.installation],
        ["Software build", issuer.software],
        ["Signing key", issuer.key_id],
        ["Public key", issuer.public_key],
        ["Format", format],
        ["Results, SHA-256", results_sha256],
        ["Log head", `${log.head.shard}, ${grouped(log.head.size)} leaves`],
        ["Log root", log.head.root],
        ["Previous report", previousInWords(previous, left)],
        ["TAI − UTC", leap_table.map(([from, s]) => `${instant(from)}: ${s} s`).at(-1) ?? "none"],
      ],
    },
  ];
}
