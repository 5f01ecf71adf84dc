import type { Libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;
/** The C library calls a function of one argument, on a thread that it makes when the time has come. */
const SIGEV_THREAD = 2;
const SIGEVENT_BYTES = 64;
const ITIMERSPEC_BYTES = 32;
export const SIGALRM = 14;

export interface FuseRules {
  /** Without a beat for so long the end is near; ms. */
  readonly periodMs: number;
  /** How long there still is to give one then, s. */
  readonly graceS: number;
}

/**
 * Ends a process whose event loop hangs, by the C library and the kernel alone: a thread of our own for that would cost a JavaScript
 * engine of its own. When a period has passed without a beat, a timer of the C library has it say so and set its alarm (alarm(2)),
 * and that ends the process, with the alarm's number as its exit code, unless a beat comes first and takes the alarm back. So a
 * process that was stopped, whose time has run out when it goes on, only has to go on.
 */
export class KernelFuse {
  readonly #calls: Calls;
  readonly #timers: readonly bigint[];
  readonly #spec = new Uint8Array(ITIMERSPEC_BYTES);
  readonly #rules: FuseRules;
  #beaten = performance.now();
  #late: NodeJS.Timeout | undefined;

  /** Null = the C library here has not what it takes; older ones have timers in a library of their own. */
  static light(libc: Libc, rules: FuseRules, words: string): KernelFuse | null {
    try {
      return new KernelFuse(libc, rules, words);
    } catch {
      return null;
    }
  }

  private constructor(libc: Libc, rules: FuseRules, words: string) {
    const { periodMs, graceS } = rules;
    this.#rules = rules;
    const calls = declare(libc);
    this.#calls = calls;
    const exit = calls.addressOf("_exit");
    this.#timers = [makeTimer(calls, "warnx", kept(libc, words)), makeTimer(calls, "alarm", BigInt(graceS))];
    // Its default would end nothing in a container, where this is the first process.
    calls.signal(SIGALRM, exit);
    const fields = new DataView(this.#spec.buffer);
    fields.setBigInt64(16, BigInt(Math.floor(periodMs / 1000)), true);
    fields.setBigInt64(24, BigInt(periodMs % 1000) * 1_000_000n, true);
    this.beat();
  }

  beat(): void {
    for (const timer of this.#timers) this.#calls.timerSettime(timer, 0, this.#spec, null);
    this.#calls.alarm(0);
    this.#watchForLateAlarm();
  }

  /**
   * A period ran out before this beat: the timer's thread may be about to set the alarm, which this beat has taken back already, and
   * the next one may come after its end. So it is taken back once more, by an event loop that turns.
   */
  #watchForLateAlarm(): void {
    const [before, now] = [this.#beaten, performance.now()];
    this.#beaten = now;
    if (now - before < this.#rules.periodMs) return;
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#calls.alarm(0), this.#rules.graceS * 500).unref();
  }

  close(): void {
    clearTimeout(this.#late);
    for (const timer of this.#timers) this.#calls.timerDelete(timer);
    this.#calls.alarm(0);
    this.#calls.signal(SIGALRM, 0n);
  }
}

interface Calls {
  /** Of a function in the running process. Throws where there is none. */
  readonly addressOf: (name: string) => bigint;
  readonly signal: (signal: number, handler: bigint) => number | bigint;
  readonly alarm: (seconds: number) => number;
  readonly timerCreate: (clock: number, event: Uint8Array, id: BigUint64Array) => number;
  readonly timerSettime: (id: bigint, flags: number, spec: Uint8Array, old: null) => number;
  readonly timerDelete: (id: bigint) => number;
}

function declare({ koffi }: Libc): Calls {
  const lib = koffi.load(null);
  const dlsym = lib.func("uintptr_t dlsym(void *handle, const char *name)");
  const addressOf = (name: string): bigint => {
    const found = BigInt(dlsym(null, name) as number | bigint);
    if (found === 0n) throw new Error(`the C library has no ${name}`);
    return found;
  };
  // koffi types every function alike; the shapes above are those of the C declarations beside them.
  return {
    addressOf,
    signal: lib.func("uintptr_t signal(int signal, uintptr_t handler)"),
    alarm: lib.func("unsigned int alarm(unsigned int seconds)"),
    timerCreate: lib.func("int timer_create(int clock, void *event, void *id)"),
    timerSettime: lib.func("int timer_settime(uintptr_t id, int flags, const void *spec, void *old)"),
    timerDelete: lib.func("int timer_delete(uintptr_t id)"),
  } as unknown as Calls;
}

/** Address of the text in memory that is never freed: a timer prints it whenever it comes to that. */
function kept({ koffi }: Libc, words: string): bigint {
  // % would be taken for the place of an argument that there is not.
  const bytes = new TextEncoder().encode(`${words.replaceAll("%", "%%")}\0`);
  const at = koffi.alloc("uint8_t", bytes.length) as bigint;
  koffi.encode(at, koffi.array("uint8_t", bytes.length), bytes);
  return at;
}

function makeTimer({ addressOf, timerCreate }: Calls, name: string, value: bigint): bigint {
  const event = new Uint8Array(SIGEVENT_BYTES);
  const fields = new DataView(event.buffer);
  fields.setBigUint64(0, value, true);
  fields.setInt32(12, SIGEV_THREAD, true);
  fields.setBigUint64(16, addressOf(name), true);
  const id = new BigUint64Array(1);
  if (timerCreate(CLOCK_MONOTONIC, event, id) !== 0) throw new Error(`there is no timer for ${name}`);
  return id[0] as bigint;
}
