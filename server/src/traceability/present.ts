import { atMost } from "@truebound/time";
import { sayLabels } from "../admin/labels.ts";
import type { Chain, ChainDocument, ObservedSource } from "./chain.ts";
import type { ChainTemplate } from "./templates.ts";
import { documentsOf, type Lack, type Traceability } from "./traceability-of.ts";

/** The chain as a dated document: link by link, what was seen and what is declared. */
export function chainText(chain: Chain): string {
  const { observed, documents, review } = chain;
  return [
    `Chain from ${observed.from} to ${observed.to}`,
    `Hosts: ${hostWords(observed.hosts)}; ${observed.answered} of ${observed.looks} looks found evidence`,
    "",
    ...observed.sources.flatMap((source) => sourceLines(source, documents)),
    ...documents.filter(({ source }) => source === null).map((one) => documentLine(one).trimEnd()),
    review === null ? "Never reviewed" : `Reviewed ${review.at.slice(0, 10)} by ${review.who}: ${review.statement}`,
    "",
  ].join("\n");
}

const SHOWN = 8;
const hostWords = (hosts: readonly string[]): string =>
  hosts.length <= SHOWN ? hosts.join(", ") : `${hosts.slice(0, SHOWN).join(", ")} and ${hosts.length - SHOWN} more`;

function sourceLines(source: ObservedSource, documents: readonly ChainDocument[]): string[] {
  const known = documentsOf(source, documents);
  return [
    `${source.id} (${source.addresses.join(", ") || "no address"})  agreed in ${source.agreed} of ${source.looks} looks of ${source.hosts} ${source.hosts === 1 ? "host" : "hosts"}`,
    source.kind !== undefined
      ? declaredLine(source, documents)
      : `  follows ${source.local_reference ? "its own clock alone" : source.upstreams.join(", ") || "nobody that it names"}, stratum ${source.strata.join(", ") || "unknown"}, root delay ${most(source.root_delay_ns)}, root dispersion ${most(source.root_dispersion_ns)}`,
    ...authenticatedLine(source),
    ...rootLine(source),
    known.length === 0
      ? "  to UTC(k): no document says"
      : `  to ${known.map(({ reference, title, uncertainty_ns }) => `${reference}${uncertainty_ns === null ? "" : ` within ${atMost(BigInt(uncertainty_ns))}`} by "${title}"`).join("; ")}`,
  ];
}

/** What its error rests on: by title where that document is here. */
function declaredLine({ kind, counted = 0, looks, declared_by = [] }: ObservedSource, documents: readonly ChainDocument[]): string {
  const titled = declared_by.map((hash) => {
    const title = documents.find(({ sha256 }) => sha256 === hash)?.title;
    return title === undefined ? `document ${hash}, which is not here` : `"${title}" (${hash})`;
  });
  const votes = counted === 0 ? "never counted" : `counted in ${counted} of ${looks} looks`;
  return `  is not asked by NTP (${kind}): its error is declared by ${titled.join("; ") || "no document"}, ${votes}`;
}

/** Nothing where no look says so. */
function authenticatedLine({ authenticated = 0, nts_identities = [], looks }: ObservedSource): string[] {
  if (authenticated === 0) return [];
  return [`  authenticated by NTS in ${authenticated} of ${looks} looks, as ${nts_identities.join("; ")}`];
}

/** Nothing where no look rests on a declaration. */
const rootLine = ({ declared = 0, declarations = [], looks }: ObservedSource): string[] =>
  declared === 0 ? [] : [`  root: declared in ${declared} of ${looks} looks, ${declarations.join("; ")}`];

const most = (ns: string | null): string => (ns === null ? "unknown" : `at most ${atMost(BigInt(ns))}`);

export function traceabilityText(traceability: Traceability): string {
  const list = (lacks: readonly Lack[]) => lacks.map(({ words }) => `  ${words}\n`).join("");
  switch (traceability.kind) {
    case "valid":
      return "The chain is whole\n";
    case "to_dos":
      return `To do:\n${list(traceability.to_dos)}`;
    case "invalid":
      return `The chain is broken:\n${list(traceability.broken)}${traceability.to_dos.length === 0 ? "" : `To do:\n${list(traceability.to_dos)}`}`;
    default:
      return traceability satisfies never;
  }
}

export function documentLine(one: ChainDocument): string {
  const parts = [
    `${one.id}  ${one.kind}  "${one.title}"`,
    `${one.valid_from} to ${one.valid_to ?? "…"}`,
    `sha256 ${one.sha256}${one.kept ? "" : " (file not kept here)"}`,
    ...(one.source === null ? [] : [`${one.source} -> ${one.reference}`]),
    ...(one.stamp_point === null ? [] : [`stamp point: ${one.stamp_point}`]),
    ...(one.app_error_ns === null ? [] : [`application error ${one.app_error_ns} ns`]),
    ...(Object.keys(one.hosts).length === 0 ? [] : [`hosts with${sayLabels(one.hosts)}`]),
    ...(one.replaces === null ? [] : [`in the place of ${one.replaces}`]),
    `by ${one.uploaded_by}, ${one.uploaded_at}`,
    one.reviewed_at === null ? "not reviewed" : `reviewed ${one.reviewed_at.slice(0, 10)} by ${one.reviewed_by}`,
  ];
  return `${parts.join("  ")}\n`;
}

export const templateLine = ({ id, kind, title, reference, sources, needs, note }: ChainTemplate): string =>
  `${id}  ${kind}  ${title}${reference === null ? "" : `, ${reference}`}\n  told by ${sources.join(", ")}\n  needs ${needs.join("; ")}\n  ${note}\n`;
