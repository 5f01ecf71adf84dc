import type { Interval } from "@truebound/time";

/** Everywhere else an offset is UTC − host; the law's *divergence* is host − UTC. This is the one place where the sign turns. */
export const divergence = ({ lo, hi }: Interval): Interval => ({ lo: -hi, hi: -lo });

type Columns = Readonly<Record<"lo" | "hi", readonly number[]>>;

/** The same of many, by columns. */
export const nearDivergence = ({ lo, hi }: Columns): Columns => ({ lo: hi.map((end) => 0 - end), hi: lo.map((end) => 0 - end) });
