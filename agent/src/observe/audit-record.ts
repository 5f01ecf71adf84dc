import { printable } from "./printable.ts";

/**
 * One line of the audit trail, in the form of auditd's log: `type=NAME msg=audit(SECONDS.MILLISECONDS:SERIAL): field=value …`.
 * Records of one event share time and serial. Types by name or by number (include/uapi/linux/audit.h).
 */
export interface AuditRecord {
  readonly type: "syscall" | "time_injoffset" | "time_adjntpval" | "other";
  /** `SECONDS.MILLISECONDS:SERIAL`. */
  readonly event: string;
  /** REALTIME at the entry into the kernel, ns: the time of the very clock that the call then moves. */
  readonly at: bigint;
  readonly fields: ReadonlyMap<string, string>;
}

export type AuditFlaw = "too_long" | "no_record";

const LONGEST_LINE = 8192;
const MOST_FIELDS = 64;
const HEAD = /^(?:node=\S{1,255} )?type=(\S{1,32}) msg=audit\((\d{1,11})\.(\d{3}):(\d{1,20})\): ?/;
/** Field names are short and follow a blank; a value is quoted or ends at a blank. */
const FIELD = /(?<=^| )([a-zA-Z0-9_-]{1,32})=("[^"]*"|'[^']*'|\S*)/g;
/** auditd's "enriched" form repeats the fields in words behind this. */
const ENRICHED = "\x1d";

const TYPES: Readonly<Record<string, AuditRecord["type"]>> = {
  SYSCALL: "syscall",
  "1300": "syscall",
  "UNKNOWN[1300]": "syscall",
  TIME_INJOFFSET: "time_injoffset",
  "1332": "time_injoffset",
  "UNKNOWN[1332]": "time_injoffset",
  TIME_ADJNTPVAL: "time_adjntpval",
  "1333": "time_adjntpval",
  "UNKNOWN[1333]": "time_adjntpval",
};

export function parseAuditLine(line: string): AuditRecord | AuditFlaw {
  if (line.length > LONGEST_LINE) return "too_long";
  const head = HEAD.exec(line);
  if (head === null) return "no_record";
  const [whole, name = "", seconds = "", milliseconds = "", serial = ""] = head;
  const type = Object.hasOwn(TYPES, name) ? (TYPES[name] as AuditRecord["type"]) : "other";
  return {
    type,
    event: `${seconds}.${milliseconds}:${serial}`,
    at: BigInt(seconds) * 1_000_000_000n + BigInt(milliseconds) * 1_000_000n,
    fields: type === "other" ? new Map() : fieldsOf(line.slice(whole.length).split(ENRICHED, 1)[0] ?? ""),
  };
}

/** The first of each name counts. */
function fieldsOf(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(FIELD)) {
    if (fields.size >= MOST_FIELDS) break;
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

const LONGEST_TEXT = 256;

/**
 * A text that a process chose (comm, exe): the kernel puts it in quotes, or in hexadecimal without quotes when it holds a
 * blank, a quote or anything unprintable; `(null)` is none (audit_log_untrustedstring).
 */
export function untrustedText(value: string | undefined): string | null {
  if (value === undefined || value === "(null)" || value === "(none)") return null;
  const quoted = /^"([^"]*)"$/.exec(value)?.[1];
  if (quoted !== undefined) return printable(quoted, LONGEST_TEXT);
  if (!/^(?:[0-9A-Fa-f]{2}){1,4096}$/.test(value)) return printable(value, LONGEST_TEXT);
  const bytes = Uint8Array.from({ length: value.length / 2 }, (_, index) => Number.parseInt(value.slice(2 * index, 2 * index + 2), 16));
  return printable(new TextDecoder().decode(bytes), LONGEST_TEXT);
}

const UNSET = 0xffffffff;

/** A number of a process or a user; null when absent, no number, or the kernel's "unset" (−1). */
export function identifier(value: string | undefined): number | null {
  if (value === undefined || !/^\d{1,10}$/.test(value)) return null;
  const number = Number(value);
  return number >= UNSET ? null : number;
}

/** A decimal integer of up to 19 digits; null when it is none. */
export const integer = (value: string | undefined): bigint | null =>
  value !== undefined && /^-?\d{1,19}$/.test(value) ? BigInt(value) : null;
