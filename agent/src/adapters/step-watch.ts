import type { Libc } from "./libc.ts";
import type { Poller } from "./poller.ts";

const CLOCK_REALTIME = 0;
const TFD_NONBLOCK = 0o4000;
const TFD_CLOEXEC = 0o2000000;
const TFD_TIMER_ABSTIME = 1;
const TFD_TIMER_CANCEL_ON_SET = 2;
const ECANCELED = 125;
/** Year 2255: a timer that is never meant to fire. */
const FAR_AWAY_S = 9_000_000_000n;
const ITIMERSPEC_BYTES = 32;

/**
 * The kernel's own notice that REALTIME was set (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET): a timer that never fires, and
 * that every step of the clock cancels, also one that is undone before anybody looks. A resume from suspend cancels it too.
 */
export class StepWatch {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #expiry = new Uint8Array(8);
  #count = 0;
  #isClosed = false;

  private constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /** `null` = this kernel, or what confines us, does not give such a timer. */
  static open(libc: Libc): StepWatch | null {
    const fd = libc.timerfdCreate(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) return null;
    const watch = new StepWatch(libc, fd);
    if (watch.#arm()) return watch;
    libc.close(fd);
    return null;
  }

  /** How often REALTIME was set since this watch was opened. One look sees several at once as one. Closed, it counts no more. */
  count(): number {
    if (this.#isClosed) return this.#count;
    const got = Number(this.#libc.read(this.#fd, this.#expiry, this.#expiry.length));
    if (got >= 0 || this.#libc.koffi.errno() === ECANCELED) {
      if (got < 0) this.#count += 1;
      this.#arm();
    }
    return this.#count;
  }

  /** Resolves when the clock was set, or after `timeoutMs`. */
  changed(poller: Poller, timeoutMs: number): Promise<void> {
    return poller.wait(this.#fd, timeoutMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#libc.close(this.#fd);
  }

  #arm(): boolean {
    const spec = new Uint8Array(ITIMERSPEC_BYTES);
    new BigInt64Array(spec.buffer)[2] = FAR_AWAY_S;
    return this.#libc.timerfdSettime(this.#fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, spec, null) === 0;
  }
}
