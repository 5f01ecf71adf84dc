import { parseUtc } from "@truebound/time";
import { type Options, readOptions } from "@truebound/wire";
import { labelsOf } from "../admin/labels.ts";
import { noVerb } from "../admin/verbs.ts";
import { readWidth } from "../apply/kinds.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { ADMIN_SETTINGS } from "../usage.ts";
import { DOCUMENT_KINDS, type DocumentKind } from "./chain.ts";

/** Whose chain: one host, by id or name, or all hosts with these labels. */
export type Subject = { readonly host: string } | { readonly selector: LabelSet };

export interface DocumentTerms {
  readonly kind: DocumentKind;
  readonly title: string;
  readonly hosts: LabelSet;
  readonly source: string | null;
  readonly reference: string | null;
  readonly uncertaintyNs: bigint | null;
  readonly stampPoint: string | null;
  readonly appErrorNs: bigint | null;
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly replaces: string | null;
  readonly who: string;
}

/** What `truebound traceability …` asks for. */
export type TraceabilityRequest =
  | {
      readonly do: "show_chain";
      readonly on: Subject;
      readonly from: string | null;
      readonly to: string | null;
      readonly required: boolean;
      readonly json: boolean;
    }
  | { readonly do: "add_document"; readonly file: string; readonly keep: boolean; readonly terms: DocumentTerms }
  | {
      readonly do: "add_stamp_test";
      readonly file: string;
      readonly hosts: LabelSet;
      /** Its last day; null = it has none. */
      readonly validTo: string | null;
      readonly replaces: string | null;
      readonly who: string;
    }
  | { readonly do: "get_document"; readonly id: string; readonly out: string }
  | { readonly do: "list_documents"; readonly json: boolean }
  | { readonly do: "list_templates"; readonly json: boolean }
  | {
      readonly do: "review_chain";
      readonly on: { readonly selector: LabelSet };
      readonly who: string;
      readonly statement: string;
      readonly dryRun: boolean;
    };

export const TRACEABILITY_USAGE = `usage: truebound traceability show HOST | --label name=value…  [--from TIME] [--to TIME] [--required] [--json]
       truebound traceability document add FILE --kind KIND --title TEXT --who NAME [--hash-only] [--label name=value…]
             [--source PATTERN --reference TEXT] [--uncertainty TIME] [--stamp-point TEXT] [--app-error TIME] [--from DAY] [--to DAY] [--replaces ID]
       truebound traceability document add --stamp-test FILE --who NAME --label name=value…|--every-host [--to DAY] [--replaces ID]
       truebound traceability document get ID --out FILE
       truebound traceability list [--json]
       truebound traceability review [--label name=value…] --who NAME --statement TEXT [--dry-run]
       truebound traceability templates [--json]
  The chain from hosts to UTC(k): what their sources were seen to follow, what documents declare, and who reviewed it
  (docs/traceability.md). Documents and reviews are kept for good; another document may stand in for one.
  --label name=value       hosts by their labels, several times; of a document those that it is about (all)
  --from TIME, --to TIME   show: the period that is looked at, RFC 3339 or now-30d (the past 30 days)
  --required               show: as under a profile that demands traceability (off)
  --kind KIND              ${Object.keys(DOCUMENT_KINDS).join(", ")}
  --hash-only              the file itself is kept elsewhere (off: files to 8 MiB are kept here)
  --source PATTERN         sources that it is about, by id or address, * for any run of characters
  --reference TEXT         what they are traceable to by it, such as 'UTC(PTB)'
  --uncertainty TIME       how far from it they are at most, such as 5ns (--uncertainty-ns 5 is the same)
  --stamp-point TEXT       where the application applies its stamps
  --app-error TIME         how far these stamps are from the clock at most, such as 40us (--app-error-ns 40000 is the same)
  --replaces ID            the document in whose place this one stands from its first day on
  --from DAY, --to DAY     a document's first and last day, YYYY-MM-DD (today; no last one)
  --stamp-test FILE        a statement that truebound-agent stamp-test signed; its signature is checked, and
                           --label says for which hosts it stands (--every-host: for all)
  --who NAME, --statement TEXT   a line each, kept for good
  --dry-run                review: shows the chain and what changed since the last review, and signs nothing (off)
${ADMIN_SETTINGS}
example: truebound traceability document add cert.pdf --kind calibration --title "Receiver A" --source '192.0.2.*' --reference 'UTC(PTB)' --who "A. Timekeeper"`;

