import { PROFILES, type Profile, profileText, sayProfile, TEMPLATES } from "@truebound/audit";
import { nearest, readOptions } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { noVerb } from "../admin/verbs.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { type AnyProfile, lineOf, profileInWords } from "./profile-words.ts";

/** What `truebound profile …` asks for. */
export type ProfileRequest =
  | { readonly do: "list"; readonly json: boolean }
  | { readonly do: "show"; readonly id: string; readonly json: boolean };

export const PROFILE_USAGE = `usage: truebound profile list [--json]
       truebound profile show ID [--json]
  Limits on clocks that come with this version (docs/profiles.md), and those that truebound apply set where the database can be
  reached: what each limits, from when to when it is in force, and where it is written. A limit of the kind pair is on the
  difference between two clocks, one of the kind utc on the divergence of each clock from UTC; a template is a rule without a
  number. show says too how often must be sampled, and the hash by which a report names the profile.
  --json                   as JSON (off)
${ADMIN_SETTINGS}
example: truebound profile show cockroachdb`;

export function parseProfile([what, ...rest]: readonly string[]): ProfileRequest | string {
  if (what !== "list" && what !== "show") return noVerb(what, "profiles", ["list", "show"]);
  const read = readOptions(rest, { json: "flag" });
  if (typeof read === "string") return read;
  const [id, odd] = read.words;
  const json = read.values.json ?? false;
  if (what === "list") return id === undefined ? { do: "list", json } : `Cannot take ${JSON.stringify(id)}: list takes no words`;
  if (id === undefined) return "Cannot show a profile without its id, as truebound profile list shows it";
  return odd === undefined ? { do: "show", id, json } : `Cannot take ${JSON.stringify(odd)}: one at a time`;
}

/** Those that come with this version, those that people set, and rules that wait for a number. */
export const allProfiles = (custom: readonly Profile[]): readonly AnyProfile[] => [...PROFILES, ...TEMPLATES, ...custom];

export type TextHash = (text: string) => string;

/** `custom` are those that people set beside the ones that come with this version. */
export function tellProfiles(request: ProfileRequest, custom: readonly Profile[], sha256: TextHash): Told {
  const profiles = allProfiles(custom);
  if (request.do === "list") return list(profiles, request.json);
  const profile = profiles.find(({ id }) => id === request.id);
  if (profile === undefined) return { code: 1, out: "", err: `${noProfile(request.id, profiles)}\n` };
  return said(request.json ? inJson(sayProfile(profile)) : profileInWords(profile, sha256(profileText(profile))));
}

function list(profiles: readonly AnyProfile[], json: boolean): Told {
  if (json) return said(inJson({ items: profiles.map((profile) => sayProfile(profile)), next: null }));
  const widest = Math.max(...profiles.map(({ id }) => id.length));
  return said(profiles.map((profile) => lineOf(profile, widest)).join(""));
}

const said = (out: string): Told => ({ code: 0, out, err: "" });
const inJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const noProfile = (id: string, profiles: readonly AnyProfile[]): string => {
  const ids = profiles.map((profile) => profile.id);
  return `There is no profile ${JSON.stringify(id)}; did you mean ${nearest(id, ids)}? truebound profile list shows all`;
};
