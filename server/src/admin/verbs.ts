import { nearest } from "@truebound/wire";

/** What can be done with `things`, where somebody asked for nothing, or for something else. */
export function noVerb(what: string | undefined, things: string, verbs: readonly string[]): string {
  const all = `${verbs.slice(0, -1).join(", ")} or ${verbs.at(-1)}`;
  return what === undefined
    ? `Cannot guess what to do with ${things}: say ${all}`
    : `Cannot do ${JSON.stringify(what)} with ${things}: did you mean ${nearest(what, verbs)}? Say ${all}`;
}
