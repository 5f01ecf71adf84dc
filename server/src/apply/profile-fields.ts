import {
  FIGURES,
  PROFILE_STATUSES,
  PROFILES,
  REFERENCES,
  readProfile,
  SMEARS,
  sayProfile,
  TEMPLATES,
  TRACEABILITIES,
} from "@truebound/audit";
import { type Body, entryOf, type Field, mapOf, readFields } from "./fields.ts";
import { choice, count, day, divergence, either, flag, type Json, list, longWidth, profileId, text, url } from "./kinds.ts";
import type { LocatedMap, Reading } from "./located.ts";

const KIND_WORDS = ["pair", "utc"];

const head = (kind: string, means: string): readonly Field[] => [
  { key: "id", stored: "id", kind: profileId, required: true, means: "by which it is known; never given to another limit" },
  { key: "kind", stored: "kind", kind: choice(KIND_WORDS), initial: kind, means },
  { key: "title", stored: "title", kind: text(500), required: true, means: "for people" },
];

const common: readonly Field[] = [
  { key: "limit_on", stored: "limit_on", kind: text(500), required: true, means: "what it limits, in words" },
  {
    key: "valid_from",
    stored: "valid_from",
    kind: day,
    initial: "1970-01-01",
    means: "first day of force, UTC; 1970-01-01 = nobody says since when",
  },
  { key: "valid_to", stored: "valid_to", kind: either("none", null, day), initial: null, means: "last day of force; none = it goes on" },
  { key: "jurisdiction", stored: "jurisdiction", kind: either("none", null, text(500)), initial: null, means: "whose law it is" },
  {
    key: "source",
    stored: "source",
    kind: mapOf([
      { key: "text", stored: "text", kind: text(500), required: true, means: "where the number stands, in words" },
      { key: "url", stored: "url", kind: either("none", null, url), initial: null, means: "its address" },
    ]),
    required: true,
    means: "where the number stands",
  },
  { key: "verified", stored: "verified", kind: flag, initial: false, means: "it was read in the words of whoever set it" },
  { key: "note", stored: "note", kind: text(500), required: true, means: "what happens beyond it" },
];

const PAIR: readonly Field[] = [
  ...head("pair", "on the difference between two clocks"),
  { key: "limit", stored: "limit_ns", kind: longWidth, required: true, means: "the most that is allowed, either way" },
  ...common,
];

const OFTEN = mapOf([
  { key: "count", stored: "count", kind: count(1, 1_000_000), required: true, means: "so many episodes" },
  { key: "within", stored: "window_ns", kind: longWidth, required: true, means: "that begin within so long" },
]);

const SELF_REPORT = mapOf([
  { key: "often", stored: "often", kind: either("none", null, OFTEN), initial: null, means: "episodes within a stretch of time" },
  {
    key: "multiple_of_limit",
    stored: "multiple_of_limit",
    kind: either("none", null, count(1, 1_000_000)),
    initial: null,
    means: "an episode beyond so many times the limit",
  },
  { key: "lasting", stored: "lasting_ns", kind: either("none", null, longWidth), initial: null, means: "an episode as long, or longer" },
  { key: "verified", stored: "verified", kind: flag, initial: false, means: "it was read in the words of whoever set it" },
]);

const UTC: readonly Field[] = [
  ...head("utc", "on the divergence of each clock from UTC; may be left out beside template only"),
  {
    key: "template",
    stored: "template",
    kind: either("none", null, choice(TEMPLATES.map(({ id }) => id))),
    initial: null,
    means: "a rule without a number that comes with Truebound: every other key but id and limit is then as it says",
  },
  { key: "limit", stored: "limit_ns", kind: divergence, required: true, means: "the most that is allowed, either way or each way" },
  ...common,
  {
    key: "granularity",
    stored: "granularity_ns",
    kind: either("none", null, longWidth),
    initial: null,
    means: "timestamps are as fine, or finer",
  },
  {
    key: "retention_years",
    stored: "retention_years",
    kind: either("none", null, count(1, 100)),
    initial: null,
    means: "for how long evidence is to be kept",
  },
  {
    key: "traceability",
    stored: "traceability",
    kind: choice(TRACEABILITIES),
    initial: "none",
    means: "required = evidence without a chain of documents does not count; expected = what is missing is a to-do",
  },
  { key: "reference", stored: "reference", kind: choice(REFERENCES), initial: "UTC", means: "what the limit is against" },
  {
    key: "self_report",
    stored: "self_report",
    kind: either("none", null, SELF_REPORT),
    initial: null,
    means: "which breaches must be told to an authority",
  },
  { key: "horizon", stored: "horizon_ns", kind: longWidth, initial: "30000000000", means: "how far evidence reaches in time, either way" },
  {
    key: "smear",
    stored: "smear",
    kind: choice(SMEARS),
    initial: "divergence",
    means: "a leap smear counts as divergence, is the reference itself, or was corrected before stamps were made",
  },
  {
    key: "counts_unverified",
    stored: "counts_unverified",
    kind: flag,
    initial: false,
    means: "a bound of status unverified is evidence",
  },
  {
    key: "status",
    stored: "status",
    kind: choice(PROFILE_STATUSES),
    initial: "in_force",
    means: "draft = its text has not been read where it is law",
  },
  {
    key: "unverified",
    stored: "unverified",
    kind: list(choice(FIGURES), 0, FIGURES.length),
    initial: [],
    means: "figures beside the limit that nobody read in the words of whoever set them",
  },
];

/** Keys of a profile by its kind. */
export const PROFILE_FIELDS: Readonly<Record<string, readonly Field[]>> = { pair: PAIR, utc: UTC };

/** With a template all that it says stands where the file says nothing. Of one that is not there nothing else is asked. */
function filled(template: Json | undefined): readonly Field[] {
  if (template === undefined || template === null || template === "none") return UTC;
  const found = TEMPLATES.find(({ id }) => id === template);
  const says: Body = found === undefined ? {} : (sayProfile(found) as unknown as Body);
  return UTC.map((field) => (ITS_OWN.includes(field.key) ? field : open(field, says[field.stored])));
}

/** What a template cannot say of a profile that is made of it. */
const ITS_OWN = ["id", "kind", "template", "limit"];

/** It need not be written. */
function open(field: Field, initial: Json | undefined): Field {
  const { required: _, ...rest } = field;
  return initial === undefined ? rest : { ...rest, initial };
}

/** By which keys a profile is read, and said again. */
export const profileFields = ({ kind, template }: Body): readonly Field[] => (kind === "utc" ? filled(template) : PAIR);

const wordOf = (node: LocatedMap, key: string): string | undefined => {
  const entry = entryOf(node, key);
  return entry?.kind === "scalar" ? entry.text : undefined;
};

/** One that names a template is on divergence from UTC, whether it says so or not. */
export function readProfileBody(node: LocatedMap, path: string, reading: Reading): Body | undefined {
  const template = wordOf(node, "template");
  const kind = wordOf(node, "kind") ?? (template === undefined ? "pair" : "utc");
  const before = reading.problems.length;
  const body = readFields(node, path, profileFields({ kind, ...(template === undefined ? {} : { template }) }), reading);
  if (reading.problems.length > before) return undefined;
  const wrong = profileFault(body);
  return wrong === null ? body : reading.tell(node.at, `Cannot take ${path}: ${wrong}`);
}

function profileFault(body: Body): string | null {
  if ([...PROFILES, ...TEMPLATES].some(({ id }) => id === body.id))
    return `a profile that comes with Truebound has the id ${String(body.id)}; choose another`;
  const read = readProfile(body);
  return read.kind === "read" ? null : read.problems.join("; ");
}
