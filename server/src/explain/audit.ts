import {
  type AuditCase,
  type AuditPeriod,
  type AuditResult,
  type AuditTerms,
  audit,
  auditGroup,
  auditPair,
  type ClockEvidence,
  type Exemption,
  type GroupCase,
  type GroupMember,
  type GroupResult,
  type PairCase,
  type PairedClock,
  type Smear,
  type Stretch,
} from "@truebound/audit";
import type { Explained } from "./bound.ts";
import { CaseReader, type Json } from "./case-reader.ts";

/** `truebound explain audit`: a case of `tb-audit/1` in, the verdicts and the sums out. */
export function explainAuditCase(json: Json): Explained {
  const reader = new CaseReader(json);
  const doubts: string[] = [];
  const judge = readCase(reader, doubts);
  for (const remark of ["id", "about", "expect"]) reader.key(remark);
  reader.closeObject();
  const ignored = reader.strangers;
  if (reader.problems.length > 0) return { kind: "unreadable", problems: reader.problems, ignored };
  return { kind: "explained", answer: judge(), ignored, doubts };
}

/** What has problems is read to its end, and never judged. */
function readCase(reader: CaseReader, doubts: string[]): () => object {
  if (reader.key("group").present) return judgeGroup(readGroup(reader), readBlock(reader));
  return reader.key("hosts").present ? judgePair(readPair(reader)) : judgeOne(readOne(reader, doubts));
}

const judgeOne = (given: AuditCase) => () => say(audit(given));
const judgePair = (given: PairCase) => () => say(auditPair(given));
const judgeGroup = (given: GroupCase, blockNs: bigint | undefined) => () => sayGroup(auditGroup(given, blockNs));

function readOne(reader: CaseReader, doubts: string[]): AuditCase {
  const profile = reader.key("profile");
  const terms = { ...readLimit(profile), ...readDemands(profile) };
  const smears = readSmears(reader, profile, doubts);
  const driftPpb = readDrift(profile);
  profile.closeObject();
  return { terms, clock: readClock(reader, driftPpb), smears, ...readPeriod(reader) };
}

function readPair(reader: CaseReader): PairCase {
  const profile = reader.key("profile");
  // The two figures of the limit may also stand beside the hosts.
  const terms = readLimit(profile.key("limitNs").present || !reader.key("limitNs").present ? profile : reader);
  if (profile.present) profile.closeObject();
  const clocks = reader.key("hosts").list(readHost);
  if (clocks.length !== 2)
    reader.key("hosts").problem(`has ${clocks.length}: there must be two hosts, the first minus the second is judged`);
  return { terms, clocks: clocks as unknown as readonly [PairedClock, PairedClock], ...readPeriod(reader) };
}

/** All pairs of any number of hosts; each may be exempt by itself. */
function readGroup(reader: CaseReader): GroupCase {
  const profile = reader.key("profile");
  const { limit, appError, minimumProvenPpm } = readLimit(profile);
  if (limit.min !== -limit.max || limit.max < 0n) profile.key("limitNs").problem("must be the same either way, for pairs have no order");
  profile.closeObject();
  const members = reader.key("group").list(readMember);
  return { terms: { limit: limit.max, appError, minimumProvenPpm }, members, ...readPeriod(reader) };
}

function readMember(reader: CaseReader): GroupMember {
  const exemptions = readExemptions(reader);
  return { ...readHost(reader), exemptions };
}

const readBlock = (reader: CaseReader): bigint | undefined =>
  reader.key("blockNs").optional(undefined, (key) => key.integer({ least: 1n }));

function readHost(reader: CaseReader): PairedClock {
  reader.key("name");
  const profile = reader.key("profile");
  const [terms, driftPpb] = [readDemands(profile), readDrift(profile)];
  profile.closeObject();
  const clock = readClock(reader, driftPpb);
  reader.closeObject();
  return { terms, clock };
}

const NOT_NEGATIVE = { least: 0n };
const PPM = { least: 0n, most: 1_000_000n };

function readLimit(profile: CaseReader): Pick<AuditTerms, "limit" | "appError" | "minimumProvenPpm"> {
  const { from: min, to: max } = readEnds(profile.key("limitNs"));
  return {
    limit: { min, max },
    appError: profile.key("appErrorNs").optional(0n, (key) => key.integer(NOT_NEGATIVE)),
    minimumProvenPpm: profile.key("minimumProvenPpm").optional(null, (key) => Number(key.integer(PPM))),
  };
}

const readDemands = (profile: CaseReader): Pick<AuditTerms, "horizon" | "requiresTraceability"> => ({
  horizon: profile.key("horizonNs").integer(NOT_NEGATIVE),
  requiresTraceability: profile.key("requireTraceability").optional(false, (key) => key.flag()),
});

