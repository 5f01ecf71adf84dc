import Type, { type Static } from "typebox";
import { Labels } from "./enrol.ts";
import { DecimalString, Instant, Natural, Nullable, Uuid } from "./schema.ts";

const Day = Type.String({ format: "date", description: "A day in UTC" });

/** A document by which clocks are shown to be traceable to UTC. */
export const ChainDocumentView = Type.Object({
  id: Uuid,
  kind: Type.Enum(["design", "stamp_point", "stamp_test", "source_statement", "calibration", "bulletin", "other"]),
  title: Type.String(),
  sha256: Type.String(),
  file_name: Nullable(Type.String()),
  kept: Type.Boolean({ description: "Its file is kept here; otherwise only its hash" }),
  hosts: Labels,
  source: Nullable(Type.String({ description: "Sources that it is about, * for any run of characters" })),
  reference: Nullable(Type.String({ description: "What they are traceable to by it" })),
  uncertainty_ns: Nullable(DecimalString),
  stamp_point: Nullable(Type.String()),
  app_error_ns: Nullable(DecimalString),
  valid_from: Day,
  valid_to: Nullable(Day),
  uploaded_by: Type.String(),
  uploaded_at: Instant,
  replaces: Nullable(Uuid),
  reviewed_at: Nullable(Instant),
  reviewed_by: Nullable(Type.String()),
});
export type ChainDocumentView = Static<typeof ChainDocumentView>;
export const ChainDocumentList = Type.Object({ items: Type.Array(ChainDocumentView), next: Nullable(Type.String()) });
export type ChainDocumentList = Static<typeof ChainDocumentList>;

const ObservedSourceView = Type.Object({
  id: Type.String(),
  addresses: Type.Array(Type.String()),
  strata: Type.Array(Natural),
  upstreams: Type.Array(Type.String()),
  root_delay_ns: Nullable(DecimalString),
  root_dispersion_ns: Nullable(DecimalString),
  looks: Natural,
  agreed: Natural,
  hosts: Natural,
  local_reference: Type.Boolean(),
  authenticated: Type.Optional(Natural),
  nts_identities: Type.Optional(Type.Array(Type.String())),
  kind: Type.Optional(Type.String()),
  counted: Type.Optional(Natural),
  declared_by: Type.Optional(Type.Array(Type.String())),
  declared: Type.Optional(Natural),
  declarations: Type.Optional(Type.Array(Type.String())),
});
const ObservedChainView = Type.Object({
  from: Instant,
  to: Instant,
  hosts: Type.Array(Type.String()),
  looks: Natural,
  answered: Natural,
  sources: Type.Array(ObservedSourceView),
});
const Review = { at: Instant, who: Type.String(), statement: Type.String() };
const Lacks = Type.Array(Type.Object({ what: Type.String(), words: Type.String() }));

/** The chain of one host, and how it stands. */
export const TraceabilityView = Type.Object({
  chain: Type.Object({
    observed: ObservedChainView,
    documents: Type.Array(ChainDocumentView),
    review: Nullable(Type.Object(Review)),
  }),
  traceability: Type.Union([
    Type.Object({ kind: Type.Literal("valid") }),
    Type.Object({ kind: Type.Literal("to_dos"), to_dos: Lacks }),
    Type.Object({ kind: Type.Literal("invalid"), broken: Lacks, to_dos: Lacks }),
  ]),
  review_due_at: Nullable(Instant),
  findings: Type.Array(Type.Object({ kind: Type.String(), words: Type.String() })),
});
export type TraceabilityView = Static<typeof TraceabilityView>;

export const ChainReviewList = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Natural,
      hosts: Labels,
      ...Review,
      chain: Type.Object({ observed: ObservedChainView, documents: Type.Array(ChainDocumentView) }),
    }),
  ),
  next: Nullable(Type.String()),
});
export type ChainReviewList = Static<typeof ChainReviewList>;
