/**
 * clockClass of IEEE 1588 (table 4): what a grandmaster says of what it follows. The order of decay after a loss of GNSS is
 * 6 → 7 → 52 or 187 → 248.
 */
export type ClassMeaning =
  /** 6: locked to a primary reference of time. */
  | "locked"
  /** 7: it was, and says that it is within its holdover specification. */
  | "holdover"
  /** 52 and 187: it was, and is out of that specification (alternatives A and B). */
  | "degraded"
  /** 13, 14, 58, 193: the same of a timescale that is the application's own. */
  | "arbitrary"
  /** 248: a clock like any other. */
  | "default"
  /** 255: it never serves. */
  | "slave_only"
  /** Reserved, or an alternate profile's (68 to 122, 133 to 170, 216 to 232). */
  | "unknown";

const MEANINGS: Readonly<Record<number, ClassMeaning>> = {
  6: "locked",
  7: "holdover",
  13: "arbitrary",
  14: "arbitrary",
  52: "degraded",
  58: "arbitrary",
  187: "degraded",
  193: "arbitrary",
  248: "default",
  255: "slave_only",
};

export const meaningOfClass = (clockClass: number): ClassMeaning => MEANINGS[clockClass] ?? "unknown";

/** True when a grandmaster that followed a primary reference of time no longer does. */
export const lostItsReference = (before: number, now: number): boolean => meaningOfClass(before) === "locked" && now > before;
