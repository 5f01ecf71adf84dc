import type { HostSummary } from "@truebound/wire";
import { utcSecond } from "./instant.ts";

/** What to say of a host whose newest reading came ahead of its past; null = nothing. */
export function arrivingWords({ is_ahead, delivered_until }: Pick<HostSummary, "is_ahead" | "delivered_until">): string | null {
  if (!is_ahead) return null;
  return delivered_until === null ? "past still arriving" : `past still arriving: since ${utcSecond(delivered_until)}`;
}
