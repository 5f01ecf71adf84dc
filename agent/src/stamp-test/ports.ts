import type { Glance } from "@truebound/time";

/** REALTIME as the test reads it. */
export interface StampClock {
  look(): Glance;
  /** ns by which a look's REALTIME may err on either side: 0n where the kernel itself is asked. */
  error(glance: Glance): bigint;
  /** Whose clock it is and how it is read. */
  readonly mode: string;
  close(): void;
}

/** A line of the application, with the look at the clock that was taken when all of it was here. */
export interface Arrival {
  readonly line: string;
  readonly look: Glance;
}

/** Why there is no line. One name for each cause. */
export type Silence =
  | { readonly kind: "silent"; readonly ms: number }
  | { readonly kind: "not_started"; readonly why: string }
  | { readonly kind: "ended"; readonly how: string; readonly stderr: string }
  | { readonly kind: "unasked"; readonly line: string }
  | { readonly kind: "flooded"; readonly lines: number }
  | { readonly kind: "endless_line"; readonly bytes: number };

/** An application that answers each empty line on its standard input with one stamped line. */
export interface Application {
  /** Sends the question, and waits for one line. */
  ask(timeoutMs: number): Promise<Arrival | Silence>;
  /** Waits for one line that nobody asked for. */
  hear(timeoutMs: number): Promise<Arrival | Silence>;
}
