import { type AuditRecord, identifier, integer, parseAuditLine, untrustedText } from "./audit-record.ts";

/** The calls that can move CLOCK_REALTIME. */
export type ClockCall = "adjtimex" | "clock_adjtime" | "clock_settime" | "settimeofday" | "stime";

/** What the audit trail says of one call that moved or steered the clock. */
export interface ClockChange {
  /** Time and serial of the audit event: unique within a boot. */
  readonly event: string;
  /** The patient's own time at the call, before it was moved, ns: a hint, no measurement. */
  readonly at: bigint;
  readonly call: ClockCall | null;
  readonly pid: number | null;
  readonly command: string | null;
  readonly exe: string | null;
  readonly uid: number | null;
  /** The login that the process descends from. */
  readonly auid: number | null;
  /** By how much REALTIME was moved, ns, positive = forward; null = not recorded. */
  readonly by: bigint | null;
  /** Values of the kernel's NTP discipline that were set, in the kernel's own units. */
  readonly adjusted: readonly Adjustment[];
}

export interface Adjustment {
  readonly field: string;
  readonly from: bigint;
  readonly to: bigint;
}

/** System call numbers by the audit's architecture word (asm/unistd.h of each). */
const GENERIC = { 112: "clock_settime", 170: "settimeofday", 171: "adjtimex", 266: "clock_adjtime" } as const;
const CALLS: Readonly<Record<string, Readonly<Record<string, ClockCall>>>> = {
  c000003e: { 159: "adjtimex", 164: "settimeofday", 227: "clock_settime", 305: "clock_adjtime" },
  "40000003": {
    25: "stime",
    79: "settimeofday",
    124: "adjtimex",
    264: "clock_settime",
    343: "clock_adjtime",
    404: "clock_settime",
    405: "clock_adjtime",
  },
  c00000b7: GENERIC,
  c00000f3: GENERIC,
  c0000102: GENERIC,
};

const MOST_EVENTS = 128;
const MOST_ADJUSTMENTS = 8;

/** Joins the records of one event, in whatever order and among whichever others they come. Keeps the newest events only. */
export class AuditTrail {
  readonly #events = new Map<string, Joined>();
  readonly #spent = new Set<string>();

  take(lines: readonly string[]): void {
    for (const line of lines) {
      const record = parseAuditLine(line);
      if (typeof record !== "string" && record.type !== "other") this.#join(record);
    }
  }

  /** Calls that did something to CLOCK_REALTIME and explain nothing yet, oldest first. */
  get changes(): readonly ClockChange[] {
    return [...this.#events.values()].filter(({ concerns, event }) => concerns && !this.#spent.has(event));
  }

  /** A call explains one step at most. */
  spend(event: string): void {
    this.#spent.add(event);
  }

  #join(record: AuditRecord): void {
    const before = this.#events.get(record.event) ?? { ...UNKNOWN_CHANGE, event: record.event, at: record.at };
    this.#events.set(record.event, { ...before, ...partOf(record, before) });
    const oldest = this.#events.keys().next();
    if (this.#events.size <= MOST_EVENTS || oldest.done) return;
    this.#events.delete(oldest.value);
    this.#spent.delete(oldest.value);
  }
}

/** `concerns`: a record showed that the call did something to CLOCK_REALTIME. */
type Joined = ClockChange & { readonly concerns: boolean };

const UNKNOWN_CHANGE = {
  call: null,
  pid: null,
  command: null,
  exe: null,
  uid: null,
  auid: null,
  by: null,
  adjusted: [],
  concerns: false,
} as const;

function partOf({ type, fields }: AuditRecord, before: ClockChange): Partial<Joined> {
  if (type === "syscall") return callOf(fields);
  if (type === "time_injoffset") return { by: injected(fields), concerns: true };
  const [from, to, field] = [integer(fields.get("old")), integer(fields.get("new")), fields.get("op")];
  if (from === null || to === null || field === undefined || before.adjusted.length >= MOST_ADJUSTMENTS) return {};
  return { adjusted: [...before.adjusted, { field, from, to }], concerns: true };
}

function callOf(fields: ReadonlyMap<string, string>): Partial<Joined> {
  const call = CALLS[fields.get("arch") ?? ""]?.[fields.get("syscall") ?? ""] ?? null;
  return {
    call,
    pid: identifier(fields.get("pid")),
    command: untrustedText(fields.get("comm")),
    exe: untrustedText(fields.get("exe")),
    uid: identifier(fields.get("uid")),
    auid: identifier(fields.get("auid")),
    ...(setsTheClock(call, fields) ? { concerns: true } : {}),
  };
}

/**
 * True when the call by itself moved REALTIME. adjtimex and clock_adjtime mostly only read: of these a record of what they
 * changed must tell, which kernels write since 5.2. The first argument of clock_settime names the clock; 0 is REALTIME.
 */
function setsTheClock(call: ClockCall | null, fields: ReadonlyMap<string, string>): boolean {
  if (fields.get("success") !== "yes") return false;
  if (call === "clock_settime") return fields.get("a0") === "0";
  return call === "settimeofday" || call === "stime";
}

/** TIME_INJOFFSET: seconds, negative for a step back, and nanoseconds counted up from them. */
function injected(fields: ReadonlyMap<string, string>): bigint | null {
  const [seconds, nanoseconds] = [integer(fields.get("sec")), integer(fields.get("nsec"))];
  return seconds === null || nanoseconds === null ? null : seconds * 1_000_000_000n + nanoseconds;
}
