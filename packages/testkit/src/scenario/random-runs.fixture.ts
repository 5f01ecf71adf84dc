import { inject } from "vitest";

/** How many drawn histories are run: all of them in the long form, a third beside the other tests, where each run draws anew. */
export const randomRuns = (long: number): number => (inject("long") === true ? long : Math.ceil(long / 3));
