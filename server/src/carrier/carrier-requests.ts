import { readOptions } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { ADMIN_SETTINGS } from "../usage.ts";

/** What is done with files that somebody carried here. */
export type CarrierRequest =
  | { readonly do: "import_carried"; readonly file: string; readonly answers: string | null; readonly json: boolean }
  | { readonly do: "admit_carried"; readonly file: string; readonly answer: string; readonly labels: LabelSet };

export const IMPORT_USAGE = `usage: truebound import FILE|- [--answers FILE] [--json]
  Takes the reports of hosts without a road to this server, as truebound-agent spool export wrote them: of one host or of many,
  one file behind the other. Whatever came before counts once; what is damaged, or of a host that is not known, is named by
  its line, and the rest is taken. - is standard input. Exit 1 when something was not taken.
  --answers FILE           what goes back to the hosts, for truebound-agent spool acknowledge; it is written over (none)
  --json                   what was taken of whom, as JSON (off)
${ADMIN_SETTINGS}
  TRUEBOUND_RECEIPT_KEY_FILE   receipt-key.pem in the data folder: the key by which this server answers
example: truebound import /media/stick/web-1.deliveries --answers /media/stick/web-1.answers`;

export const ADMIT_USAGE = `usage: truebound host admit FILE|- --answer FILE [--label NAME=VALUE]…
  Lets in a host without a road to this server, as truebound-agent enroll --request FILE asked for it there. Whoever does this
  stands for it that the file is the host's: compare the key that is printed with truebound-agent key. Its reports come in
  files, so none is awaited.
  --answer FILE            what goes back to the host, for truebound-agent enroll --answer
  --label NAME=VALUE       a label that wins over the host's own; more than one may be given
${ADMIN_SETTINGS}
  TRUEBOUND_RECEIPT_KEY_FILE   receipt-key.pem in the data folder: the key by which this server answers
example: truebound host admit /media/stick/web-1.join --answer /media/stick/web-1.joined --label site=vault`;

export function parseImport(rest: readonly string[]): CarrierRequest | string {
  const { file, options } = fileFirst(rest);
  const read = readOptions(options, { answers: "text", json: "flag" });
  if (typeof read === "string") return read;
  const stray = strayOf(file, read.words, "import");
  if (stray !== null) return stray;
  return { do: "import_carried", file: file as string, answers: read.values.answers ?? null, json: read.values.json ?? false };
}

export function parseAdmit(rest: readonly string[]): CarrierRequest | string {
  const { file, options } = fileFirst(rest);
  const read = readOptions(options, { answer: "text", label: "list" });
  if (typeof read === "string") return read;
  const stray = strayOf(file, read.words, "host admit");
  if (stray !== null) return stray;
  if (read.values.answer === undefined) return "Cannot admit a host without --answer FILE: it learns there who it is";
  const labels = labelsOf(read.values.label ?? []);
  return typeof labels === "string" ? labels : { do: "admit_carried", file: file as string, answer: read.values.answer, labels };
}

function fileFirst(rest: readonly string[]): { readonly file: string | undefined; readonly options: readonly string[] } {
  const at = rest.findIndex((word, index) => (word === "-" || !word.startsWith("-")) && !VALUED.includes(rest[index - 1] ?? ""));
  return { file: rest[at], options: rest.filter((_, index) => index !== at) };
}

const VALUED: readonly string[] = ["--answers", "--answer", "--label"];

function strayOf(file: string | undefined, words: readonly string[], what: string): string | null {
  if (file === undefined) return `Cannot guess which file: say truebound ${what} FILE, or - for standard input`;
  return words[0] === undefined ? null : `Cannot take ${JSON.stringify(words[0])}: truebound ${what} takes one file`;
}

function labelsOf(pairs: readonly string[]): LabelSet | string {
  const labels: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([a-zA-Z_][a-zA-Z0-9_]{0,62})=([\u0020-\u007e]{1,200})$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return `Cannot read label ${JSON.stringify(pair)}: write NAME=VALUE`;
    labels[name] = value;
  }
  return labels;
}
