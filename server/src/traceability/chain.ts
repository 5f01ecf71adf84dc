import type { LabelSet } from "../policy/choose-policy.ts";

/** What a document shows; snake case as it is stored and said, days are YYYY-MM-DD. */
export const DOCUMENT_KINDS = {
  design: "how the whole is built, works and is specified",
  stamp_point: "where the application applies its stamps, and that it stays there",
  stamp_test: "what truebound-agent stamp-test measured there, signed by the host",
  source_statement: "what whoever runs a source says of its traceability",
  calibration: "a certificate of a receiver or a clock",
  bulletin: "what a timing centre or BIPM published of a UTC(k)",
  other: "anything else",
} as const;
export type DocumentKind = keyof typeof DOCUMENT_KINDS;

export interface ChainDocument {
  readonly id: string;
  readonly kind: DocumentKind;
  readonly title: string;
  readonly sha256: string;
  readonly file_name: string | null;
  /** Its file is kept here; otherwise only its hash. */
  readonly kept: boolean;
  /** Labels of the hosts that it is about; {} = all. */
  readonly hosts: LabelSet;
  readonly source: string | null;
  readonly reference: string | null;
  readonly uncertainty_ns: string | null;
  readonly stamp_point: string | null;
  readonly app_error_ns: string | null;
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly uploaded_by: string;
  /** By the clock of the database. */
  readonly uploaded_at: string;
  /** The document in whose place it is, from its first day on. */
  readonly replaces: string | null;
  /** By the latest review that had it before it; null = none did. */
  readonly reviewed_at: string | null;
  readonly reviewed_by: string | null;
}

/** One source as hosts saw it, over all looks. */
export interface ObservedSource {
  readonly id: string;
  readonly addresses: readonly string[];
  readonly strata: readonly number[];
  /** What it said it follows: an address, or the code of a reference clock. */
  readonly upstreams: readonly string[];
  /** The most that it said; null = no exchange was among the looks. */
  readonly root_delay_ns: string | null;
  readonly root_dispersion_ns: string | null;
  /** Looks at which it was a source, and at which it agreed with the proven bound. */
  readonly looks: number;
  readonly agreed: number;
  readonly hosts: number;
  /** It follows nobody but its own clock. */
  readonly local_reference: boolean;
  /** Looks at which all that was held of it was authenticated by NTS; absent in chains that were reviewed before this was told. */
  readonly authenticated?: number;
  /** As whom it proved itself then: the name in its certificate, and the SHA-256 of that certificate's key. */
  readonly nts_identities?: readonly string[];
  /** Of a source that is not asked by NTP, else absent. */
  readonly kind?: string;
  /** Looks at which it might count though its error is only declared. */
  readonly counted?: number;
  /** SHA-256 of the documents by which its error was declared. */
  readonly declared_by?: readonly string[];
  /** Looks at which its error was bounded by what is declared of it (`root: declared`), and by which declarations; absent = at none. */
  readonly declared?: number;
  readonly declarations?: readonly string[];
}

/** From hosts to what their sources follow, as it was reported at instants spread over a period. */
export interface ObservedChain {
  readonly from: string;
  readonly to: string;
  readonly hosts: readonly string[];
  /** Instants that were asked for, of all hosts, and those of which there was evidence. */
  readonly looks: number;
  readonly answered: number;
  readonly sources: readonly ObservedSource[];
}

export interface ChainReview {
  readonly id: number;
  readonly hosts: LabelSet;
  readonly at: string;
  readonly who: string;
  readonly statement: string;
  readonly chain: ReviewedChain;
}

/** What a person had before them. */
export interface ReviewedChain {
  readonly observed: ObservedChain;
  readonly documents: readonly ChainDocument[];
}

/** Host to source to upstream to UTC(k): what was observed, what is declared, and who looked at it last. */
export interface Chain extends ReviewedChain {
  readonly review: Pick<ChainReview, "at" | "who" | "statement"> | null;
}

/** Whether a document names this source: by its id with or without the port, or an address. Not by what it says that it follows. */
export function names(pattern: string, { id, addresses }: Pick<ObservedSource, "id" | "addresses">): boolean {
  const bare = id.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return [id, bare, ...addresses].some((name) => fitsPattern(pattern, name));
}

/** * stands for any run of characters. */
export function fitsPattern(pattern: string, name: string): boolean {
  const form = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*");
  return new RegExp(`^${form}$`, "i").test(name);
}

/** Whether what is about these labels is about hosts with those. */
export const concerns = (about: LabelSet, labels: LabelSet): boolean =>
  Object.entries(about).every(([name, value]) => labels[name] === value);
