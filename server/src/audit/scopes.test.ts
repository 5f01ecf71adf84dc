import { expect, it } from "vitest";
import { isLate, scopesOf } from "./scopes.ts";

it("a host is in every scope whose labels it carries", () => {
  const scopes = [{ hosts: {} }, { hosts: { desk: "equities" } }, { hosts: { desk: "equities", site: "fra" } }];
  const of = (labels: Record<string, string>) => scopesOf({ labels }, scopes).map((scope) => scopes.indexOf(scope));
  expect([of({}), of({ desk: "equities" }), of({ desk: "equities", site: "fra", rack: "1" }), of({ desk: "bonds" })]).toEqual([
    [0],
    [0, 1],
    [0, 1, 2],
    [0],
  ]);
});

it.each([
  ["2026-11-26T10:00:00Z", "2026-11-26T09:59:59.999999Z", false],
  ["2026-11-26T10:00:00Z", "2026-11-26T10:00:00Z", false],
  ["2026-11-26T10:00:00Z", "2026-11-26T10:00:00.000001Z", true],
])("an exemption from %s that was declared at %s is late: %s", (from, declared_at, late) => {
  expect(isLate({ from, declared_at })).toBe(late);
});

it("an exemption without times is a bug", () => {
  expect(() => isLate({ from: "soon", declared_at: "now" })).toThrow("soon, now are no times");
});
