import { promisify } from "node:util";
import type { Libc } from "./libc.ts";
import { POLLFD_BYTES, pollfd, revents } from "./socket-layout.ts";

const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

interface Waiter {
  readonly resolve: () => void;
  /** On performance.now(), ms. */
  readonly deadline: number;
}

/**
 * Waits for any number of descriptors with one thread of the pool: a single poll(2) over all of them and an eventfd, which
 * calls it back when another is to be waited for. A dozen dead servers then delay nobody.
 */
export class Poller {
  readonly #libc: Libc;
  readonly #wake: number;
  readonly #waiting = new Map<number, Waiter>();
  readonly #poll: (fds: bigint, count: number, timeout: number) => Promise<number>;
  #isPolling = false;
  #isClosed = false;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#wake = libc.eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    this.#poll = promisify(libc.poll.async);
  }

  /** Resolves when the descriptor has something, an error too, when the time is up, or this is closed. One wait at a time for each. */
  wait(fd: number, timeoutMs: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(fd, { resolve, deadline: performance.now() + timeoutMs });
      if (this.#isPolling) this.#call();
      else void this.#serve();
    });
  }

  /** Whoever waits for this one is let go. */
  release(fd: number): void {
    const waiter = this.#waiting.get(fd);
    this.#waiting.delete(fd);
    waiter?.resolve();
    if (this.#isPolling) this.#call();
  }

  /** Whoever still waits is let go. */
  close(): void {
    this.#isClosed = true;
    if (this.#isPolling) this.#call();
    else this.#libc.close(this.#wake);
  }

  async #serve(): Promise<void> {
    this.#isPolling = true;
    while (this.#waiting.size > 0 && !this.#isClosed) await this.#turn();
    this.#isPolling = false;
    for (const { resolve } of this.#waiting.values()) resolve();
    this.#waiting.clear();
    if (this.#isClosed) this.#libc.close(this.#wake);
  }

  async #turn(): Promise<void> {
    const fds = [this.#wake, ...this.#waiting.keys()];
    const bytes = fds.length * POLLFD_BYTES;
    const at = this.#libc.koffi.alloc("uint8_t", bytes) as bigint;
    try {
      const view = new Uint8Array(this.#libc.koffi.view(at, bytes));
      for (const [index, fd] of fds.entries()) view.set(pollfd(fd), index * POLLFD_BYTES);
      await this.#poll(at, fds.length, this.#untilNextDeadline());
      const happened = fds.filter((_, index) => revents(view, index) !== 0);
      if (happened.includes(this.#wake)) this.#answerCall();
      this.#letGo(happened);
    } finally {
      this.#libc.koffi.free(at);
    }
  }

  #letGo(happened: readonly number[]): void {
    const now = performance.now();
    for (const [fd, { resolve, deadline }] of this.#waiting) {
      if (deadline > now && !happened.includes(fd)) continue;
      this.#waiting.delete(fd);
      resolve();
    }
  }

  #untilNextDeadline(): number {
    const next = Math.min(...[...this.#waiting.values()].map(({ deadline }) => deadline));
    return Math.max(0, Math.ceil(next - performance.now()));
  }

  #call(): void {
    this.#libc.write(this.#wake, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), 8);
  }

  #answerCall(): void {
    this.#libc.read(this.#wake, new Uint8Array(8), 8);
  }
}
