import { closeSync, openSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type ClockReading, type PartsPerBillion, ppb, raw, tightest, utc } from "@truebound/time";
import { bestReading, carriedReading, type PhcReading, readingOf } from "../phc/phc-reading.ts";
import type { Phc, PhcRefusal } from "../phc/ports.ts";
import type { Libc } from "./libc.ts";
import * as layout from "./phc-layout.ts";

/** The calls that a card's clock is read by. `ioctl`: true = it was answered, in place of the request. */
export interface PhcCalls {
  readonly open: (path: string) => number | PhcRefusal;
  readonly ioctl: (fd: number, request: number, argument: Uint8Array) => boolean;
  /** ns; null = there is no such clock. */
  readonly gettime: (clock: number) => bigint | null;
  readonly close: (fd: number) => void;
  /** The host's own clocks, and how fast REALTIME may be moved just now. */
  readonly look: () => ClockReading & { readonly slew: PartsPerBillion };
  /** Of a file of the kernel; null = there is none. */
  readonly text: (path: string) => string | null;
}

const SAMPLES = 5;
/**
 * ppb: a card's limit is on its correction, over an oscillator that errs, and RAW errs too. 200 ppm of each, the drift assumption's
 * default, and a third of that where the card already goes as fast as anything is carried.
 */
const OSCILLATORS = 600_000n;
const CLASS = "/sys/class/ptp";

export class PhcDevice implements Phc {
  readonly #path: string;
  readonly #calls: PhcCalls;
  #fd: number | null = null;

  constructor(path: string, calls: PhcCalls) {
    this.#path = path;
    this.#calls = calls;
  }

  read(): PhcReading | PhcRefusal {
    const fd = this.#opened();
    if (typeof fd === "string") return fd;
    const reading = this.#precise(fd) ?? this.#extended(fd) ?? this.#byRealtime(fd);
    // A card that was taken away answers nothing on its old descriptor.
    if (reading === null) this.close();
    return reading ?? "phc_failed";
  }

  maxSlew(): PartsPerBillion | null {
    const fd = this.#opened();
    const caps = layout.capsRequest();
    if (typeof fd === "string" || !this.#calls.ioctl(fd, layout.PTP_CLOCK_GETCAPS, caps)) return null;
    const most = layout.maxAdjust(caps);
    return most > 0 ? ppb(BigInt(most) + OSCILLATORS) : null;
  }

  errorBound(): bigint | null {
    const text = this.#calls.text(join(CLASS, basename(this.#path), "device/phc_error_bound"))?.trim() ?? "";
    if (!/^\d{1,12}$/.test(text)) return null;
    const bound = BigInt(text);
    // The driver's word for *not known* is all ones.
    return bound === 0n || bound >= ALL_ONES ? null : bound;
  }

  close(): void {
    if (this.#fd !== null) this.#calls.close(this.#fd);
    this.#fd = null;
  }

  #opened(): number | PhcRefusal {
    if (this.#fd !== null) return this.#fd;
    const fd = this.#calls.open(this.#path);
    if (typeof fd === "number") this.#fd = fd;
    return fd;
  }

  /** Card and RAW at one instant, where the hardware can. */
  #precise(fd: number): PhcReading | null {
    const bytes = layout.preciseRequest();
    if (!this.#calls.ioctl(fd, layout.PTP_SYS_OFFSET_PRECISE, bytes)) return null;
    return readingOf(layout.readPrecise(bytes), "precise");
  }

  #extended(fd: number): PhcReading | null {
    const bytes = layout.extendedRequest(SAMPLES, layout.CLOCK_MONOTONIC_RAW);
    if (!this.#calls.ioctl(fd, layout.PTP_SYS_OFFSET_EXTENDED, bytes)) return null;
    return bestReading(layout.readExtended(bytes), "extended");
  }

  /** What costs a stamp of REALTIME, and what costs a system call more: the tighter of both. */
  #byRealtime(fd: number): PhcReading | null {
    const found = [this.#carried(fd), this.#gettime(fd)].filter((one) => one !== null);
    return found.length === 0 ? null : tightest(found);
  }

  #carried(fd: number): PhcReading | null {
    const before = this.#calls.look();
    const [extended, plain] = [layout.extendedRequest(SAMPLES, layout.CLOCK_REALTIME), layout.offsetRequest(SAMPLES)];
    const isExtended = this.#calls.ioctl(fd, layout.PTP_SYS_OFFSET_EXTENDED, extended);
    if (!isExtended && !this.#calls.ioctl(fd, layout.PTP_SYS_OFFSET, plain)) return null;
    const samples = isExtended ? layout.readExtended(extended) : layout.readOffset(plain);
    const after = this.#calls.look();
    const slew = before.slew > after.slew ? before.slew : after.slew;
    return carriedReading(samples, [before, after], slew, isExtended ? "extended_realtime" : "offset");
  }

  #gettime(fd: number): PhcReading | null {
    const { gettime } = this.#calls;
    const readings = Array.from({ length: SAMPLES }, () => {
      const [before, phc, after] = [gettime(layout.CLOCK_MONOTONIC_RAW), gettime(dynamicClock(fd)), gettime(layout.CLOCK_MONOTONIC_RAW)];
      if (before === null || phc === null || after === null) return null;
      return { rawBefore: raw(before), rawAfter: raw(after), realtime: utc(phc), method: "gettime" as const };
    }).filter((one) => one !== null);
    return readings.length === 0 ? null : tightest(readings);
  }
}

const ALL_ONES = 0xffff_ffffn;

/** A dynamic clock of its open descriptor (clock_gettime(2)): FD_TO_CLOCKID. */
const dynamicClock = (fd: number): number => (~fd << 3) | 3;

/** @param look the host's own clocks */
export function phcCalls(libc: Libc | null, look: PhcCalls["look"]): PhcCalls {
  const timespec = new BigInt64Array(2);
  const bytes = new Uint8Array(timespec.buffer);
  const gettime = (clock: number) =>
    libc?.clockGettime(clock, bytes) === 0 ? (timespec[0] as bigint) * 1_000_000_000n + (timespec[1] as bigint) : null;
  return {
    open: (path) => (libc === null ? "phc_no_native_code" : openToRead(path)),
    ioctl: (fd, request, argument) => libc?.ioctl(fd, request, argument) === 0,
    gettime,
    close: closeSync,
    look,
    text: textOf,
  };
}

function openToRead(path: string): number | PhcRefusal {
  try {
    return openSync(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return "phc_denied";
    return code === "ENOENT" || code === "ENODEV" || code === "ENXIO" ? "phc_absent" : "phc_failed";
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "latin1").slice(0, 64);
  } catch {
    return null;
  }
}
