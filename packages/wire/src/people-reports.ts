import Type, { type Static } from "typebox";
import { HostText, Instant, Nullable } from "./schema.ts";

/** Who signed a report; the statement itself is in the bundle's signoff.json. */
export const ReportSignoff = Type.Object({
  act: Type.Enum(["sign", "countersign"]),
  name: Type.String(),
  role: Type.String(),
  signed_at: Instant,
});
export type ReportSignoff = Static<typeof ReportSignoff>;

/** The worst verdict of a report's results against one profile, in the words of its manifest. */
export const ReportVerdict = Type.Object({
  profile: Type.String(),
  verdict: Type.Enum(["FAIL", "INCONCLUSIVE", "PASS_WITHIN_POLICY", "PASS", "NOT_APPLICABLE"]),
});
export type ReportVerdict = Static<typeof ReportVerdict>;

/** A report as a list shows it. */
export const ReportItem = Type.Object({
  id: Type.String(),
  created_at: Instant,
  from: Instant,
  to: Instant,
  /** Made after the period and every horizon. */
  final: Type.Boolean(),
  /** Of its manifest. */
  sha256: Type.String(),
  /** Of what was derived: the same for the same evidence. */
  results_sha256: Type.String(),
  /** Scopes and profiles, in words. */
  scope: Type.String(),
  /** One for each of its profiles; null = not kept: the report is older than they are. Its manifest has them. */
  verdicts: Nullable(Type.Array(ReportVerdict)),
  /** Folder of its bundle on the server's machine. */
  place: Type.String(),
  /** In the order in which they signed. */
  signoffs: Type.Array(ReportSignoff),
});
export type ReportItem = Static<typeof ReportItem>;

/** One that is being made, or was cancelled or failed since the server started. */
export const ReportJob = Type.Object({
  id: Type.String(),
  from: Instant,
  to: Instant,
  state: Type.Enum(["making", "made", "cancelled", "failed"]),
  /** Hosts. */
  done: Type.Integer(),
  of: Nullable(Type.Integer()),
  trouble: Nullable(Type.String()),
});
export type ReportJob = Static<typeof ReportJob>;

export const ReportList = Type.Object({ items: Type.Array(ReportItem), jobs: Type.Array(ReportJob), next: Nullable(Type.String()) });
export type ReportList = Static<typeof ReportList>;

/** What a report leaves to people, in the words of its pages. */
export const ReportTodo = Type.Object({
  /** What an auditor asks, or the kind of a finding. */
  about: Type.String(),
  words: Type.String(),
  /** Names of the first few whose results have it; none = it is of the whole report. */
  of: Type.Array(Type.String()),
  of_count: Type.Integer(),
});
export type ReportTodo = Static<typeof ReportTodo>;

/** `report` null = it is not made yet; `manifest` as docs/reports.md has it. */
export const ReportView = Type.Object({
  report: Nullable(ReportItem),
  job: Nullable(ReportJob),
  manifest: Nullable(Type.Record(Type.String(), Type.Unknown())),
  /** Exemptions that it rests on and that were withdrawn since: it stays as it is, and says so here. */
  withdrawn_exemptions: Type.Array(Type.String()),
  /** As its pages say it: inventory, documents, stamp points, application errors, anchors. */
  todos: Type.Array(ReportTodo),
  /** Files of it that can be fetched. */
  files: Type.Array(Type.String()),
});
export type ReportView = Static<typeof ReportView>;

export const ReportRequestBody = Type.Object(
  {
    /** RFC 3339. */
    from: HostText(40),
    to: HostText(40),
    /** Ids; none = those of the declared scopes. */
    profiles: Type.Optional(Type.Array(HostText(120), { maxItems: 100 })),
    /** Names of declared scopes, in place of profiles; none = all. */
    scopes: Type.Optional(Type.Array(HostText(120), { maxItems: 100 })),
    /** Ids or names; none = all that fit. */
    hosts: Type.Optional(Type.Array(HostText(255), { maxItems: 10_000 })),
  },
  { additionalProperties: false },
);
export type ReportRequestBody = Static<typeof ReportRequestBody>;
