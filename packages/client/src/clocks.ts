import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import type { ClockSample } from "./answer.ts";

/** The clocks of this process. */
export interface ReaderClocks {
  /** True where CLOCK_MONOTONIC_RAW can be read, so that bounds grow by the oscillator's drift alone. */
  readonly hasRaw: boolean;
  sample(): ClockSample;
}

const CLOCK_REALTIME = 0;
const CLOCK_MONOTONIC_RAW = 4;
const CLOCK_BOOTTIME = 7;
const MILLISECOND = 1_000_000n;

type GetTime = (clock: number, timespec: Uint8Array) => number;

/** By the C library, through koffi: all clocks to a nanosecond. */
export class NativeClocks implements ReaderClocks {
  readonly hasRaw = true;
  readonly #get: GetTime;
  readonly #words = new BigInt64Array(2);
  readonly #bytes = new Uint8Array(this.#words.buffer);

  constructor(get: GetTime) {
    this.#get = get;
  }

  sample(): ClockSample {
    const monotonicBefore = process.hrtime.bigint();
    const realtime = this.#read(CLOCK_REALTIME);
    const boottime = this.#read(CLOCK_BOOTTIME);
    const monotonic = process.hrtime.bigint();
    return { monotonicBefore, realtime, realtimeResolution: 0n, boottime, monotonic, raw: this.#read(CLOCK_MONOTONIC_RAW) };
  }

  /** Null where this kernel has no such clock. */
  #read(clock: number): bigint | null {
    if (this.#get(clock, this.#bytes) !== 0) return null;
    return (this.#words[0] as bigint) * 1_000_000_000n + (this.#words[1] as bigint);
  }
}

/** Without native code: hrtime is CLOCK_MONOTONIC, which is slewed, and Date.now() is REALTIME, cut off to a millisecond. */
export class PlainClocks implements ReaderClocks {
  readonly hasRaw = false;

  sample(): ClockSample {
    const monotonicBefore = process.hrtime.bigint();
    const realtime = BigInt(Date.now()) * MILLISECOND;
    return { monotonicBefore, realtime, realtimeResolution: MILLISECOND, boottime: null, monotonic: process.hrtime.bigint(), raw: null };
  }
}

/** The best clocks that there are here. */
export function openClocks(): ReaderClocks {
  const get = process.platform === "linux" ? nativeGetTime() : null;
  return get === null ? new PlainClocks() : new NativeClocks(get);
}

interface Koffi {
  load(library: string): { func(declaration: string): GetTime };
}

function nativeGetTime(): GetTime | null {
  try {
    const koffi = createRequire(import.meta.url)("koffi") as Koffi;
    return koffi.load("libc.so.6").func("int clock_gettime(int clock, _Out_ uint8_t *timespec)");
  } catch {
    return null; // not installed, or not for this machine
  }
}

/** Changes with every boot; 32 hexadecimal digits. Null where this system does not tell. */
export function readBootId(): string | null {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim().replaceAll("-", "");
  } catch {
    return null;
  }
}

const VMCLOCK_BYTES = 24;
const VMCLOCK_MAGIC = 0x4b4c4356;

/** The disruption marker of a hypervisor that shows one (include/uapi/linux/vmclock-abi.h). */
export class VmMarker {
  readonly #bytes = new Uint8Array(VMCLOCK_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #path: string;
  #fd: number | null | undefined;

  constructor(path = "/dev/vmclock0") {
    this.#path = path;
  }

  /** Null = there is none here, or it cannot be read. */
  read(): bigint | null {
    const first = this.#page();
    const again = first === null ? null : this.#page();
    return first !== null && again !== null && first.sequence === again.sequence && first.sequence % 2 === 0 ? again.marker : null;
  }

  close(): void {
    if (typeof this.#fd === "number") closeSync(this.#fd);
    this.#fd = null;
  }

  #page(): { readonly sequence: number; readonly marker: bigint } | null {
    try {
      this.#fd ??= this.#fd === undefined ? openSync(this.#path, "r") : null;
      if (this.#fd === null || readSync(this.#fd, this.#bytes, 0, VMCLOCK_BYTES, 0) < VMCLOCK_BYTES) return null;
    } catch {
      this.#fd ??= null; // absent once is absent: a device does not come later
      return null;
    }
    if (this.#view.getUint32(0, true) !== VMCLOCK_MAGIC) return null;
    return { sequence: this.#view.getUint32(12, true), marker: this.#view.getBigUint64(16, true) };
  }
}
