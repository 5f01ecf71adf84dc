import type { JoinTokenRequest } from "@truebound/wire";
import { labelsOf } from "./labels-text.ts";

export const JOIN_SPANS = [
  ["600", "10 minutes"],
  ["3600", "1 hour"],
  ["28800", "8 hours"],
  ["86400", "24 hours"],
] as const;
export type JoinSpan = (typeof JOIN_SPANS)[number][0];

export interface JoinSaid {
  readonly span: JoinSpan;
  readonly uses: string;
  readonly names: string;
  readonly labels: string;
  readonly address: string;
  readonly approval: boolean;
  readonly ephemeral: boolean;
}

const EPHEMERAL_HOURS = 24;
const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** What somebody typed as a request, or what cannot be read of it. */
export function joinWish({ span, uses, names, labels: typed, address, approval, ephemeral }: JoinSaid): JoinTokenRequest | string {
  const labels = labelsOf(typed);
  if (typeof labels === "string") return labels;
  return {
    uses: Number(uses),
    expires_in_s: Number(span),
    labels,
    name_pattern: orNull(names),
    approval,
    ephemeral_hours: ephemeral ? EPHEMERAL_HOURS : null,
    server: orNull(address),
  };
}
