import { utc } from "@truebound/time";
import { expect, it } from "vitest";
import type { DatedScope } from "../audit/scopes.ts";
import { limitsOf } from "./host-limits.ts";

const scope = (name: string, profile: string, hosts: Record<string, string>): DatedScope => ({
  scope: {
    name,
    profile,
    hosts,
    calendar: null,
    service: null,
    activity: null,
    stamp_point: null,
    app_error_ns: "0",
    horizon_ns: "0",
    counts_unverified: false,
    minimum_proven_ppm: null,
  },
  from: utc(0n),
  to: null,
  declaredBy: "a file",
});
const profile = (id: string, limit_ns: bigint | readonly [bigint, bigint]) => ({
  id,
  kind: typeof limit_ns === "bigint" ? "pair" : "utc",
  limit_ns,
  valid_from: null,
  valid_to: null,
});

it("gives a host the limits of its own scopes, on the offset, and none of a pair", () => {
  const scopes = [
    scope("equities", "hft", { desk: "equities" }),
    scope("bonds", "hft", { desk: "bonds" }),
    scope("cluster", "pair", {}),
    scope("gone", "no-such", {}),
  ];
  const profiles = [profile("hft", [-100_000n, 50_000n]), profile("pair", 400_000n)] as never;
  expect(limitsOf({ desk: "equities", site: "fra" }, scopes, profiles)).toEqual([
    { scope: "equities", profile: "hft", lo_ns: "-50000", hi_ns: "100000" },
  ]);
});
