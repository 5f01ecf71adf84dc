import { BILLION, parseUtc, type UtcInstant } from "@truebound/time";
import { readOptions } from "@truebound/wire";
import { noVerb } from "../admin/verbs.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import type { ReportRequest } from "./create.ts";

/** What `truebound report …` asks for. */
export type ReportCommand =
  | { readonly do: "create"; readonly request: ReportRequest; readonly out: string; readonly regenerate: boolean; readonly json: boolean }
  | { readonly do: "list"; readonly json: boolean }
  | { readonly do: "verify"; readonly bundle: string; readonly keyId: string | null; readonly json: boolean };

export const REPORT_USAGE = `usage: truebound report create --from TIME --to TIME --out DIR [--profile P]... [--host H]... [--regenerate] [--json]
       truebound report list [--json]
       truebound report verify BUNDLE [--key KEY_ID] [--json]
  Holds a period against limits, and proves what it says (docs/reports.md). verify needs neither network nor database.
  --from, --to             RFC 3339, or a day as YYYY-MM-DD: its midnight, UTC; needed
  --profile P              a limit, as truebound profile list shows it; may be repeated (those of the declared scopes)
  --host H                 by id or name; may be repeated (all that fit)
  --out DIR                a folder that is not there yet; needed
  --regenerate             exit 1 where the newest report of the same period, profiles and hosts has other results (off)
  --key KEY_ID             the issuer's key that you know from elsewhere: another one is refused (any)
  --json                   as JSON (off)
  verify exits with 0 only if everything holds; else it names the first thing that does not.
${ADMIN_SETTINGS}
example: truebound report create --from 2026-03-02 --to 2026-03-03 --profile uk-rts25-hft --out march-2`;

export function parseReport([what, ...rest]: readonly string[]): ReportCommand | string {
  if (what === "create") return parseCreate(rest);
  if (what === "list") return parseList(rest);
  if (what === "verify") return parseVerify(rest);
  return noVerb(what, "reports", ["create", "list", "verify"]);
}

function parseCreate(rest: readonly string[]): ReportCommand | string {
  const read = readOptions(rest, {
    from: "text",
    to: "text",
    out: "text",
    profile: "list",
    host: "list",
    regenerate: "flag",
    json: "flag",
  });
  if (typeof read === "string") return read;
  const { from, to, out, profile = [], host = [], regenerate = false, json = false } = read.values;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: create takes options only`;
  if (from === undefined || to === undefined || out === undefined) return "Cannot make a report without --from, --to and --out";
  const period = readPeriod(from, to);
  if (typeof period === "string") return period;
  return { do: "create", request: { ...period, profiles: profile, hosts: host }, out, regenerate, json };
}

/** At most a leap year: a report is of a day to a year. */
const LONGEST_NS = 366n * 86_400n * BILLION;

export function readPeriod(from: string, to: string): { readonly from: UtcInstant; readonly to: UtcInstant } | string {
  const [begin, end] = [readTime(from), readTime(to)];
  if (begin === null) return `Cannot use --from ${from}: it must be a time such as 2026-03-02T00:00:00Z, or a day such as 2026-03-02`;
  if (end === null) return `Cannot use --to ${to}: it must be a time such as 2026-03-03T00:00:00Z, or a day such as 2026-03-03`;
  if (begin >= end) return `Cannot make a report from ${from} to ${to}: the end must come after the beginning`;
  return end - begin > LONGEST_NS ? `Cannot make a report from ${from} to ${to}: a report is of a year at most` : { from: begin, to: end };
}

const readTime = (text: string): UtcInstant | null => parseUtc(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);

function parseList(rest: readonly string[]): ReportCommand | string {
  const read = readOptions(rest, { json: "flag" });
  if (typeof read === "string") return read;
  const [odd] = read.words;
  return odd === undefined ? { do: "list", json: read.values.json ?? false } : `Cannot take ${JSON.stringify(odd)}: list takes no words`;
}

function parseVerify(rest: readonly string[]): ReportCommand | string {
  const read = readOptions(rest, { key: "text", json: "flag" });
  if (typeof read === "string") return read;
  const [bundle, odd] = read.words;
  if (bundle === undefined) return "Cannot verify a report without the folder of its bundle";
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one bundle at a time`;
  return { do: "verify", bundle, keyId: read.values.key ?? null, json: read.values.json ?? false };
}
