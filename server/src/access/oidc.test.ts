import { describe, expect, it } from "vitest";
import { personOf, safePath } from "./oidc.ts";

const SETTINGS = {
  issuer: "https://id.example",
  clientId: "truebound",
  secretFile: null,
  groupsClaim: "groups",
  roles: [
    { group: "cn=ops,dc=example", role: "operator" },
    { group: "audit", role: "auditor" },
    { group: "more-ops", role: "operator" },
  ],
  name: "Example",
} as const;
const claims = {
  iss: "https://id.example",
  sub: "17",
  preferred_username: "Ada.L",
  groups: ["audit", "cn=ops,dc=example", "more-ops", "x"],
};

describe("the person of a provider's claims", () => {
  it("has the roles of their groups, each once, over the whole fleet", () => {
    expect(personOf(claims, SETTINGS)).toEqual({
      issuer: "https://id.example",
      subject: "17",
      name: "ada.l",
      grants: [
        { role: "operator", labels: {} },
        { role: "auditor", labels: {} },
      ],
    });
    expect(personOf({ ...claims, groups: "audit" }, SETTINGS)).toMatchObject({ grants: [{ role: "auditor" }] });
  });
  it("is called by the address where the name is none here", () => {
    expect(personOf({ ...claims, preferred_username: "Ada Lovelace", email: "ada@example.net" }, SETTINGS)).toMatchObject({
      name: "ada@example.net",
    });
  });
  it.each([
    [{ groups: ["x"] }, /none of the groups/],
    [{ groups: undefined }, /none of the groups/],
    [{ preferred_username: "Ä", email: 7 }, /names nobody/],
  ])("is nobody by %o", (more, why) => {
    expect(personOf({ ...claims, ...more }, SETTINGS)).toMatchObject({ refused: "not_permitted", detail: expect.stringMatching(why) });
  });
});

it.each([
  ["/hosts/db-1?from=now-6h", "/hosts/db-1?from=now-6h"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["/a\r\nSet-Cookie: x", "/"],
  [undefined, "/"],
])("comes back to a page of this server: %s", (to, path) => expect(safePath(to)).toBe(path));
