import { SIGNOFF_ACTS, type SignoffAct } from "@truebound/audit";
import { readOptions } from "@truebound/wire";
import { noVerb } from "../../admin/verbs.ts";

/** What `truebound report sign …`, `countersign …`, `signoffs …` and `signer …` ask for. */
export type SignoffRequest =
  | {
      readonly do: SignoffAct;
      /** Id of a report, or the folder of its bundle. */
      readonly of: string;
      readonly name: string;
      readonly role: string;
      readonly words: string;
      readonly keyFile: string;
    }
  | { readonly do: "signoffs"; readonly of: string; readonly json: boolean }
  | {
      readonly do: "add_signer";
      readonly name: string;
      readonly publicKey: string | null;
      readonly newKey: string | null;
      readonly who: string;
    }
  | { readonly do: "remove_signer"; readonly name: string; readonly who: string }
  | { readonly do: "list_signers"; readonly json: boolean };

export const STATEMENT = "I have read this report with its assumptions and what it cannot show, and have had its bundle verified.";

/** Names stand in a log and on paper: a line each, and no second way of writing the same. */
const LINE = /^[\u0021-\u007e\u00a1-\ud7ff](?:[\u0020-\u007e\u00a1-\ud7ff]{0,198}[\u0021-\u007e\u00a1-\ud7ff])?$/;
const isLine = (text: string): boolean => LINE.test(text) && text.normalize("NFC") === text;

export function parseSign(act: SignoffAct, rest: readonly string[]): SignoffRequest | string {
  const read = readOptions(rest, { as: "text", role: "text", key: "text", statement: "text" });
  if (typeof read === "string") return read;
  const [of, odd] = read.words;
  if (of === undefined || odd !== undefined) return `Cannot ${act} without exactly one report: its id, or the folder of its bundle`;
  const { as: name, role, key: keyFile, statement: words = STATEMENT } = read.values;
  if (name === undefined || role === undefined)
    return `Cannot ${act} without --as NAME and --role ROLE: a report says who signed it, and as what`;
  if (keyFile === undefined)
    return `Cannot ${act} without --key FILE, the private key of ${name}: truebound report signer add ${JSON.stringify(name)} --new-key FILE makes one`;
  if (![name, role, words].every(isLine)) return "Cannot take --as, --role or --statement: each is a line of at most 200 characters";
  return { do: act, of, name, role, words, keyFile };
}

export function parseSignoffs(rest: readonly string[]): SignoffRequest | string {
  const read = readOptions(rest, { json: "flag" });
  if (typeof read === "string") return read;
  const [of, odd] = read.words;
  return of === undefined || odd !== undefined
    ? "Cannot show who signed without exactly one report: its id, or the folder of its bundle"
    : { do: "signoffs", of, json: read.values.json ?? false };
}

export function parseSigner([what, ...rest]: readonly string[]): SignoffRequest | string {
  if (what === "add") return parseAdd(rest);
  if (what === "remove") return parseRemove(rest);
  if (what !== "list") return noVerb(what, "people who sign", ["add", "remove", "list"]);
  const read = readOptions(rest, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: "list_signers", json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: list takes no words`;
}

function parseAdd(rest: readonly string[]): SignoffRequest | string {
  const read = readOptions(rest, { "public-key": "text", "new-key": "text", who: "text" });
  if (typeof read === "string") return read;
  const named = personOf(read.words, read.values.who);
  if (typeof named === "string") return named;
  const { "public-key": said, "new-key": newKey } = read.values;
  if ((said === undefined) === (newKey === undefined))
    return `Cannot register ${named.name} without either --public-key KEY, which that person hands over, or --new-key FILE, where a key of theirs is made`;
  const publicKey = said === undefined ? null : readPublicKey(said);
  if (said !== undefined && publicKey === null)
    return "Cannot take --public-key: it is no Ed25519 key in base64; openssl pkey -in KEY -pubout -outform der | base64 -w0 prints one";
  return { do: "add_signer", ...named, publicKey, newKey: newKey ?? null };
}

function parseRemove(rest: readonly string[]): SignoffRequest | string {
  const read = readOptions(rest, { who: "text" });
  if (typeof read === "string") return read;
  const named = personOf(read.words, read.values.who);
  return typeof named === "string" ? named : { do: "remove_signer", ...named };
}

function personOf([name, odd]: readonly string[], who: string | undefined): { readonly name: string; readonly who: string } | string {
  if (name === undefined || odd !== undefined) return "Cannot do that without exactly one name of a person, in quotes";
  if (who === undefined) return `Cannot change the key of ${name} without --who NAME: who vouches for it is kept for good`;
  return isLine(name) && isLine(who) ? { name, who } : "Cannot take that name or --who: each is a line of at most 200 characters";
}

/** What stands before the 32 bytes of an Ed25519 key where openssl writes it (RFC 8410). */
const SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** Raw or as openssl writes it, in base64 or base64url; as raw base64url. */
export function readPublicKey(text: string): string | null {
  const bytes = Buffer.from(text.trim(), "base64url");
  const raw = bytes.length === SPKI.length + 32 && bytes.subarray(0, SPKI.length).equals(SPKI) ? bytes.subarray(SPKI.length) : bytes;
  return raw.length === 32 ? raw.toString("base64url") : null;
}

export const isAct = (what: string | undefined): what is SignoffAct => SIGNOFF_ACTS.some((act) => act === what);
