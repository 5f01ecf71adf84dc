/**
 * What a program says of a clock, line by line (docs/external-evidence.md): first what it measures by and what that rests on, then one
 * interval a line. `offset` = UTC − the clock that `t` is read on, ns.
 */
export const EVIDENCE_VERSION = 1;

export interface EvidenceHead {
  /** The clock of this host on which `t` is read. */
  readonly clock: "realtime" | "raw";
  /** SHA-256 of the document that declares the error, hexadecimal. */
  readonly document: string;
  /** What it is, for people. */
  readonly model: string | null;
}

export interface EvidenceLine {
  /** ns on the head's clock. */
  readonly t: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  /** Its own, else the head's. */
  readonly document: string;
}

export type LineTrouble =
  | "external_not_json"
  | "external_name_twice"
  | "external_no_head"
  | "external_other_version"
  | "external_no_clock"
  | "external_no_document"
  | "external_no_instant"
  | "external_no_interval"
  | "external_turned_interval"
  | "external_unknown_field";

type Fields = Readonly<Record<string, unknown>>;

const HEAD_FIELDS: readonly string[] = ["truebound_evidence", "clock", "document", "model"];
const LINE_FIELDS: readonly string[] = ["t", "lo", "hi", "document"];
const SHA256 = /^[0-9a-f]{64}$/;
/** Nineteen digits: until the year 2262, and below 2^63. */
const INTEGER = /^-?(0|[1-9][0-9]{0,18})$/;
const MODEL = /^[ -~]{1,120}$/;

/** The first line. */
export function readHead(text: string): EvidenceHead | LineTrouble {
  const fields = fieldsOf(text);
  if (typeof fields === "string") return fields;
  const { truebound_evidence: version, clock, document, model = null } = fields;
  if (version === undefined) return "external_no_head";
  if (version !== EVIDENCE_VERSION) return "external_other_version";
  if (clock !== "realtime" && clock !== "raw") return "external_no_clock";
  if (typeof document !== "string" || !SHA256.test(document)) return "external_no_document";
  if (Object.keys(fields).some((name) => !HEAD_FIELDS.includes(name))) return "external_unknown_field";
  return { clock, document, model: typeof model === "string" && MODEL.test(model) ? model : null };
}

/** Any other line. A number that JSON.parse may have rounded is none: what is long stands in quotes. */
export function readLine(text: string, head: EvidenceHead): EvidenceLine | LineTrouble {
  const fields = fieldsOf(text);
  if (typeof fields === "string") return fields;
  const [t, lo, hi] = [fields.t, fields.lo, fields.hi].map(integerOf);
  if (t == null || t < 0n) return "external_no_instant";
  if (lo == null || hi == null) return "external_no_interval";
  if (lo > hi) return "external_turned_interval";
  const { document = head.document } = fields;
  if (typeof document !== "string" || !SHA256.test(document)) return "external_no_document";
  if (Object.keys(fields).some((name) => !LINE_FIELDS.includes(name))) return "external_unknown_field";
  return { t, lo, hi, document };
}

function fieldsOf(text: string): Fields | LineTrouble {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "external_not_json";
    return namesIn(value) === namesWritten(text) ? (value as Fields) : "external_name_twice";
  } catch {
    return "external_not_json";
  }
}

/** Readers of JSON differ over which of two values a name has that comes twice: one of the intervals would be another than what was meant. */
const namesWritten = (text: string): number =>
  [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;

function namesIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, one) => sum + namesIn(one), own);
}

const GREATEST = 2n ** 62n;

function integerOf(value: unknown): bigint | null {
  const text = typeof value === "string" ? value : Number.isSafeInteger(value) ? String(value) : "";
  if (!INTEGER.test(text)) return null;
  const read = BigInt(text);
  return -GREATEST < read && read < GREATEST ? read : null;
}
