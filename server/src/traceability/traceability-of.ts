import { isInForce } from "@truebound/audit";
import { BILLION, formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import { type Chain, type ChainDocument, names, type ObservedSource } from "./chain.ts";
import { templateOf } from "./templates.ts";

/** What is missing, by one name for each cause. */
export const LACKS = [
  "nothing_observed",
  "local_reference",
  "source_undocumented",
  "no_stamp_point",
  "no_app_error",
  "no_design",
  "never_reviewed",
  "review_due",
  "review_overdue",
] as const;

export interface Lack {
  readonly what: (typeof LACKS)[number];
  /** What to do about it. */
  readonly words: string;
}

export type Traceability =
  | { readonly kind: "valid" }
  | { readonly kind: "to_dos"; readonly to_dos: readonly Lack[] }
  /** A link of the chain is missing, and the profile demands that there is none. */
  | { readonly kind: "invalid"; readonly broken: readonly Lack[]; readonly to_dos: readonly Lack[] };

export interface TraceabilityDemand {
  readonly requires_traceability: boolean;
}

const DAY = 86_400n * BILLION;
/** A year at the most, as the rules say "at least yearly". */
export const REVIEWED_FOR_NS = 365n * DAY;
export const REVIEW_AHEAD_NS = 60n * DAY;

/**
 * How the chain stands at an instant. Only a missing link makes it invalid, and only where the profile demands traceability; what is
 * missing beside the links is something to do.
 */
export function traceabilityOf(chain: Chain, profile: TraceabilityDemand, at: UtcInstant): Traceability {
  const documents = documentsAt(chain.documents, at);
  const broken = links(chain, documents);
  const to_dos = [...papers(documents), ...review(chain.review?.at ?? null, at)];
  if (broken.length > 0 && profile.requires_traceability) return { kind: "invalid", broken, to_dos };
  return broken.length + to_dos.length === 0 ? { kind: "valid" } : { kind: "to_dos", to_dos: [...broken, ...to_dos] };
}

/** Those in force, without those that another one stands for since its first day. */
export function documentsAt(documents: readonly ChainDocument[], at: UtcInstant): readonly ChainDocument[] {
  const begun = documents.filter((document) => isInForce({ ...document, valid_to: null }, at));
  const replaced = new Set(begun.map(({ replaces }) => replaces));
  return begun.filter((document) => isInForce(document, at) && !replaced.has(document.id));
}

/** By which document each source that agreed is known to follow UTC. */
export const documentsOf = (source: ObservedSource, documents: readonly ChainDocument[]): readonly ChainDocument[] =>
  documents.filter((document) => document.source !== null && document.reference !== null && names(document.source, source));

function links({ observed }: Chain, documents: readonly ChainDocument[]): Lack[] {
  const agreed = observed.sources.filter((source) => source.agreed > 0);
  if (agreed.length === 0)
    return [{ what: "nothing_observed", words: `No source agreed with a proven bound from ${observed.from} to ${observed.to}` }];
  return agreed.flatMap((source) => linkOf(source, documents));
}

function linkOf(source: ObservedSource, documents: readonly ChainDocument[]): Lack[] {
  if (source.local_reference)
    return [
      { what: "local_reference", words: `${source.id} follows nobody but its own clock: no document makes that UTC; use another source` },
    ];
  if (documentsOf(source, documents).length > 0) return [];
  const template = templateOf(source);
  const reference = template?.reference ?? "UTC(k)";
  const wanted = template === null ? "a statement of whoever runs it, or a certificate" : `${template.title}: ${template.needs.join("; ")}`;
  return [
    {
      what: "source_undocumented",
      words: `No document says what ${source.id} is traceable to. Add one with --source '${source.id}' --reference '${reference}' (${wanted})`,
    },
  ];
}

function papers(documents: readonly ChainDocument[]): Lack[] {
  const lacks: Lack[] = [];
  if (!documents.some(({ stamp_point }) => stamp_point !== null))
    lacks.push({ what: "no_stamp_point", words: "No document says where the application applies its stamps: add one with --stamp-point" });
  if (!documents.some(({ app_error_ns }) => app_error_ns !== null))
    lacks.push({
      what: "no_app_error",
      words: "No document says how far stamps are from the clock: truebound-agent stamp-test measures it",
    });
  if (!documents.some(({ kind }) => kind === "design"))
    lacks.push({ what: "no_design", words: "No document says how the whole is built and works: add one of --kind design" });
  return lacks;
}

/** When the next review is due; null = none was made yet. */
export const reviewDue = (reviewedAt: string | null): UtcInstant | null => {
  const at = reviewedAt === null ? null : parseUtc(reviewedAt);
  return at === null ? null : utc(at + REVIEWED_FOR_NS);
};

function review(reviewedAt: string | null, at: UtcInstant): Lack[] {
  const due = reviewDue(reviewedAt);
  if (due === null)
    return [{ what: "never_reviewed", words: "Nobody has reviewed this chain: truebound traceability review signs it off" }];
  const day = formatUtc(due).slice(0, 10);
  if (at >= due) return [{ what: "review_overdue", words: `The yearly review was due on ${day}: truebound traceability review` }];
  return at >= due - REVIEW_AHEAD_NS
    ? [{ what: "review_due", words: `The yearly review is due on ${day}: truebound traceability review` }]
    : [];
}

/** As findings of a report, beside its verdict. */
export const findingsOf = (traceability: Traceability): { readonly kind: string; readonly words: string }[] => {
  if (traceability.kind === "valid") return [];
  const broken = traceability.kind === "invalid" ? traceability.broken : [];
  return [...broken, ...traceability.to_dos].map(({ what, words }) => ({ kind: `traceability_${what}`, words }));
};
