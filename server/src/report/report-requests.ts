import { BILLION, parseUtc, type UtcInstant } from "@truebound/time";
import { readOptions } from "@truebound/wire";
import { noVerb } from "../admin/verbs.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import type { ReportRequest } from "./request.ts";
import { isAct, parseSign, parseSigner, parseSignoffs, type SignoffRequest } from "./signoff/requests.ts";

/** What `truebound report …` asks for. */
export type ReportCommand =
  | { readonly do: "create"; readonly request: ReportRequest; readonly out: string; readonly regenerate: boolean; readonly json: boolean }
  | { readonly do: "list"; readonly json: boolean }
  | {
      readonly do: "verify";
      readonly bundle: string;
      readonly keyId: string | null;
      readonly countersigned: boolean;
      readonly json: boolean;
    }
  | SignoffRequest;

export const REPORT_USAGE = `usage: truebound report create --from TIME --to TIME --out DIR [--profile P|--scope S]... [--host H]... [--regenerate] [--json]
       truebound report list [--json]
       truebound report verify BUNDLE [--key=KEY_ID] [--countersigned] [--json]
       truebound report sign|countersign ID|BUNDLE --as NAME --role ROLE --key FILE [--statement TEXT]
       truebound report signoffs ID|BUNDLE [--json]
       truebound report signer add NAME --public-key KEY|--new-key FILE --who NAME
       truebound report signer remove NAME --who NAME
       truebound report signer list [--json]
  Holds a period against limits, and proves what it says (docs/reports.md). verify needs neither network nor database.
  --from, --to             RFC 3339, or a day as YYYY-MM-DD: its midnight, UTC; needed
  --profile P              a limit, as truebound profile list shows it; may be repeated (those of the declared scopes)
  --scope S                a declared scope, by name, in place of profiles; may be repeated (all)
  --host H                 by id or name; may be repeated (all that fit)
  --out DIR                a folder that is not there yet; needed
  --regenerate             exit 1 where the newest report of the same period, profiles, scopes and hosts has other results (off)
  --key=KEY_ID             the issuer's key that you know from elsewhere: another one is refused; its id may begin with - (any)
  --countersigned          exit 1 where nobody countersigned, too (off)
  sign and countersign verify the bundle, sign what it is with the private key of a person, and write signoff.json and a sheet into
  it. Who countersigns is somebody else. Each person is registered once, with a key of their own; signoffs shows who signed.
  --as NAME, --role ROLE   needed: as what the person is registered, and in which role they sign
  --key FILE               sign: the person's private key, Ed25519 as PEM; needed
  --statement TEXT         what the person says (that they read the report, and that its bundle was verified)
  --public-key KEY         of a person, in base64, raw or as openssl pkey -pubout -outform der writes it
  --new-key FILE           makes a private key there, for that person alone
  --who NAME               needed: who vouches that the key is that person's
  --json                   as JSON (off)
  verify exits with 0 only if everything holds; else it names the first thing that does not.
${ADMIN_SETTINGS}
example: truebound report create --from 2026-03-02 --to 2026-03-03 --profile uk-rts25-hft --out march-2`;

export function parseReport([what, ...rest]: readonly string[]): ReportCommand | string {
  if (what === "create") return parseCreate(rest);
  if (what === "list") return parseList(rest);
  if (what === "verify") return parseVerify(rest);
  if (isAct(what)) return parseSign(what, rest);
  if (what === "signoffs") return parseSignoffs(rest);
  if (what === "signer") return parseSigner(rest);
  return noVerb(what, "reports", ["create", "list", "verify", "sign", "countersign", "signoffs", "signer"]);
}

function parseCreate(rest: readonly string[]): ReportCommand | string {
  const read = readOptions(rest, {
    from: "text",
    to: "text",
    out: "text",
    profile: "list",
    scope: "list",
    host: "list",
    regenerate: "flag",
    json: "flag",
  });
  if (typeof read === "string") return read;
  const { from, to, out, profile = [], scope = [], host = [], regenerate = false, json = false } = read.values;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: create takes options only`;
  if (from === undefined || to === undefined || out === undefined) return "Cannot make a report without --from, --to and --out";
  const period = readPeriod(from, to);
  if (typeof period === "string") return period;
  return { do: "create", request: { ...period, profiles: profile, scopes: scope, hosts: host }, out, regenerate, json };
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
  const read = readOptions(rest, { key: "text", countersigned: "flag", json: "flag" });
  if (typeof read === "string") return read;
  const [bundle, odd] = read.words;
  if (bundle === undefined) return "Cannot verify a report without the folder of its bundle";
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one bundle at a time`;
  const { key = null, countersigned = false, json = false } = read.values;
  return { do: "verify", bundle, keyId: key, countersigned, json };
}
