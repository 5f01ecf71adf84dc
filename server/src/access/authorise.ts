import type { LabelSet } from "../policy/choose-policy.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { type Actor, actorMay, actorMaySomewhere } from "./actor.ts";
import type { Permission } from "./grants.ts";
import type { RouteAccess } from "./route-access.ts";

export interface Asked {
  /** Null = nobody has signed in. */
  readonly actor: Actor | null;
  /** From the path and the query. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What the page sent in X-CSRF-Token; null = nothing. */
  readonly csrf: string | null;
}

/** Labels of each host that has had this id or name; none = there is none. */
export type LabelsOf = (host: string) => readonly LabelSet[];

/** Null = it may be done. */
export function authorise(access: RouteAccess, asked: Asked, labelsOf: LabelsOf): Refusal | null {
  const { actor, csrf } = asked;
  if (access.needs === "anyone") return null;
  if (actor === null)
    return refuse("not_signed_in", "Sign in first: at /sign-in with a browser, or with an API token as Authorization: Bearer tb_…");
  if (access.changes && actor.csrf !== null && csrf !== actor.csrf)
    return refuse("bad_csrf", "Cannot change this: the page is not the one that signed in; load it again");
  if (access.needs === "self") return null;
  return mayOver(access, access.needs, actor, asked.parameters, labelsOf)
    ? null
    : notPermitted(actor, access.needs, access.over !== "fleet");
}

function mayOver(
  { over }: RouteAccess,
  permission: Permission,
  actor: Actor,
  parameters: Asked["parameters"],
  labelsOf: LabelsOf,
): boolean {
  if (over === "fleet") return actorMay(actor, permission, null);
  if (over === "seen") return actorMaySomewhere(actor, permission);
  // Of a host that is not there nobody is told more than of one that they may not see.
  return over.hosts.every((name) => actorMay(actor, permission, null) || mayHost(actor, permission, parameters[name], labelsOf));
}

function mayHost(actor: Actor, permission: Permission, host: unknown, labelsOf: LabelsOf): boolean {
  const found = typeof host === "string" ? labelsOf(host) : [];
  // A name may have passed from one host to another.
  return found.length > 0 && found.every((labels) => actorMay(actor, permission, labels));
}

const DOING: Readonly<Record<Permission, string>> = {
  see: "see",
  operate: "operate",
  audit: "audit",
  administer: "administer",
};

function notPermitted({ name, grants }: Actor, permission: Permission, isOfHosts: boolean): Refusal {
  const has = grants.map(({ role, labels }) => `${role}${sayOver(labels)}`).join(", ") || "none";
  const wants = `to ${DOING[permission]} ${isOfHosts ? "this host" : "the whole fleet"}`;
  return refuse("not_permitted", `${name} may not do this: it takes a role ${wants}; the roles given are: ${has}`);
}

const sayOver = (labels: LabelSet): string => {
  const words = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? "" : ` of ${words.join(" ")}`;
};
