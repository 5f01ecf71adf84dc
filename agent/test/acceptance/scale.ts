import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** True in the long run (vitest.long.config.ts). */
    long: boolean;
  }
}

/** How many of something: a few with the other tests, as many as the acceptance list asks for in the long run. */
export const times = (short: number, long: number): number => (inject("long") === true ? long : short);