export function parseTraceability([what, ...rest]: readonly string[]): TraceabilityRequest | string {
  switch (what) {
    case "show":
      return parseShow(rest);
    case "document":
      return parseDocument(rest);
    case "review":
      return parseReview(rest);
    case "list":
      return parseList("list_documents", rest);
    case "templates":
      return parseList("list_templates", rest);
    default:
      return noVerb(what, "traceability", ["show", "document", "list", "review", "templates"]);
  }
}

function parseShow(args: readonly string[]): TraceabilityRequest | string {
  const read = readOptions(args, { label: "list", from: "text", to: "text", required: "flag", json: "flag" });
  if (typeof read === "string") return read;
  const { values, words } = read;
  const on = subjectOf(words, values.label);
  if (typeof on === "string") return on;
  return {
    do: "show_chain",
    on,
    from: values.from ?? null,
    to: values.to ?? null,
    required: values.required ?? false,
    json: values.json ?? false,
  };
}

function subjectOf([host, odd]: readonly string[], label: readonly string[] | undefined): Subject | string {
  if (odd !== undefined) return `Cannot take ${JSON.stringify(odd)}: one host at a time, or --label`;
  if ((host === undefined) === (label === undefined)) return "Cannot show without either a host, by its id or name, or --label name=value";
  if (host !== undefined) return { host };
  const selector = labelsOf(label ?? []);
  return typeof selector === "string" ? selector : { selector };
}

const ADD = {
  kind: "text",
  title: "text",
  who: "text",
  "hash-only": "flag",
  label: "list",
  source: "text",
  reference: "text",
  uncertainty: "text",
  "uncertainty-ns": "text",
  "stamp-point": "text",
  "app-error": "text",
  "app-error-ns": "text",
  from: "text",
  to: "text",
  replaces: "text",
  "stamp-test": "text",
  "every-host": "flag",
} as const;
type AddValues = Options<typeof ADD>["values"];

function parseDocument([what, ...rest]: readonly string[]): TraceabilityRequest | string {
  if (what === "get") return parseGet(rest);
  if (what !== "add") return noVerb(what, "documents", ["add", "get"]);
  const read = readOptions(rest, ADD);
  if (typeof read === "string") return read;
  const { values, words } = read;
  const problem = LINES.map((name) => badLine(name, values[name])).find((one) => one !== null) ?? idProblem(values.replaces);
  if (problem) return problem;
  if (values.who === undefined) return "Cannot add a document without --who: it is kept for good";
  const hosts = labelsOf(values.label ?? []);
  if (typeof hosts === "string") return hosts;
  return values["stamp-test"] === undefined ? parseAdd(words, values, hosts, values.who) : parseStampTest(words, values, hosts, values.who);
}

function parseStampTest(words: readonly string[], values: AddValues, hosts: LabelSet, who: string): TraceabilityRequest | string {
  const odd = Object.keys(values).find((name) => !["stamp-test", "who", "label", "every-host", "to", "replaces"].includes(name));
  if (words.length > 0 || odd !== undefined)
    return `Cannot take ${odd === undefined ? JSON.stringify(words[0]) : `--${odd}`} with --stamp-test: the statement says all but --who, --label, --to and --replaces`;
  if ((Object.keys(hosts).length === 0) !== (values["every-host"] === true))
    return "Cannot tell for which hosts this test stands: say --label name=value, or --every-host";
  const { to: validTo = null } = values;
  if (validTo !== null && !isDay(validTo)) return `Cannot take the day ${validTo}: write YYYY-MM-DD`;
  return { do: "add_stamp_test", file: values["stamp-test"] as string, hosts, validTo, replaces: values.replaces ?? null, who };
}

