import { BILLION } from "@truebound/time";
import type { EvidenceLine } from "../interval-source/evidence-line.ts";
import type { GpsdOptions } from "./arguments.ts";

/** What is asked of gpsd, once (gpsd_json(5)). */
export const GPSD_WATCH = '?WATCH={"enable":true,"json":true,"pps":true};\n';

/** A receiver without a fix may go on by a clock of its own, which nobody vouches for. */
const FIX_LASTS_MS = 10_000;
const MODE_2D = 2;

type Fields = Readonly<Record<string, unknown>>;

/**
 * gpsd's reports as intervals on UTC − REALTIME (gpsd_json(5), TOFF and PPS): `real` is the receiver's second, `clock` what REALTIME
 * read when it came. Their difference is the offset, give or take what the document declares. What comes late makes `clock` later, and
 * so the offset larger than the difference, never smaller: only the upper end makes room for that. Nothing is said without a fix.
 */
export class GpsdEvidence {
  readonly #options: Pick<GpsdOptions, "device" | "by" | "errorNs" | "lateNs">;
  /** Of each device, when it last had a fix. */
  readonly #fixed = new Map<string, number>();

  constructor(options: Pick<GpsdOptions, "device" | "by" | "errorNs" | "lateNs">) {
    this.#options = options;
  }

  /** What one report proves; null = nothing. @param nowMs of a clock that nobody sets */
  take(report: string, nowMs: number): Pick<EvidenceLine, "t" | "lo" | "hi"> | null {
    const fields = fieldsOf(report);
    const device = fields?.device;
    if (fields === null || typeof device !== "string" || this.#isOther(device)) return null;
    if (fields.class === "TPV") this.#fix(device, fields.mode, nowMs);
    return fields.class === this.#options.by.toUpperCase() && this.#hasFix(device, nowMs) ? this.#interval(fields) : null;
  }

  #isOther(device: string): boolean {
    return this.#options.device !== null && device !== this.#options.device;
  }

  #fix(device: string, mode: unknown, nowMs: number): void {
    if (typeof mode === "number" && mode >= MODE_2D) this.#fixed.set(device, nowMs);
    else this.#fixed.delete(device);
  }

  #hasFix(device: string, nowMs: number): boolean {
    const at = this.#fixed.get(device);
    return at !== undefined && nowMs - at <= FIX_LASTS_MS;
  }

  #interval(fields: Fields): Pick<EvidenceLine, "t" | "lo" | "hi"> | null {
    const [real, clock] = [instantOf(fields.real_sec, fields.real_nsec), instantOf(fields.clock_sec, fields.clock_nsec)];
    if (real === null || clock === null) return null;
    const { errorNs, lateNs } = this.#options;
    return { t: clock, lo: real - clock - errorNs, hi: real - clock + errorNs + lateNs };
  }
}

function fieldsOf(report: string): Fields | null {
  try {
    const value: unknown = JSON.parse(report);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null; // not JSON
  }
}

function instantOf(seconds: unknown, nanoseconds: unknown): bigint | null {
  const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  return isWhole(seconds) && isWhole(nanoseconds) && nanoseconds < 1e9 ? BigInt(seconds) * BILLION + BigInt(nanoseconds) : null;
}
