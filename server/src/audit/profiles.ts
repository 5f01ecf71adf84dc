import { PAIR_PROFILES, type Profile, sayProfile } from "@truebound/audit";
import { atMost } from "@truebound/time";
import { nearest, readOptions } from "@truebound/wire";
import type { Told } from "../admin/admin.ts";
import { noVerb } from "../admin/verbs.ts";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound profile …` asks for. */
export type ProfileRequest =
  | { readonly do: "list"; readonly json: boolean }
  | { readonly do: "show"; readonly id: string; readonly json: boolean };

export const PROFILE_USAGE = `usage: truebound profile list [--json]
       truebound profile show ID [--json]
  Limits on clocks that come with this version (docs/profiles.md), and those that truebound apply set where the database can be
  reached: what each limits, from when to when it is in force, and where it is written. A limit of the kind pair is on the
  difference between two clocks.
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

/** `custom` are those that people set beside the ones that come with this version. */
export function tellProfiles(request: ProfileRequest, custom: readonly Profile[]): Told {
  const profiles: readonly Profile[] = [...PAIR_PROFILES, ...custom];
  const widest = Math.max(...profiles.map(({ id }) => id.length));
  if (request.do === "list")
    return said(
      request.json ? inJson({ items: profiles.map(sayProfile), next: null }) : profiles.map((profile) => lineOf(profile, widest)).join(""),
    );
  const profile = profiles.find(({ id }) => id === request.id);
  if (profile === undefined)
    return {
      code: 1,
      out: "",
      err: `${noProfile(
        request.id,
        profiles.map(({ id }) => id),
      )}\n`,
    };
  return said(request.json ? inJson(sayProfile(profile)) : inWords(profile));
}

const said = (out: string): Told => ({ code: 0, out, err: "" });
const inJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const noProfile = (id: string, ids: readonly string[]): string =>
  `There is no profile ${JSON.stringify(id)}; did you mean ${nearest(id, ids)}? truebound profile list shows all`;

const lineOf = ({ id, kind, limit_ns, title, verified }: Profile, widest: number): string =>
  `${id.padEnd(widest)}  ${kind}  ${atMost(limit_ns).padStart(10)}  ${title}${verified ? "" : " (not verified)"}\n`;

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
