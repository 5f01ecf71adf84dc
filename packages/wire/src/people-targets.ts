import Type, { type Static } from "typebox";
import { Labels } from "./enrol.ts";
import { HostText, Instant, Nullable, Uuid } from "./schema.ts";

/** What answers NTP, runs no agent, and is measured by the hosts of its domain. */
export const TargetView = Type.Object({
  id: Uuid,
  name: HostText(255),
  address: HostText(255),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  domain: HostText(64),
  labels: Labels,
  created_at: Instant,
});
export type TargetView = Static<typeof TargetView>;

export const TargetList = Type.Object({ items: Type.Array(TargetView), next: Nullable(Type.String()) });
export type TargetList = Static<typeof TargetList>;
