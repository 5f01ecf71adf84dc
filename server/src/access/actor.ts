import type { Grant } from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { may, maySomewhere, type Permission } from "./grants.ts";

/** Who asks. */
export interface Actor {
  /** `local`: whoever reaches the loopback of a server without sign-in. */
  readonly kind: "local" | "person" | "token";
  /** Of the person or the token; null = local. */
  readonly id: string | null;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** Of a token: what its owner may do now; null = nobody owns it. */
  readonly owner: readonly Grant[] | null;
  /** What a page has to send with every change; null = what it asks by cannot be sent by another page. */
  readonly csrf: string | null;
}

export const LOCAL_ACTOR: Actor = {
  kind: "local",
  id: null,
  name: "local",
  grants: [{ role: "admin", labels: {} }],
  owner: null,
  csrf: null,
};

export const actorMay = ({ grants, owner }: Actor, permission: Permission, labels: LabelSet | null): boolean =>
  may(grants, permission, labels) && (owner === null || may(owner, permission, labels));

export const actorMaySomewhere = ({ grants, owner }: Actor, permission: Permission): boolean =>
  maySomewhere(grants, permission) && (owner === null || maySomewhere(owner, permission));
