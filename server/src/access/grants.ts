import type { Grant, Role } from "@truebound/wire";
import { type LabelSet, matches } from "../policy/choose-policy.ts";

/** What a request needs. */
export type Permission = "see" | "operate" | "audit" | "administer";

const MAY: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ["see"],
  operator: ["see", "operate"],
  auditor: ["see", "audit"],
  admin: ["see", "operate", "audit", "administer"],
};

/** Over the host with these labels; null = over the whole fleet, which takes a grant that names no labels. */
export function may(grants: readonly Grant[], permission: Permission, labels: LabelSet | null): boolean {
  return grants.some((grant) => MAY[grant.role].includes(permission) && reaches(grant, labels));
}

/** Over one host at least. */
export const maySomewhere = (grants: readonly Grant[], permission: Permission): boolean =>
  grants.some(({ role }) => MAY[role].includes(permission));

/** Nobody gives away what they do not have: each of its permissions is held over all of its hosts. */
export function covers(held: readonly Grant[], { role, labels }: Grant): boolean {
  return MAY[role].every((permission) => held.some((grant) => MAY[grant.role].includes(permission) && matches(labels, grant.labels)));
}

const reaches = (grant: Grant, labels: LabelSet | null): boolean =>
  labels === null ? Object.keys(grant.labels).length === 0 : matches(labels, grant.labels);
