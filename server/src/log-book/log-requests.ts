import { readOptions } from "@truebound/wire";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What `truebound log …` asks for. */
export type LogRequest =
  | { readonly do: "show"; readonly json: boolean }
  | { readonly do: "rotate-key"; readonly lost: boolean; readonly json: boolean }
  | { readonly do: "head" | "verify"; readonly witness: string | null; readonly json: boolean }
  /** `host` null = what differs and is of no host. */
  | { readonly do: "acknowledge"; readonly host: string | null; readonly note: string; readonly json: boolean };

export const LOG_USAGE = `usage: truebound log show [--json]
       truebound log head [--witness FILE] [--json]
       truebound log verify [--witness FILE] [--json]
       truebound log acknowledge [HOST] --note TEXT [--json]
       truebound log rotate-key [--lost] [--json]
  The log that holds all evidence (docs/log.md). show says how long it is, what waits, what does not fit and where the log of a host
  stopped for it, and when all of it was read again last. head prints its newest signed head; with --witness it first makes sure that
  the log goes on from the last head in FILE, and adds the new one to it: keep FILE where nobody who can reach the database can write.
  verify reads the whole log and all evidence of it again.
  acknowledge says that you have looked: the log of HOST (its id or name) goes on behind what does not fit, which never counts;
  without HOST it is what differs and is of no host. It is a leaf itself.
  rotate-key lets a new key of the server follow the one in TRUEBOUND_RECEIPT_KEY_FILE, which vouches for it: a key that lies in that
  file's name with .next behind it, or else one that it makes. Start the servers again after it. It is a leaf too.
  --note TEXT              what you found, kept in the log for good (required)
  --lost                   the key in use is gone for good: nothing vouches for the next one, and agents enrol anew (off)
  --witness FILE           heads that were kept, one a line (none)
  --json                   as JSON (off)
  Exit 0 when all holds, 1 when something does not.
${ADMIN_SETTINGS}
example: truebound log head --witness /media/auditor/truebound-heads.ndjson`;

const SAY = "say show, head, verify, acknowledge or rotate-key";

export function parseLog([what, ...rest]: readonly string[]): LogRequest | string {
  if (what === undefined) return `Cannot guess what to do with the log: ${SAY}`;
  if (what === "acknowledge") return parseAcknowledge(rest);
  if (what === "rotate-key") return parseRotateKey(rest);
  if (what !== "show" && what !== "head" && what !== "verify") return `Cannot do ${JSON.stringify(what)} with the log: ${SAY}`;
  const read = readOptions(rest, what === "show" ? { json: "flag" } : { json: "flag", witness: "text" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: log ${what} takes no words`;
  const { json = false, witness = null } = read.values as { readonly json?: true; readonly witness?: string };
  return what === "show" ? { do: what, json } : { do: what, witness, json };
}

const MOST_NOTE = 2_000;

function parseAcknowledge(rest: readonly string[]): LogRequest | string {
  const read = readOptions(rest, { json: "flag", note: "text" });
  if (typeof read === "string") return read;
  const [host = null, more] = read.words;
  if (more !== undefined) return `Cannot take ${JSON.stringify(more)}: log acknowledge takes one host at a time`;
  const { json = false, note = "" } = read.values as { readonly json?: true; readonly note?: string };
  if (note.trim() === "") return "Cannot acknowledge without a note: say with --note TEXT what you found; it stays in the log for good";
  if (note.length > MOST_NOTE) return `Cannot take a note of ${note.length} characters: it may have ${MOST_NOTE} at most`;
  return { do: "acknowledge", host, note, json };
}

function parseRotateKey(rest: readonly string[]): LogRequest | string {
  const read = readOptions(rest, { lost: "flag", json: "flag" });
  if (typeof read === "string") return read;
  if (read.words[0] !== undefined) return `Cannot take ${JSON.stringify(read.words[0])}: log rotate-key takes no words`;
  return { do: "rotate-key", lost: read.values.lost ?? false, json: read.values.json ?? false };
}
