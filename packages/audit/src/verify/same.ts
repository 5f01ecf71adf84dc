import { canonicalJson, type Json } from "../canonical-json.ts";

/** Whether two values say the same. */
export const same = (a: unknown, b: unknown): boolean => canonicalJson(a as Json) === canonicalJson(b as Json);
