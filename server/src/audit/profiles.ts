import { PAIR_PROFILES, type Profile, sayProfile } from "@truebound/audit";
import { atMost } from "@truebound/time";
import { nearest, readOptions } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { noVerb } from "../admin/verbs.ts";

/** What `truebound profile …` asks for. */
export type ProfileRequest =
  | { readonly do: "list"; readonly json: boolean }
  | { readonly do: "show"; readonly id: string; readonly json: boolean };

export const PROFILE_USAGE = `usage: truebound profile list [--json]
       truebound profile show ID [--json]
  Limits on clocks that come with this version (docs/profiles.md): what each limits, from when to when it is in force, and where
  it is written. A limit of the kind pair is on the difference between two clocks.
  --json                   as JSON (off)
settings: none
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

const PROFILES: readonly Profile[] = PAIR_PROFILES;

export function tellProfiles(request: ProfileRequest): Told {
  if (request.do === "list")
    return said(request.json ? inJson({ items: PROFILES.map(sayProfile), next: null }) : PROFILES.map(lineOf).join(""));
  const profile = PROFILES.find(({ id }) => id === request.id);
  if (profile === undefined) return { code: 1, out: "", err: `${noProfile(request.id)}\n` };
  return said(request.json ? inJson(sayProfile(profile)) : inWords(profile));
}

const said = (out: string): Told => ({ code: 0, out, err: "" });
const inJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const ids = PROFILES.map(({ id }) => id);
const WIDEST = Math.max(...ids.map(({ length }) => length));
const noProfile = (id: string): string =>
  `There is no profile ${JSON.stringify(id)}; did you mean ${nearest(id, ids)}? truebound profile list shows all`;

const lineOf = ({ id, kind, limit_ns, title, verified }: Profile): string =>
  `${id.padEnd(WIDEST)}  ${kind}  ${atMost(limit_ns).padStart(10)}  ${title}${verified ? "" : " (not verified)"}\n`;

const NOWHERE = "none";

const inWords = (profile: Profile): string =>
  [
    ["id", profile.id],
    ["title", profile.title],
    ["kind", profile.kind],
    ["limit", `${atMost(profile.limit_ns)} (${profile.limit_ns} ns), either way`],
    ["on", profile.limit_on],
    ["in force", `${since(profile)}${profile.valid_to === null ? "; it goes on" : ` to ${profile.valid_to}`}`],
    ["jurisdiction", profile.jurisdiction ?? NOWHERE],
    ["source", [profile.source.text, ...(profile.source.url === null ? [] : [profile.source.url])].join("; ")],
    ["verified", profile.verified ? "yes: read where it is set" : "no: read elsewhere only"],
    ["note", profile.note],
  ]
    .map(([name, value]) => `${`${name}`.padEnd(12)}  ${value}\n`)
    .join("");

/** The first day of the count stands for "nobody says since when". */
const since = ({ valid_from }: Profile): string => (valid_from === "1970-01-01" ? "nobody says since when" : `from ${valid_from}`);
