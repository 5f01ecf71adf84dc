import { readOptions } from "@truebound/wire";
import type { AdviceWish } from "../advice/ask-advice.ts";
import type { StampWish } from "../stamps/ask-stamps.ts";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound order`, `stamp` and `advise` ask for. */
export type PastRequest =
  | { readonly do: "order"; readonly a: string; readonly b: string; readonly scope?: string | undefined; readonly json: boolean }
  | { readonly do: "stamp"; readonly file: string; readonly wish: StampWish }
  | { readonly do: "advise"; readonly wish: AdviceWish; readonly json: boolean };

const ARCHIVE = `  TRUEBOUND_ARCHIVE_DIR or TRUEBOUND_ARCHIVE_BUCKET, with what goes with it: as the servers have it, for what moved there`;

export const ORDER_USAGE = `usage: truebound order HOST@TIME HOST@TIME [--scope NAME] [--json]
  Which of two events came first, by what the clocks of their hosts showed then (docs/order.md): before, after, undecidable, or
  unknown. HOST is an id or a unique name, and ends at the last @. TIME is the host's own stamp, RFC 3339 or integer ns since 1970.
  --scope NAME             the application error of this scope widens both, at both ends (none)
  --json                   as JSON (off)
  Exit 0 when one is surely first, 1 when not.
${ADMIN_SETTINGS}
${ARCHIVE}
example: truebound order db-1@2026-11-26T13:05:09.007123Z web-2@2026-11-26T13:05:09.009Z`;

export const STAMP_USAGE = `usage: truebound stamp FILE.csv|- [--scope NAME | --profile ID | --limit 100us] [--json]
  When each stamp of a file was shown, UTC, and whether the clock was within a limit then: yes, no or not_provable (docs/order.md).
  A line is host,timestamp,id; a header is optional, and says where these columns are. At most 100,000 lines; one that is bad is
  answered by what is wrong with it. - is standard input. The answer is CSV, in the order of the file.
  --scope NAME             a scope as it was in force then: its profile, its application error, and what it counts (none)
  --profile ID             instead of a scope: a profile that limits divergence from UTC, as truebound profile list shows it (none)
  --limit SPAN             instead of these: the most that is allowed either way, such as 100us or 0.1ms (none)
  --json                   as JSON (off)
  Exit 0 when each line was answered, whatever the answer; 1 when one was bad or none could be, with all other answers written and the
  count and the first bad line on standard error.
${ADMIN_SETTINGS}
${ARCHIVE}
example: truebound stamp trades.csv --limit 100us > judged.csv`;

export const ADVISE_USAGE = `usage: truebound advise [--host HOST | --label name=value]… [--from TIME] [--to TIME] [--json]
  What measured minutes say of two settings that are else guessed: how long to wait before a commit is told, and how far apart two
  clocks can be; each as 99.9 % of the minutes allow. Minutes without a bound count as beyond every value (docs/order.md).
  --host HOST              one host, by its id or name (all)
  --label name=value       hosts that carry it; may be given several times (all)
  --from TIME              RFC 3339 or now-6h, in units s, m, h, d (now-7d)
  --to TIME                RFC 3339 or now (now)
  --json                   as JSON (off)
  Exit 0 when there is an advice, 1 when too much is unknown.
${ADMIN_SETTINGS}
example: truebound advise --label role=db --from now-30d`;

export function parseOrder(args: readonly string[]): PastRequest | string {
  const read = readOptions(args, { scope: "text", json: "flag" });
  if (typeof read === "string") return read;
  const [a, b, odd] = read.words;
  if (a === undefined || b === undefined) return "Cannot order without two stamps: write HOST@TIME HOST@TIME";
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: two stamps at a time`;
  return { do: "order", a, b, scope: read.values.scope, json: read.values.json ?? false };
}

export function parseStampFile(args: readonly string[]): PastRequest | string {
  const read = readOptions(args, { scope: "text", profile: "text", limit: "text", json: "flag" });
  if (typeof read === "string") return read;
  const [file, odd] = read.words;
  if (file === undefined) return "Cannot place stamps without a file, or - for standard input";
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one file at a time`;
  const { scope, profile, limit, json } = read.values;
  return { do: "stamp", file, wish: { scope, profile, limit, format: json ? "json" : "csv" } };
}

export function parseAdvise(args: readonly string[]): PastRequest | string {
  const read = readOptions(args, { host: "text", label: "list", from: "text", to: "text", json: "flag" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: advise takes no words`;
  const { host, label, from, to, json } = read.values;
  const odd = label?.find((one) => one.includes(","));
  if (odd !== undefined) return `Cannot take --label ${odd}: a value with a comma cannot be asked for; name the host`;
  return { do: "advise", wish: { host, labels: label?.join(","), from, to }, json: json ?? false };
}
