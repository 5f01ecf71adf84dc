import fc from "fast-check";
import { expect, it } from "vitest";
import { covers, may, type Permission } from "./grants.ts";

const role = fc.constantFrom("viewer", "operator", "auditor", "admin");
const labels = fc.dictionary(fc.constantFrom("env", "rack"), fc.constantFrom("a", "b"), { maxKeys: 2 });
const grant = fc.record({ role, labels });
const PERMISSIONS: readonly Permission[] = ["see", "operate", "audit", "administer"];

it.each([
  ["viewer", ["see"]],
  ["operator", ["see", "operate"]],
  ["auditor", ["see", "audit"]],
  ["admin", ["see", "operate", "audit", "administer"]],
] as const)("%s may %s", (role, allowed) => {
  expect(PERMISSIONS.filter((one) => may([{ role, labels: {} }], one, null))).toEqual(allowed);
});

it("reaches hosts that carry all labels of a grant, and the whole fleet by one without labels", () => {
  const grants = [{ role: "operator" as const, labels: { env: "prod" } }];
  expect(may(grants, "operate", { env: "prod", rack: "1" })).toBe(true);
  expect(may(grants, "operate", { env: "test" })).toBe(false);
  expect(may(grants, "operate", {})).toBe(false);
  expect(may(grants, "operate", null)).toBe(false);
});

it("lets nobody give away what they may not do themselves", () => {
  fc.assert(
    fc.property(fc.array(grant, { maxLength: 3 }), grant, labels, fc.constantFrom(...PERMISSIONS), (held, given, host, permission) => {
      if (!covers(held, given)) return;
      if (may([given], permission, host)) expect(may(held, permission, host)).toBe(true);
      if (may([given], permission, null)) expect(may(held, permission, null)).toBe(true);
    }),
  );
});
