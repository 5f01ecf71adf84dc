import type { Interval } from "@truebound/time";

/** Everywhere else an offset is UTC − host; the law's *divergence* is host − UTC. This is the one place where the sign turns. */
export const divergence = ({ lo, hi }: Interval): Interval => ({ lo: -hi, hi: -lo });
