import { closestLimit, isInForce, PROFILES, type Profile, readProfile, stampGranularity, TEMPLATES } from "@truebound/audit";
import { utc } from "@truebound/time";
import { nearest } from "@truebound/wire";
import { HORIZON_NS } from "../report/plan.ts";
import type { Thing } from "./document.ts";
import type { Body, Field } from "./fields.ts";
import { digits, documentId, either, flag, type Json, type Kind, labels, longWidth, plain, profileId, share, text } from "./kinds.ts";
import type { Reading, Reference } from "./located.ts";
import { referring } from "./whom-fields.ts";

const calendar: Kind = { ...referring("calendar"), say: (value) => (value === null ? "none" : plain(value)) };

const words = (key: string, means: string, most = 200): Field => ({
  key,
  stored: key,
  kind: either("none", null, text(most)),
  initial: null,
  means,
});

export const SCOPE: readonly Field[] = [
  { key: "name", stored: "name", kind: profileId, required: true, means: "by which reports and exemptions know it" },
  {
    key: "profile",
    stored: "profile",
    kind: referring("profile"),
    required: true,
    means: "against which its clocks are held: each of them, or of one of kind pair all pairs of them",
  },
  { key: "labels", stored: "hosts", kind: labels, required: true, means: "its hosts are those that carry all of these; {} = every host" },
  { key: "calendar", stored: "calendar", kind: calendar, initial: null, means: "when the limit must hold", otherwise: "always" },
  words("service", "what runs there, for people"),
  words("activity", "of the profile's law, such as high-frequency trading"),
  words("stamp_point", "where the timestamp is applied", 500),
  {
    key: "app_error",
    stored: "app_error_ns",
    kind: digits(0),
    initial: "0",
    means: "error of the application between reading the clock and the event: the limit is narrowed by it at both ends",
  },
  {
    key: "app_error_from",
    stored: "app_error_from",
    kind: documentId,
    means: "instead of app_error: the document of a stamp test, by its id; what that measured then holds",
    otherwise: "as app_error says",
  },
  {
    key: "horizon",
    stored: "horizon_ns",
    kind: longWidth,
    means: "how far evidence reaches in time, either way",
    otherwise: "the profile's, or 30 s",
  },
  {
    key: "counts_unverified",
    stored: "counts_unverified",
    kind: flag,
    means: "a bound of status unverified is evidence",
    otherwise: "the profile's, or false",
  },
  {
    key: "minimum_proven",
    stored: "minimum_proven_ppm",
    kind: either("none", null, share),
    initial: null,
    means: "proven share from which a clock, or a group, without a violation passes within policy",
  },
  {
    key: "stamp_example",
    stored: "stamp_example",
    kind: text(100),
    means: "a timestamp as the application writes it, such as 2026-11-26T09:30:00.123456Z",
    otherwise: "not declared",
  },
  {
    key: "clock_resolution",
    stored: "clock_resolution_ns",
    kind: longWidth,
    means: "how coarse the clock is that the application reads",
    otherwise: "not declared",
  },
];

/** Those of the file win; it can give no other limit the id of one that comes with Truebound. */
function profileOf(id: string, things: readonly Thing[]): Profile | undefined {
  const thing = things.find(({ kind, key }) => kind === "profile" && key === id);
  const own = thing === undefined ? null : readProfile({ id, ...thing.body });
  return own?.kind === "read" ? own.profile : PROFILES.find((profile) => profile.id === id);
}

/** A profile of kind pair says nothing of these. */
const OF_PAIRS: Readonly<Record<string, Json>> = { horizon_ns: HORIZON_NS, counts_unverified: false };

/** What a scope leaves open is as its profile has it. */
export function completeScope(thing: Thing, things: readonly Thing[]): Thing {
  if (thing.kind !== "scope") return thing;
  const profile = profileOf(String(thing.body.profile), things);
  if (profile === undefined) return thing;
  const open: Record<string, Json> =
    profile.kind === "utc" ? { horizon_ns: profile.horizon_ns.toString(), counts_unverified: profile.counts_unverified } : OF_PAIRS;
  return { ...thing, body: { ...open, ...thing.body } };
}

/** A limit that does not hold, or whose text nobody has read yet, looks like one that does. */
function doubtProfile(profile: Profile, { at, path }: Reference, now: bigint | null, reading: Reading): void {
  const { id, valid_from, valid_to } = profile;
  if (now !== null && !isInForce(profile, utc(now)))
    reading.warn(at, `${path} is ${id}, which is not in force now: it is from ${valid_from}${valid_to === null ? "" : ` to ${valid_to}`}`);
  if (profile.kind === "utc" && profile.status === "draft")
    reading.warn(at, `${path} is ${id}, a draft: its text has not been read where it is law`);
}

/** What no clock could ever pass, and an example that shows nothing, look like declarations that hold. */
export function doubtScope(
  { key, body: { profile: id, app_error_ns, stamp_example } }: Thing,
  things: readonly Thing[],
  reading: Reading,
): void {
  const profile = profileOf(String(id), things);
  const at = reading.references.find(({ kind, name }) => kind === "profile" && name === id)?.at;
  if (profile?.kind !== "utc" || at === undefined) return;
  const error = typeof app_error_ns === "string" ? BigInt(app_error_ns) : 0n;
  if (error >= closestLimit(profile))
    reading.warn(
      at,
      `scope ${key}: an app_error of ${error} ns leaves nothing of the ${closestLimit(profile)} ns that ${profile.id} allows, so nothing can be proved inside`,
    );
  if (typeof stamp_example === "string" && stampGranularity(stamp_example) === null)
    reading.warn(
      at,
      `scope ${key}: stamp_example ${JSON.stringify(stamp_example)} has no form that is known, so it shows no granularity; write a timestamp of ISO 8601 or FIX, or a count since 1970`,
    );
}

/** A rule without a number is no limit. */
export function findStrangeProfile(reference: Reference, things: readonly Thing[], now: bigint | null, reading: Reading): void {
  const { name, at, path } = reference;
  const profile = profileOf(name, things);
  if (profile !== undefined) return doubtProfile(profile, reference, now, reading);
  const cannot = `Cannot take ${path} ${JSON.stringify(name)}`;
  if (TEMPLATES.some(({ id }) => id === name))
    return reading.tell(at, `${cannot}: it is a rule without a number; set a profile with template: ${name} and a limit, and name that`);
  const ids = [...PROFILES.map(({ id }) => id), ...things.filter(({ kind }) => kind === "profile").map(({ key }) => key)];
  reading.tell(at, `${cannot}: there is no profile of this id; did you mean ${nearest(name, ids)}?`);
}

/** A number beside a test would leave open which of them holds. */
export const scopeFault = ({ app_error_ns, app_error_from }: Body): string | null =>
  app_error_from !== undefined && app_error_ns !== "0"
    ? "write either app_error or app_error_from, which takes it from a stamp test"
    : null;
