import type { AuditScope } from "@truebound/audit";
import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { scopesFor } from "./report-scopes.ts";
import type { DatedScope } from "./scopes.ts";

const scope = (name: string, service: string): AuditScope => ({
  name,
  profile: "us-cat-member",
  hosts: {},
  calendar: null,
  service,
  activity: null,
  stamp_point: null,
  app_error_ns: "0",
  horizon_ns: "30000000000",
  counts_unverified: false,
  minimum_proven_ppm: null,
});
const dated = (name: string, service: string, from: bigint, to: bigint | null): DatedScope => ({
  scope: scope(name, service),
  from: utc(from),
  to: to === null ? null : utc(to),
  declaredBy: "file",
});

describe("a report of [100, 200) takes of each name", () => {
  it.each<[string, DatedScope[], string[]]>([
    ["the one in force", [dated("a", "only", 0n, null)], ["only"]],
    [
      "the last of those that were in force within it",
      [dated("a", "old", 0n, 150n), dated("a", "new", 150n, 300n), dated("a", "later", 300n, null)],
      ["new"],
    ],
    ["one that was ended within it", [dated("a", "ended", 0n, 150n)], ["ended"]],
    ["the present one where none was there yet", [dated("a", "first", 200n, 250n), dated("a", "second", 250n, null)], ["second"]],
    ["none that came and went after it", [dated("a", "brief", 200n, 250n)], []],
    ["each name by itself", [dated("a", "x", 0n, null), dated("b", "y", 250n, null)], ["x", "y"]],
  ])("%s", (_, declared, services) => {
    expect(scopesFor(declared, { to: utc(200n) }).map(({ service }) => service)).toEqual(services);
  });
});
