import type { RouteAccess } from "../access/route-access.ts";

const WHO: Readonly<Record<RouteAccess["needs"], string>> = {
  anyone: "anyone, signed in or not",
  self: "whoever is signed in, for themselves",
  see: "every role",
  operate: "operators and admins",
  audit: "auditors and admins",
  administer: "admins",
};

/** Who may do it, and over which hosts, in a sentence. */
export function accessInWords({ needs, over, changes, signs }: RouteAccess): string {
  const who = `${WHO[needs]}${needs === "anyone" || needs === "self" ? "" : reach(over)}`;
  const written = changes && needs !== "anyone" ? " Who did it is written down." : "";
  const signed = signs === undefined ? "" : ` Where people sign in, \`${signs}\` in the body becomes their name.`;
  return `For ${who}.${written}${signed}`;
}

function reach(over: RouteAccess["over"]): string {
  if (over === "fleet") return " over the whole fleet";
  if (over === "seen") return " over some hosts at least; the answer has only what they may see";
  return over.hosts.length === 1 ? " over this host" : " over each of these hosts";
}
