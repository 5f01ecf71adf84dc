import { readOptions } from "@truebound/wire";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound log …` asks for. */
export type LogRequest =
  | { readonly do: "show"; readonly json: boolean }
  | { readonly do: "rotate-key"; readonly lost: boolean; readonly json: boolean }
  | { readonly do: "head" | "verify"; readonly witness: string | null; readonly json: boolean };

export const LOG_USAGE = `usage: truebound log show [--json]
       truebound log head [--witness FILE] [--json]
       truebound log verify [--witness FILE] [--json]
       truebound log rotate-key [--lost] [--json]
  The log that holds all evidence (docs/log.md). show says how long it is, what waits and what did not fit. head prints its newest
  signed head; with --witness it first makes sure that the log goes on from the last head in FILE, and adds the new one to it:
  keep FILE where nobody who can reach the database can write. verify reads the whole log and all evidence of it again.
  rotate-key lets a new key of the server follow the one in TRUEBOUND_RECEIPT_KEY_FILE, which vouches for it (docs/log.md): a key
  that lies in that file's name with .next behind it, or else one that it makes. Start the servers again after it.
  --lost                   the key in use is gone for good: nothing vouches for the next one, and agents enrol anew (off)
  --witness FILE           heads that were kept, one a line (none)
  --json                   as JSON (off)
  Exit 0 when all holds, 1 when something does not.
${ADMIN_SETTINGS}
example: truebound log head --witness /media/auditor/truebound-heads.ndjson`;

export function parseLog([what, ...rest]: readonly string[]): LogRequest | string {
  if (what === undefined) return "Cannot guess what to do with the log: say show, head, verify or rotate-key";
  if (what === "rotate-key") return parseRotateKey(rest);
  if (what !== "show" && what !== "head" && what !== "verify")
    return `Cannot do ${JSON.stringify(what)} with the log: say show, head, verify or rotate-key`;
  const read = readOptions(rest, what === "show" ? { json: "flag" } : { json: "flag", witness: "text" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: log ${what} takes no words`;
  const { json = false, witness = null } = read.values as { readonly json?: true; readonly witness?: string };
  return what === "show" ? { do: what, json } : { do: what, witness, json };
}

function parseRotateKey(rest: readonly string[]): LogRequest | string {
  const read = readOptions(rest, { lost: "flag", json: "flag" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: log rotate-key takes no words`;
  return { do: "rotate-key", lost: read.values.lost ?? false, json: read.values.json ?? false };
}