const readDrift = (profile: CaseReader): bigint => profile.key("driftPpb").integer(NOT_NEGATIVE);

/** By their rule; `divergence` is judged against UTC, whatever smears there are. */
const SMEAR_RULES = ["divergence", "reference", "corrected"] as const;

function readSmears(reader: CaseReader, profile: CaseReader, doubts: string[]): Smear[] {
  const rule = profile.key("smear").optional("divergence", (key) => key.oneOf(SMEAR_RULES));
  const smears = reader.key("smears").list(readSmear);
  if (rule === "divergence") return [];
  if (smears.length === 0) doubts.push(`/profile/smear is ${rule}, and /smears lists none: the divergence from UTC is judged`);
  return smears;
}

function readSmear(reader: CaseReader): Smear {
  const begins = reader.key("begins").integer();
  const step = reader.key("step").integer({ least: -1n, most: 1n });
  if (step === 0n) reader.problem("has step 0: it must be 1 (inserted) or -1 (deleted)");
  reader.closeObject();
  return { begins, step: step < 0n ? -1 : 1 };
}

function readPeriod(reader: CaseReader): AuditPeriod {
  const window = readEnds(reader.key("window"));
  return {
    window,
    schedule: reader.key("schedule").optional([window], (key) => key.list(readEnds)),
    exemptions: readExemptions(reader),
  };
}

const readExemptions = (reader: CaseReader): Exemption[] =>
  reader.key("exemptions").list((exemption) => {
    const read = { ...readStretch(exemption), declaredAt: exemption.key("declaredAt").integer() };
    exemption.key("reason");
    exemption.closeObject();
    return read;
  });

function readClock(reader: CaseReader, driftPpb: bigint): ClockEvidence {
  return {
    driftPpb,
    cuts: reader.key("cuts").list((cut) => {
      const read = { ...readStretch(cut), reason: cut.key("reason").optional("unknown", (key) => key.text()) };
      cut.closeObject();
      return read;
    }),
    samples: reader.key("samples").list((sample) => closed(sample, { t: sample.key("t").integer(), ...readBound(sample) })),
    spans: reader.key("spanEvidence").list((span) => closed(span, { ...readStretch(span), ...readBound(span) })),
  };
}

function closed<T>(reader: CaseReader, read: T): T {
  reader.closeObject();
  return read;
}

function readBound(reader: CaseReader): { lo: bigint; hi: bigint; traceable: boolean } {
  const [lo, hi] = [reader.key("lo").integer(), reader.key("hi").integer()];
  if (lo > hi) reader.problem(`has lo ${lo} above hi ${hi}`);
  return { lo, hi, traceable: reader.key("traceable").optional(true, (key) => key.flag()) };
}

function readStretch(reader: CaseReader): Stretch {
  const [from, to] = [reader.key("from").integer(), reader.key("to").integer()];
  if (from > to) reader.problem(`is from ${from} back to ${to}`);
  return { from, to };
}

/** [from, to], as window, schedule and limit are written. */
function readEnds(reader: CaseReader): Stretch {
  if (!reader.present) reader.problem("is missing: it must be a list of two whole numbers");
  const ends = reader.list((end) => end.integer());
  if (reader.present && ends.length !== 2) reader.problem("must be a list of two whole numbers");
  const [from = 0n, to = from] = ends;
  if (from > to) reader.problem(`is from ${from} back to ${to}`);
  return { from, to };
}

/** W1's `expect`: every ns a string, ppm numbers. */
const say = (result: AuditResult): object => ({
  spans: result.spans.map(({ from, to, verdict }) => [from.toString(), to.toString(), verdict]),
  inScopeNs: result.inScope.toString(),
  exemptNs: result.exempt.toString(),
  auditedNs: result.audited.toString(),
  compliantNs: result.compliant.toString(),
  violationNs: result.violation.toString(),
  unprovenNs: result.unproven.toString(),
  conflictNs: result.conflict.toString(),
  noEvidenceNs: result.noEvidence.toString(),
  coveragePpm: result.coveragePpm,
  provenPpm: result.provenPpm,
  violationPpm: result.violationPpm,
  compliancePpmRange: result.compliancePpmRange,
  episodes: result.episodes.map(({ from, to, peakProven }) => ({
    from: from.toString(),
    to: to.toString(),
    peakProvenNs: peakProven.toString(),
  })),
  verdict: result.verdict,
});

const sayGroup = (result: GroupResult): object => ({
  ...say(result),
  pairs: result.pairs,
  outside: result.outside.map(({ members, violation, episodes, first, peakProven }) => ({
    members,
    violationNs: violation.toString(),
    episodes,
    first: first.toString(),
    peakProvenNs: peakProven.toString(),
  })),
  silentNs: result.silent.map(String),
});