function parseAdd([file, odd]: readonly string[], values: AddValues, hosts: LabelSet, who: string): TraceabilityRequest | string {
  const { kind, title, source = null, reference = null } = values;
  if (values["every-host"]) return "Cannot take --every-host: without --label a document is about every host; it goes with --stamp-test";
  if (file === undefined || odd !== undefined) return "Cannot add without exactly one file";
  if (kind === undefined || !isKind(kind))
    return `Cannot take --kind ${kind ?? "of nothing"}: say ${Object.keys(DOCUMENT_KINDS).join(", ")}`;
  if (kind === "stamp_test")
    return "Cannot take --kind stamp_test: a test counts by its signature; add it with --stamp-test FILE in the place of a file, --kind and --title";
  if (title === undefined) return "Cannot add a document without --title";
  if ((source === null) !== (reference === null))
    return "Cannot take --source without --reference, or that without it: together they are a link of the chain";
  const [uncertaintyNs, appErrorNs] = [amountOf("uncertainty", values), amountOf("app-error", values)];
  if (typeof uncertaintyNs === "string") return uncertaintyNs;
  if (typeof appErrorNs === "string") return appErrorNs;
  const [validFrom, validTo] = [values.from ?? null, values.to ?? null];
  const strange = [validFrom, validTo].find((day) => day !== null && !isDay(day));
  if (strange) return `Cannot take the day ${strange}: write YYYY-MM-DD`;
  if (validFrom !== null && validTo !== null && validFrom > validTo)
    return "Cannot add a document that ends before it begins: --from comes before --to";
  return {
    do: "add_document",
    file,
    keep: values["hash-only"] !== true,
    terms: {
      kind,
      title,
      hosts,
      source,
      reference,
      uncertaintyNs,
      stampPoint: values["stamp-point"] ?? null,
      appErrorNs,
      validFrom,
      validTo,
      replaces: values.replaces ?? null,
      who,
    },
  };
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && parseUtc(`${text}T00:00:00Z`) !== null;

const LINES = ["title", "who", "source", "reference", "stamp-point"] as const;
const LINE = /^[\u0020-\u007e\u00a0-\ud7ff]{1,500}$/;
const badLine = (name: string, text: string | undefined): string | null =>
  text === undefined || LINE.test(text) ? null : `Cannot take --${name}: it is a line of at most 500 characters`;

const isKind = (text: string): text is DocumentKind => Object.hasOwn(DOCUMENT_KINDS, text);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const idProblem = (id: string | undefined): string | null =>
  id === undefined || UUID.test(id)
    ? null
    : `Cannot take ${JSON.stringify(id)}: it is no id of a document, as truebound traceability list shows it`;

/** With its unit; or as whole nanoseconds, by the option that says so. Null = nobody said. */
function amountOf(name: "uncertainty" | "app-error", values: AddValues): bigint | null | string {
  const [text, count] = [values[name], values[`${name}-ns`]];
  if (text !== undefined && count !== undefined) return `Cannot take --${name} and --${name}-ns at once: they say the same`;
  if (text !== undefined)
    return readWidth(text) ?? `Cannot take --${name} ${text}: write an amount of time with its unit, such as 40us, of whole nanoseconds`;
  if (count === undefined) return null;
  return /^\d{1,18}$/.test(count) ? BigInt(count) : `Cannot take --${name}-ns ${count}: write whole nanoseconds, or --${name} with a unit`;
}

function parseGet(args: readonly string[]): TraceabilityRequest | string {
  const read = readOptions(args, { out: "text" });
  if (typeof read === "string") return read;
  const [id, odd] = read.words;
  if (id === undefined || odd !== undefined)
    return "Cannot get without exactly one id of a document, as truebound traceability list shows it";
  const problem = idProblem(id);
  if (problem !== null) return problem;
  return read.values.out === undefined ? "Cannot get a document without --out FILE" : { do: "get_document", id, out: read.values.out };
}

function parseList(what: "list_documents" | "list_templates", args: readonly string[]): TraceabilityRequest | string {
  const read = readOptions(args, { json: "flag" });
  if (typeof read === "string") return read;
  return read.words[0] === undefined
    ? { do: what, json: read.values.json ?? false }
    : `Cannot take ${JSON.stringify(read.words[0])}: it takes no words`;
}

function parseReview(args: readonly string[]): TraceabilityRequest | string {
  const read = readOptions(args, { label: "list", who: "text", statement: "text", "dry-run": "flag" });
  if (typeof read === "string") return read;
  const { values, words } = read;
  if (words[0] !== undefined) return `Cannot take ${JSON.stringify(words[0])}: a review is of all hosts, or of those with --label`;
  const selector = labelsOf(values.label ?? []);
  if (typeof selector === "string") return selector;
  const dryRun = values["dry-run"] ?? false;
  const { who = dryRun ? "nobody" : undefined, statement = dryRun ? "none" : undefined } = values;
  if (who === undefined || statement === undefined)
    return "Cannot sign off without --who and --statement: they are kept for good; --dry-run only looks";
  const problem = badLine("who", who) ?? badLine("statement", statement);
  return problem ?? { do: "review_chain", on: { selector }, who, statement, dryRun };
}
